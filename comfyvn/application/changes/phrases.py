"""What recorded facts are in plain words: "reworded 2 lines", "renamed Ann"."""

from collections.abc import Mapping, Sequence
from typing import Final

from comfyvn.application.changes.chronicle import Deed
from comfyvn.application.ports import Ref
from comfyvn.domain.kernel import Json

_IRREGULAR: Final = {
    "chosen": "chose",
    "drawn": "drew",
    "given": "gave",
    "made": "made",
    "said": "said",
    "struck": "struck",
    "told": "told",
    "worded": "worded",
    "withdrawn": "withdrew",
    "written": "wrote",
}
"""Participles whose past is another word."""

_SPECIAL: Final = {
    "cast.expression_portrayed": ("chose the picture of", "expression"),
    "cast.image_tag_given": ("changed", "image name"),
    "cast.script_name_given": ("changed", "script name"),
    "cast.trait_described": ("described", "trait"),
    "cast.voice_tag_given": ("changed", "voice name"),
    "project.start_chosen": ("chose", "beginning"),
    "provenance.origin_annotated": ("annotated", ""),
    "provenance.origin_recorded": ("recorded", ""),
    "provenance.origin_retracted": ("retracted", ""),
    "story.edge_drawn": ("drew", "way"),
    "story.edge_erased": ("erased", "way"),
    "story.line_reattributed": ("gave another speaker to", "line"),
    "story.node_annotated": ("annotated", "line"),
    "story.node_directed": ("directed", "line"),
    "story.node_guarded": ("changed the conditions of", "line"),
    "story.node_moved": ("moved", "line"),
    "story.node_removed": ("removed", "line"),
    "story.node_traced": ("noted the source of", "line"),
    "story.scene_led_on": ("changed where the play goes after", ""),
    "story.scene_placed": ("moved", ""),
    "timeline.scene_sequenced": ("placed", "scene"),
    "variables.constancy_settled": ("changed whether a play may set", ""),
    "variables.default_given": ("gave a first value to", ""),
    "worlds.lore_told": ("told", "lore entry"),
    "worlds.rule_laid_down": ("laid down", "rule"),
}
"""Events whose name says it in the words of the program: verb, and the thing ("": the entity itself)."""

_KINDS: Final = {"provenance": "origin", "remembered": "memory"}
_NAMELESS: Final = {"provenance": "an origin", "translation": "a translation"}
"""Kinds of entities that nobody gives a name."""

_SAID: Final = {
    "accept": "Accepted",
    "close": "Closed",
    "fork": "Made the variant",
    "found": "Founded the",
    "import": "Imported",
    "merge": "Merged",
    "reject": "Rejected",
    "rename": "Renamed",
    "reopen": "Reopened",
    "replace": "Replaced",
    "restore": "Restored",
    "take": "Took",
    "revert": "Took back",
}
"""Verbs at the head of messages of the program, and how people say them."""
_LISTED: Final = 3
"""How many phrases a sentence has before it says "and more"."""


def titled(ref: Ref, body: Mapping[str, Json] | None) -> str:
    """Return what people call an entity, by its own fields."""
    if ref.kind in _NAMELESS:
        return _NAMELESS[ref.kind]
    fields = body or {}
    for name in ("title", "name", "path", "label"):
        if isinstance(found := fields.get(name), str) and found.strip():
            return found.strip()
    return ref.id


def kind_word(kind: str) -> str:
    """Return what people call a kind of entities."""
    return _KINDS.get(kind, kind)


def event_words(kind: str, event: str) -> tuple[str, str]:
    """Return verb and thing of an event of an entity; the thing is "" where it is the entity itself."""
    if event in _SPECIAL:
        return _SPECIAL[event]
    noun, _, participle = event.partition(".")[2].rpartition("_")
    thing = noun.replace("_", " ")
    return _IRREGULAR.get(participle, participle), "" if thing in ("", kind, kind_word(kind)) else thing


def sentence(deeds: Sequence[Deed], names: Mapping[Ref, str]) -> str:
    """Return what one commit did, such as "Wrote 2 lines, reworded a line in Depot"."""
    counts: dict[tuple[str, str, str], int] = {}
    where: dict[tuple[str, str, str], list[Ref]] = {}
    for deed in deeds:
        phrase = (*event_words(deed.ref.kind, deed.event), deed.ref.kind)
        counts[phrase] = counts.get(phrase, 0) + deed.events
        where.setdefault(phrase, []).append(deed.ref)
    order = sorted(counts, key=lambda phrase: (phrase[1] != "", -counts[phrase]))
    said = [_phrase(phrase, counts[phrase], where[phrase], names) for phrase in order[:_LISTED]]
    named = {ref for phrase in order[:_LISTED] if phrase[1] == "" for ref in where[phrase]}
    inside = [ref for phrase in order[:_LISTED] if phrase[1] for ref in where[phrase]]
    places = list(dict.fromkeys(inside))
    text = ", ".join(said)
    if places and not named.issuperset(places):
        text += f" {_joint(places)} {_places(places, names)}"
    if len(order) > _LISTED:
        text += ", and more"
    return text[:1].upper() + text[1:]


def _phrase(phrase: tuple[str, str, str], count: int, refs: Sequence[Ref], names: Mapping[Ref, str]) -> str:
    verb, thing, kind = phrase
    if thing:
        return f"{verb} {_counted(count, thing)}"
    several = len(set(refs))
    return f"{verb} {_counted(several, kind_word(kind)) if several > 1 else names.get(refs[0], refs[0].id)}"


def _counted(count: int, thing: str) -> str:
    if count == 1:
        return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    return f"{count} {_plural(thing)}"


def _plural(thing: str) -> str:
    if thing.endswith("y") and thing[-2:-1] not in "aeiou":
        return f"{thing[:-1]}ies"
    return f"{thing}es" if thing.endswith("ch") else f"{thing}s"


def _joint(places: Sequence[Ref]) -> str:
    return "in" if all(ref.kind in ("scene", "timeline", "world", "project") for ref in places) else "of"


def _places(places: Sequence[Ref], names: Mapping[Ref, str]) -> str:
    if len(places) == 1:
        return names.get(places[0], places[0].id)
    kinds = {ref.kind for ref in places}
    return f"{len(places)} {_plural(kind_word(kinds.pop())) if len(kinds) == 1 else 'places'}"


def spoken(message: str) -> str:
    """Return a message of the program as people would say it: "import Rain" is "Imported Rain"."""
    verb, space, rest = message.partition(" ")
    return f"{_SAID[verb]}{space}{rest}" if verb in _SAID else message[:1].upper() + message[1:]
