"""Old shapes of events, lifted one schema number at a time when they are read. What is stored never changes."""

from collections.abc import Callable
from typing import Any

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[tuple[str, int], Upcast] = {}
"""(event name, schema n) -> function that lifts a payload from n to n + 1."""


def upcast(name: str, schema: int) -> Callable[[Upcast], Upcast]:
    """Register the function that lifts the payload of `name` from `schema` to the next number."""

    def register(function: Upcast) -> Upcast:
        if (name, schema) in UPCASTS:
            raise ValueError(f"{name} {schema} has an upcast already")
        UPCASTS[name, schema] = function
        return function

    return register


@upcast("variables.variable_declared", 1)
def _global_scope(body: dict[str, Any]) -> dict[str, Any]:
    """Scopes came with schema 2; before, every variable was global."""
    return {**body, "scope": "global"}
