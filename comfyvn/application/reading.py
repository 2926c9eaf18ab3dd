"""How a foreign story is to be read: what a person asks of the readers, and what those say before they read it."""

import re
from codecs import lookup
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from comfyvn.domain.kernel import Refused

OutOfCharacter = Literal["comment", "drop", "narration"]
"""What becomes of words that are out of character: a comment beside the story, nothing, or a line of the narrator."""

MAX_RULES: Final = 100
"""Rules of one kind."""
MAX_RULE: Final = 200
"""Characters of a rule."""
_ODD: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""Codecs that are no way to write a file, or slow on purpose-made ones."""
_PART: Final = re.compile(r"\{(\w*)\}")
PARTS: Final = ("name", "text", "time")
"""What stands in braces in a way to write messages."""


@dataclass(frozen=True, slots=True)
class Probe:
    """How sure (0 to 1) a reader is that it can read something, and what it saw."""

    engine: str
    confidence: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleplayRules:
    """How chats are read.

    `speakers` are the ways in which messages begin in plain text, such as ``{name}: {text}`` or ``[{time}] {name}``;
    without any the usual ones are known. `narrators` are names whose words are narration, whatever their case; `user`
    is the name of the player where a chat says only "user". A scene begins after `gap_minutes` of silence (0: never),
    at headings, and where the place changes (`backgrounds`). `ooc` says what becomes of words out of character.
    Raises Refused("rule_malformed").
    """

    speakers: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ("narrator", "system", "gm", "dm", "game master", "erzähler", "ナレーター")
    user: str | None = None
    gap_minutes: float = 360.0
    headings: bool = True
    backgrounds: bool = True
    ooc: OutOfCharacter = "comment"

    def __post_init__(self) -> None:
        for number, way in enumerate(self.speakers):
            parts = _PART.findall(way)
            wrong = "name" not in parts or {*parts} - {*PARTS} or len(parts) > len({*parts}) or len(way) > MAX_RULE
            if wrong or "text" in parts[:-1] or ("text" in parts and not way.endswith("{text}")):
                shown = way[:MAX_RULE]
                message = f"{shown!r} is no way to begin a message, such as {{name}}: {{text}} or [{{time}}] {{name}}."
                raise _malformed(f"roleplay.speakers.{number}", message)
        for where, rules in (("speakers", self.speakers), ("narrators", self.narrators)):
            if len(rules) > MAX_RULES or any(not rule.strip() or len(rule) > MAX_RULE for rule in rules):
                message = f"There are at most {MAX_RULES} {where}, each with 1 to {MAX_RULE} characters."
                raise _malformed(f"roleplay.{where}", message)
        if not 0 <= self.gap_minutes < 1e9:
            raise _malformed("roleplay.gap_minutes", "A gap is a number of minutes, 0 for none.")
        if self.ooc not in get_args(OutOfCharacter):
            raise _malformed(
                "roleplay.ooc", f"Words out of character are one of {', '.join(get_args(OutOfCharacter))}."
            )


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: plain data, so that a job can keep it.

    `encodings` tell how files are written whose names fit a pattern such as ``scenario/*.ks`` or ``*.txt``; of others
    it is found out. `speakers` are the ways in which scripts of KAG say who speaks: before the words, such as
    ``【{name}】``, or by a tag, such as ``[nm t={name}]``. `extractor` names the external program that unpacks the file
    first. Raises Refused: ``encoding_unknown``, ``rule_malformed``.
    """

    encodings: Mapping[str, str] = field(default_factory=dict)
    roleplay: RoleplayRules = field(default_factory=RoleplayRules)
    speakers: tuple[str, ...] = ("\u3010{name}\u3011", "[nm t={name}]", "[name text={name}]")
    extractor: str | None = None

    def __post_init__(self) -> None:
        if len(self.encodings) > MAX_RULES or any(not 0 < len(pattern) <= MAX_RULE for pattern in self.encodings):
            message = f"There are at most {MAX_RULES} patterns, each with 1 to {MAX_RULE} characters."
            raise _malformed("encodings", message)
        for number, way in enumerate(self.speakers):
            if way.count("{name}") != 1 or way.startswith("{name}") or way.endswith("{name}") or len(way) > MAX_RULE:
                message = f"{way[:MAX_RULE]!r} does not say where a name begins and ends, as [nm t={{name}}] does."
                raise _malformed(f"speakers.{number}", message)
        if len(self.speakers) > MAX_RULES:
            raise _malformed("speakers", f"There are at most {MAX_RULES} ways to say who speaks.")
        for pattern, encoding in self.encodings.items():
            if not _is_encoding(encoding):
                message = (
                    f"There is no encoding {encoding[:50]!r} (for {pattern}); known are utf-8, utf-16, cp932, gbk, …"
                )
                raise Refused("encoding_unknown", message, where=f"encodings.{pattern}", encoding=encoding[:50])


def _is_encoding(name: str) -> bool:
    try:
        b"text".decode(name)
    except UnicodeError:
        pass
    except (LookupError, ValueError):
        return False
    return name.isprintable() and lookup(name).name not in _ODD


def _malformed(where: str, message: str) -> Refused:
    return Refused("rule_malformed", message, where=where)
