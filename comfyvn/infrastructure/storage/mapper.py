"""Events to stored bytes and back, as the mapper of the `eventsourcing` library."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from itertools import compress
from operator import attrgetter, ne
from typing import Any

import orjson
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from comfyvn.domain.kernel import EVENT_SCHEMAS, EVENT_TYPES, Refused
from comfyvn.infrastructure.storage.shapes import Reader, record_reader
from comfyvn.infrastructure.storage.upcasts import UPCASTS


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event at its place in a stream (``branch/kind:id``; the first version is 1)."""

    originator_id: str
    originator_version: int
    fact: Any


class UnknownEvent(Exception):
    """Stored events have a name or schema number that this program does not know."""


class Json(Transcoder):
    """Canonical JSON: sorted keys, no spaces, immutable maps as objects."""

    def encode(self, obj: Any) -> bytes:
        """Return the bytes; raise Refused("not_storable") for what JSON cannot say."""
        try:
            return orjson.dumps(obj, default=_plain, option=orjson.OPT_SORT_KEYS)
        except TypeError as e:
            raise Refused("not_storable", f"A value cannot be stored: {e}.") from e

    def decode(self, data: bytes) -> Any:
        """Return the value."""
        return orjson.loads(data)


_JSON = Json()


class EventMapper(Mapper[Any]):
    """Maps every registered event. The topic is the permanent name and the schema number: ``story.line_written.1``.

    A field that equals its default is left out of the stored object.
    """

    def __init__(self) -> None:
        super().__init__(_JSON)
        self._writers: dict[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {}
        self._readers: dict[str, Callable[[bytes], Any]] = {}

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return one event as the recorders store it."""
        topic, state = self.encode(domain_event.fact)
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return what `to_stored_event` was given."""
        fact = self.decode(stored_event.topic, stored_event.state)
        return Recorded(str(stored_event.originator_id), stored_event.originator_version, fact)

    def encode(self, fact: Any) -> tuple[str, bytes]:
        """Return topic and stored bytes of an event."""
        cls = type(fact)
        found = self._writers.get(cls)
        if found is None:
            found = self._writers[cls] = (_topic(cls), _writer(cls))
        topic, write = found
        return topic, _JSON.encode(write(fact))

    def decode(self, topic: str, state: bytes) -> Any:
        """Return the event in its present shape; raise UnknownEvent."""
        if topic not in self._readers:
            self._readers[topic] = self._reader(topic)
        return self._readers[topic](state)

    def _reader(self, topic: str) -> Callable[[bytes], Any]:
        name, _, number = topic.rpartition(".")
        if name not in EVENT_TYPES or not number.isdecimal() or not 1 <= int(number) <= EVENT_SCHEMAS[name]:
            raise UnknownEvent(f"this program does not know the event {topic!r}")
        steps = [UPCASTS[name, n] for n in range(int(number), EVENT_SCHEMAS[name])]
        build: Reader = record_reader(EVENT_TYPES[name])

        def read(state: bytes) -> Any:
            body = orjson.loads(state)
            for step in steps:
                body = step(body)
            return build(body)

        return read


def _topic(cls: type[Any]) -> str:
    for name, known in EVENT_TYPES.items():
        if known is cls:
            return f"{name}.{EVENT_SCHEMAS[name]}"
    raise UnknownEvent(f"{cls.__qualname__} has no registered name")


def _writer(cls: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """Return what gives the fields of an event that differ from their defaults, by name."""
    names = tuple(f.name for f in fields(cls))
    defaults = tuple(_default(f) for f in fields(cls))
    if len(names) < 2:
        return lambda fact: {n: v for n, d in zip(names, defaults, strict=True) if _differs(v := getattr(fact, n), d)}
    values_of = attrgetter(*names)
    differs = _differs if any(isinstance(d, bool | int | float) for d in defaults) else ne

    def write(fact: Any) -> dict[str, Any]:
        values = values_of(fact)
        return dict(compress(zip(names, values, strict=True), map(differs, values, defaults)))

    return write


def _differs(value: Any, default: Any) -> bool:
    """Tell whether two values are unequal as JSON, where 1, 1.0 and true are three values."""
    return type(value) is not type(default) or bool(value != default)


def _default(f: Any) -> Any:
    return f.default_factory() if f.default_factory is not MISSING else f.default


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
