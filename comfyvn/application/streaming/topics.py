"""Topics, and what a listener wants to hear of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from comfyvn.domain.kernel import Refused

TOPICS: Final = ("commits", "plays", "vars", "jobs")
MAX_TOPICS: Final = 50
MAX_TOPIC: Final = 500


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its topic, and what is told of it as the bytes of a JSON object.

    With a `position` it belongs to the commit there and can be told again at any time. With a `key` only the latest
    of that key counts.
    """

    topic: str
    body: bytes
    position: int | None = None
    key: str | None = None
    project: str | None = None
    branch: str | None = None
    actor: str | None = None


def topic(*parts: str) -> str:
    """Return the topic of these parts; a slash within a part is written ``%2F``."""
    return "/".join(quote(part, safe=" !$&'()*+,:;=@~") if "/" in part or "%" in part else part for part in parts)


def body_of(data: Any) -> bytes:
    """Return the bytes of JSON in one line of ASCII."""
    return json.dumps(data, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listener wants: these topics and all below them, of one project, branch or actor where these are named.

    What belongs to no project, branch or actor is not kept back.
    """

    topics: tuple[str, ...] = TOPICS
    project: str | None = None
    branch: str | None = None
    actor: str | None = None

    def asks_for(self, name: str) -> bool:
        """Tell whether a topic, or what may stand below it, is wanted."""
        return any(name == t or name.startswith(f"{t}/") or t.startswith(f"{name}/") for t in self.topics)

    def fits(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return (
            self.project in (None, event.project or self.project)
            and self.branch in (None, event.branch or self.branch)
            and self.actor in (None, event.actor or self.actor)
            and any(event.topic == t or event.topic.startswith(f"{t}/") for t in self.topics)
        )


def wanted_topics(named: Iterable[str]) -> tuple[str, ...]:
    """Return topics as asked for, all without any. Raises Refused: ``topic_unknown``, ``topics_too_many``."""
    topics = tuple(dict.fromkeys(name.strip("/ ") for name in named if name.strip("/ ")))
    if len(topics) > MAX_TOPICS:
        raise Refused("topics_too_many", f"One listener names at most {MAX_TOPICS} topics.")
    for name in topics:
        if name.partition("/")[0] not in TOPICS or len(name) > MAX_TOPIC:
            message = f"There is no topic {name[:50]!r}; topics begin with {', '.join(TOPICS)}."
            raise Refused("topic_unknown", message, topic=name[:50], known=list(TOPICS))
    return topics or TOPICS
