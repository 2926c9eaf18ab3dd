"""Plays of an exported project by the real engine, and which options of its menus they reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comfyvn.application.exports import StoryView
from comfyvn.domain.kernel import Json
from comfyvn.domain.story import edges
from comfyvn.infrastructure.exports.renpy.composition import Project, compose
from comfyvn.infrastructure.exports.renpy.engine import Record, copied, play_in

_FINE: Final = frozenset({"finished", "quit", "limit"})
"""Ends of a play that are no failure."""


@dataclass(slots=True)
class Coverage:
    """How often each option of each menu was shown and picked; menus go by their ``file:line``, options by number."""

    shown: dict[tuple[str, int], int] = field(default_factory=dict)
    picked: dict[tuple[str, int], int] = field(default_factory=dict)
    elsewhere: int = 0

    def take(self, records: Sequence[Record], menus: Mapping[str, object]) -> None:
        """Count the menus of a play; those that are none of the story's are counted as `elsewhere`."""
        for record in records:
            if record["kind"] != "menu":
                continue
            if record["at"] not in menus:
                self.elsewhere += 1
                continue
            options = [(record["at"], option) for option in record["options"]]
            for option in options:
                self.shown[option] = self.shown.get(option, 0) + 1
            pick = options[record["pick"]]
            self.picked[pick] = self.picked.get(pick, 0) + 1

    def known(self) -> dict[str, set[int]]:
        """Return what was picked by menu."""
        found: dict[str, set[int]] = {}
        for place, option in self.picked:
            found.setdefault(place, set()).add(option)
        return found


def check_plays(story: StoryView, folder: Path, seeds: Sequence[int], from_labels: bool) -> Json:
    """Let the engine play a story that was exported to `folder`: from its start by each seed, and from labels if asked.

    A play prefers options that none before it has picked. Answers ``{"ok", "plays", "coverage"}``: each play with seed,
    start (None: the beginning), why it ended, counts of says and menus, its picks and perhaps a traceback. What ends
    badly when begun at a label counts not against ``ok``: it may miss what is set before.
    """
    project = compose(story)
    coverage = Coverage()
    begins: list[tuple[int, str | None]] = [(seed, None) for seed in seeds]
    if from_labels:
        begins += [(0, label) for label in project.labels]
    plays: list[dict[str, Json]] = []
    with copied(folder) as copy:
        for seed, start in begins:
            records = play_in(copy, seed=seed, start=start, picked=coverage.known())
            coverage.take(records, project.menus)
            plays.append({"seed": seed, "start": start, **_told(records)})
    fine = all(one["why"] in _FINE for one in plays if one["start"] is None)
    return {"ok": fine, "plays": plays, "coverage": _covered(story, project, coverage)}


def _told(records: Sequence[Record]) -> dict[str, Json]:
    menus = [record for record in records if record["kind"] == "menu"]
    crash = {"traceback": records[-1]["traceback"]} if "traceback" in records[-1] else {}
    return {
        "why": records[-1]["why"],
        "says": sum(record["kind"] == "say" for record in records),
        "menus": len(menus),
        "picks": [record["pick"] for record in menus],
        **crash,
    }


def _covered(story: StoryView, project: Project, coverage: Coverage) -> Json:
    items = list(_items(story, project, coverage))
    reached = {place for place, _ in coverage.shown}
    return {
        "menus": {"all": len(project.menus), "reached": len(reached)},
        "items": {"all": len(items), "picked": sum(bool(item["picked"]) for item in items)},
        "elsewhere": coverage.elsewhere,
        "of": items,
    }


def _items(story: StoryView, project: Project, coverage: Coverage) -> Iterator[dict[str, int | str]]:
    for place, (scene_id, node_id) in project.menus.items():
        for option, (edge_id, edge) in enumerate(edges(story.scenes[scene_id].nodes[node_id])):
            yield {
                "scene": scene_id,
                "node": node_id,
                "edge": edge_id,
                "text": edge.text or "",
                "shown": coverage.shown.get((place, option), 0),
                "picked": coverage.picked.get((place, option), 0),
            }
