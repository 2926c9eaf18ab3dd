"""JSON back to the dataclasses it came from, by their annotations, and nothing coerced on the way."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from immutables import Map

Reader = Callable[[Any], Any]


def reader(annotation: Any) -> Reader | None:
    """Return what turns JSON into a value of `annotation`; None where JSON is that value already.

    Known are dataclasses, tuples and maps of what is known, unions with at most one of these, and all JSON types.
    Raises TypeError for other annotations.
    """
    if is_dataclass(annotation) and isinstance(annotation, type):
        return record_reader(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(origin, arguments)
    if annotation in (Any, None, type(None), bool, int, float, str, list, dict) or origin in (Literal, list):
        return None
    raise TypeError(f"no reader for {annotation}")


def record_reader(cls: type[Any]) -> Reader:
    """Return what builds a dataclass from a JSON object; absent keys take the field's default."""
    hints = get_type_hints(cls)
    inner = {f.name: found for f in fields(cls) if (found := reader(hints[f.name])) is not None}
    if not inner:
        return lambda body: cls(**body)

    def read(body: Mapping[str, Any]) -> Any:
        return cls(**{name: inner[name](value) if name in inner else value for name, value in body.items()})

    return read


def _union(arguments: tuple[Any, ...]) -> Reader | None:
    readers = [found for a in arguments if (found := reader(a)) is not None]
    if not readers:
        return None
    if len(readers) > 1:
        raise TypeError(f"no reader for a union of {arguments}")
    inner = readers[0]
    return lambda value: None if value is None else inner(value)


def _tuple(arguments: tuple[Any, ...]) -> Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        inner = reader(arguments[0])
        return tuple if inner is None else lambda values: tuple(map(inner, values))
    members = [reader(a) for a in arguments]
    return lambda values: tuple(v if r is None else r(v) for r, v in zip(members, values, strict=True))


def _mapping(origin: type[Any], arguments: tuple[Any, ...]) -> Reader | None:
    inner = reader(arguments[1]) if len(arguments) == 2 else None
    build: Reader | None = Map if issubclass(origin, Map) else None
    if inner is None:
        return build
    made = build or dict
    return lambda values: made({key: inner(value) for key, value in values.items()})
