from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from comfyvn.application.sample import documents
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.playthrough import Ended, LineSaid, MenuShown, Output, Program, compile_story, play, start, step
from comfyvn.domain.story import Scene

GIVE, RULES, RING = "Give her the tuba.", "Keep to the rules.", "Ring up 9 Kettle Lane."
ENDINGS = {GIVE: "quiet-hours", RULES: "lot-41", RING: "not-in-service"}


def entities(kind: str, found: list[Mapping[str, Any]]) -> dict[str, Any]:
    decider = KINDS[kind]
    return {body["id"]: decider.intend(None, decider.save(body)) for body in found}


@pytest.fixture(scope="module")
def story() -> dict[str, Any]:
    return documents()


@pytest.fixture(scope="module")
def scenes(story: dict[str, Any]) -> dict[str, Scene]:
    return entities("scene", story["scenes"])


@pytest.fixture(scope="module")
def program(story: dict[str, Any], scenes: dict[str, Scene]) -> Program:
    variables = {name: v.default for name, v in entities("variable", story["variables"]).items()}
    names = {name: c.name for name, c in entities("character", story["characters"]).items()}
    return compile_story(scenes, variables, names)


def every_play(program: Program) -> Iterator[list[Output]]:
    """Yield the outputs of every way through the story."""
    pending = [(start(program, 1), [])]
    while pending:
        state, outputs = pending.pop()
        if state.ended is not None:
            yield outputs
            continue
        for pick in range(len(state.menu.options)) if state.menu else (None,):
            after, more = step(program, state, pick)
            pending.append((after, [*outputs, *more]))


def test_every_document_is_accepted_and_given_back_as_it_is(story: dict[str, Any]) -> None:
    found = {"project": [story["project"]], "timeline": [story["timeline"]]}
    for kind in ("character", "variable", "scene"):
        found[kind] = story[f"{kind}s"]
    for kind, bodies in found.items():
        for body in bodies:
            state = KINDS[kind].intend(None, KINDS[kind].save(body))
            shown = KINDS[kind].to_document(body["id"], state)
            assert shown == shown | {key: value for key, value in body.items() if key != "nodes"}
            assert [node["id"] for node in shown.get("nodes", ())] == [node["id"] for node in body.get("nodes", ())]


def test_every_way_through_ends_well(program: Program) -> None:
    plays = [*every_play(program)]
    assert len(plays) > 50
    for outputs in plays:
        assert outputs[-1] == Ended("end", outputs[-1].scene, outputs[-1].node)
    assert {outputs[-1].scene for outputs in plays} == set(ENDINGS.values())


def test_the_last_menu_decides_the_ending(program: Program) -> None:
    for outputs in every_play(program):
        last = [output for output in outputs if isinstance(output, MenuShown)][-1]
        assert outputs[-1].scene == ENDINGS[last.options[last.picked]]


def test_the_third_ending_is_open_to_those_who_looked(program: Program) -> None:
    for outputs in every_play(program):
        first, *_, last = [output for output in outputs if isinstance(output, MenuShown)]
        assert (RING in last.options) is (first.options[first.picked] == "Polish it.")


def test_every_line_is_read_on_some_way(program: Program, scenes: dict[str, Scene]) -> None:
    lines = {node for scene in scenes.values() for node, body in scene.nodes.items() if body.type == "text"}
    reached = {output.node for outputs in every_play(program) for output in outputs if isinstance(output, LineSaid)}
    by_chance = {o.node for seed in range(40) for o in play(program, seed=seed) if isinstance(o, LineSaid)}
    assert lines <= reached | by_chance


def test_the_umbrella_that_stays_behind_is_counted(program: Program) -> None:
    lines = [o.what for o in play(program, seed=0, choices=[2, 0, 0, 0]) if isinstance(o, LineSaid)]
    assert "has 213 umbrellas" in lines[0]
    assert lines[-1].endswith("Umbrellas: 214.")


def test_everything_belongs_together(story: dict[str, Any], scenes: dict[str, Scene]) -> None:
    characters = {body["id"]: set(body["linked_scene_ids"]) for body in story["characters"]}
    speaks: dict[str, set[str]] = {character: set() for character in characters}
    for scene_id, scene in scenes.items():
        for node in scene.nodes.values():
            if node.speaker:
                speaks[node.speaker].add(scene_id)
    assert speaks == characters
    assert story["timeline"]["scene_order"] == [*scenes]
    assert story["project"]["start"] in scenes
    assert story["project"]["meta"]["licence"] == "CC0-1.0"
    ids = [node for scene in scenes.values() for node in scene.nodes]
    assert len(ids) == len({*ids})
