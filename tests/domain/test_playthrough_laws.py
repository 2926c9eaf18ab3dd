import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.playthrough import (
    Ended,
    Output,
    Program,
    State,
    compile_story,
    play,
    start,
    state_from_json,
    state_to_json,
    step,
    to_json,
)
from comfyvn.domain.playthrough.outputs import canonical
from comfyvn.domain.story import Scene
from tests import strategies
from tests.domain.stories import CAST, act, menu, scene, text, way

NAMES = ("begin", "s1", "s2")
STEPS = 120

conditions = st.sampled_from([None] * 6 + ["x > 2", "y", "x % 2 == 0", "not y"] * 2 + ["seen(x)", "nosuch"])
words = st.sampled_from(
    ["Hello.", "x is [x]", "{i}y{/i} is [y]", "100%%", "[bag]", "Well, well.", "So.", "Ah.", "[pair]", ""]
)
changes = st.sampled_from(["x += 1", "x = 0", "y = not y", "bag.append(x)", "pair = (x, y)", "few = {x, 3}", "f()"])
speakers = st.sampled_from([None, "ann", "guest", "nobody"])
targets = st.sampled_from([*NAMES * 2, "second", "spot", "spot", "lost"])
lines = st.builds(text, words, speakers, directives=st.sampled_from([{}, {"extend": True}, {"name": "A voice"}]))
directions = st.sampled_from(["scene", "show", "hide", "play", "stop", "with", "voice"])
actions = st.one_of(
    st.builds(act, st.just("set"), changes),
    st.builds(act, st.sampled_from(["jump", "call"]), st.just(""), st.builds(way, scene=targets, condition=conditions)),
    st.builds(act, directions, st.sampled_from(["ann happy", "bg", "music a.ogg"])),
    st.builds(act, st.just("raw"), st.just("code()"), directives=st.sampled_from([{}] * 9 + [{"flow": True}])),
    st.builds(act, st.just("return"), st.sampled_from(["", "x"])),
    st.just(act("label", "spot")),
)


def _with_blocks(nodes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    block = st.lists(nodes, max_size=3)
    blocks = block.flatmap(
        lambda members: st.builds(way, *map(st.just, members), condition=conditions, text=words, weight=weights)
    )
    several = st.lists(blocks, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(several, words, speakers).map(lambda t: menu(*t[0], prompt=t[1], speaker=t[2])),
        st.tuples(st.sampled_from(["branch", "random"]), several).map(lambda t: act(t[0], "", *t[1])),
        blocks.map(lambda only: act("loop", "", only)),
    )


weights = st.sampled_from([None, 0, 1, 2.5])
nodes = st.recursive(st.one_of(lines, actions), _with_blocks, max_leaves=12)


@st.composite
def scenes(draw: st.DrawFn, **header: Any) -> Scene:
    return scene(*draw(st.lists(nodes, min_size=3, max_size=6)), **header)


programs = st.tuples(
    scenes(label="start"),
    scenes(label="second"),
    st.sampled_from([None, "begin"]).flatmap(lambda f: scenes(falls_to=f)),
).map(
    lambda all_scenes: compile_story(
        dict(zip(NAMES, all_scenes, strict=True)), {"x": 1, "y": False, "bag": [], "pair": (0,), "visitor": "Bo"}, CAST
    )
)
seeds = st.integers(0, 2**64)


def stepwise(program: Program, seed: int, picks: list[int], *, kept: bool) -> tuple[State, list[Output]]:
    """Play by single steps, none of which changes the state before it.

    `kept`: write the state as JSON text and read it back between any two steps.
    """
    state, outputs = start(program, seed), []
    while state.ended is None:
        pick = picks.pop(0) % len(state.menu.options) if picks and state.menu else None
        before = json.dumps(state_to_json(state))
        after, more = step(program, state, pick, limit=STEPS)
        outputs.extend(more)
        assert json.dumps(state_to_json(state)) == before
        state = state_from_json(json.loads(json.dumps(state_to_json(after)))) if kept else after
    return state, outputs


@settings(max_examples=25)
@given(programs, seeds, st.lists(st.integers(0, 5)))
def test_a_play_from_a_kept_state_equals_one_that_goes_on(program: Program, seed: int, picks: list[int]) -> None:
    state, outputs = stepwise(program, seed, [*picks], kept=False)
    kept, repeated = stepwise(program, seed, [*picks], kept=True)
    assert repeated == outputs
    assert kept == state
    assert state_to_json(kept) == state_to_json(state)


@settings(max_examples=25)
@given(programs, seeds)
def test_a_play_equals_its_steps_ends_once_and_is_hashed_whole(program: Program, seed: int) -> None:
    state, outputs = stepwise(program, seed, [], kept=False)
    assert [*play(program, seed=seed, max_steps=STEPS)] == outputs
    assert [isinstance(output, Ended) for output in reversed(outputs)] == [True] + [False] * (len(outputs) - 1)
    assert state.steps <= STEPS
    assert step(program, state) == (state, ())
    trace = b""
    for output in outputs:
        trace = sha256(trace + canonical(output)).digest()
    assert state.trace == trace.hex()


@settings(max_examples=25)
@given(programs, seeds)
def test_the_picks_of_a_play_played_again_give_the_same_play(program: Program, seed: int) -> None:
    outputs = [*play(program, seed=seed, max_steps=STEPS)]
    picks = [body["picked"] for body in map(to_json, outputs) if body and body["type"] == "menu"]
    assert [*play(program, seed=seed, choices=picks, max_steps=STEPS)] == outputs


@given(
    st.dictionaries(strategies.names, strategies.scenes(), min_size=1),
    st.dictionaries(st.sampled_from(["x", "y"]), strategies.values),
    seeds,
)
def test_whatever_a_scene_holds_it_compiles_and_its_play_ends(
    scenes: dict[str, Scene], variables: dict[str, Any], seed: int
) -> None:
    program = compile_story(scenes, variables, {"ada": "Ada"})
    state = start(program, seed, next(iter(scenes)))
    while state.ended is None:
        state, _ = step(program, state, limit=STEPS)
        assert state_from_json(json.loads(json.dumps(state_to_json(state)))) == state


ONE_PLAY = """
from comfyvn.domain.playthrough import start, step
from tests.domain.stories import act, menu, story, text, way
program = story(
    act("set", "few = {'b', 'a', 'c', 1}"),
    act("random", "", *(way(text(f"drawn {n}")) for n in range(9))),
    menu(*(way(text(f"picked {n}"), text=f"option {n}") for n in range(9)), prompt="Which?"),
    text("[few]", "ann"),
    act("show", "ann", directives={"at": ["left"], "zorder": 1.5}),
)
state = start(program, 42)
while state.ended is None:
    state, outputs = step(program, state)
    for output in outputs:
        print(ascii(output))
print(state.trace, state.seed, sorted(state.luck.items()))
"""


def test_a_play_does_not_depend_on_the_order_of_hash_tables() -> None:
    played = {
        subprocess.run(
            [sys.executable, "-c", ONE_PLAY],
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    (one,) = played
    assert "what='{1, 'a', 'b', 'c'}'" in one.replace('"', "'")
    assert TRACE in one


TRACE = "5bf66bb8beeb8693f5d5d795ca87d638500b73c5bf97946e448f7a472907cead"
"""Of `ONE_PLAY`, for ever: on every machine and version of Python."""
