"""Statements that the engine's own library registers, with the parts of those that importers act on."""

from dataclasses import dataclass

from comfyvn.infrastructure.imports.renpy.cursor import Cursor, Read
from comfyvn.infrastructure.imports.renpy.scanner import Broken, Scanner
from comfyvn.infrastructure.imports.renpy.syntax import UserStatement

NAMES = (
    *("play music", "queue music", "stop music", "play sound", "queue sound", "stop sound", "play", "queue", "stop"),
    *("pause", "show screen", "call screen", "hide screen", "window show", "window hide", "window auto"),
    *("nvl show", "nvl hide", "nvl clear", "voice", "voice sustain", "rpy monologue", "rpy python", "layeredimage"),
)


def reader(name: str) -> Read:
    """Return the function that reads the statement of that name."""
    if name == "rpy monologue":
        return _read_monologue
    if name == "layeredimage":
        return _read_layeredimage

    def read(c: Cursor) -> UserStatement:
        rest = c.rest()
        c.end()
        return UserStatement(c.span(), name, rest)

    return read


def _read_monologue(c: Cursor) -> UserStatement:
    rest = c.rest()
    delimiter = {"double": "\n\n", "single": "\n", "none": ""}.get(rest)
    if delimiter is None:
        raise Broken("expected", "rpy monologue takes double, single or none")
    c.end()
    c.monologue_delimiter = delimiter
    return UserStatement(c.span(), "rpy monologue", rest)


def _read_layeredimage(c: Cursor) -> UserStatement:
    rest = c.rest()
    if not c.line.block:
        raise Broken("block_expected", "layeredimage needs a block")
    return UserStatement(c.span(), "layeredimage", rest, c.code())


@dataclass(frozen=True, slots=True)
class Audio:
    """A play, queue or stop statement. Times and volume are source expressions; `loop` None leaves it to the channel.

    `channel` is a channel's name, or the expression of a ``channel`` clause if `channel_expression` is set.
    """

    action: str
    channel: str
    channel_expression: bool = False
    file: str | None = None
    fadein: str | None = None
    fadeout: str | None = None
    volume: str | None = None
    loop: bool | None = None
    if_changed: bool = False


def audio(statement: UserStatement) -> Audio | None:
    """Return the parts of a play, queue or stop statement; None for any other or one that is not well-formed."""
    action, _, channel = statement.name.partition(" ")
    if action not in ("play", "queue", "stop"):
        return None
    scanner = Scanner()
    scanner.text = statement.rest
    try:
        channel = channel or scanner.require(scanner.name, "a channel")
        file = None if action == "stop" else scanner.require(scanner.expression, "a file")
        clauses = _clauses(scanner)
    except Broken:
        return None
    given = clauses.get("channel")
    return Audio(
        action,
        given or channel,
        given is not None,
        file,
        clauses.get("fadein"),
        clauses.get("fadeout"),
        clauses.get("volume"),
        True if "loop" in clauses else False if "noloop" in clauses else None,
        "if_changed" in clauses,
    )


def _clauses(scanner: Scanner) -> dict[str, str]:
    found: dict[str, str] = {}
    while not scanner.at_end():
        word = scanner.require(scanner.word, "a clause")
        if word in ("fadein", "fadeout", "volume", "channel"):
            found[word] = scanner.require(scanner.expression, "an expression")
        elif word in ("loop", "noloop", "if_changed"):
            found[word] = ""
        else:
            raise Broken("expected", f"there is no clause '{word}'")
    return found


@dataclass(frozen=True, slots=True)
class ScreenCall:
    """A show, call or hide of a screen; `rest` holds the clauses after name, arguments and transition."""

    name: str
    expression: bool
    arguments: str | None
    with_: str | None
    rest: str


def screen_call(statement: UserStatement) -> ScreenCall | None:
    """Return the parts of a show, call or hide screen statement; None for any other or one not well-formed."""
    if statement.name not in ("show screen", "call screen", "hide screen"):
        return None
    scanner = Scanner()
    scanner.text = statement.rest
    try:
        expression = scanner.keyword("expression")
        name = scanner.require(scanner.expression if expression else scanner.name, "a screen's name")
        scanner.keyword("pass")
        arguments = scanner.arguments()
        nopredict = scanner.keyword("nopredict")
        with_ = scanner.require(scanner.expression, "a transition") if scanner.keyword("with") else None
    except Broken:
        return None
    rest = " ".join(filter(None, ("nopredict" if nopredict else "", scanner.rest())))
    return ScreenCall(name, expression, arguments, with_, rest)
