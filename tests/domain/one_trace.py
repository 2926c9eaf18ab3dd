"""Prints the traces of the golden stories as JSON: run in processes of every kind, they print the same bytes."""

import json
import sys
from typing import Any

from comfyvn.domain.plays import Chosen, Forced, Input, ReadOn
from comfyvn.domain.playthrough import compile_story, state_to_json
from comfyvn.domain.playthrough.following import Opening, follow
from comfyvn.domain.playthrough.outputs import TRACE_FORMAT, to_json
from comfyvn.domain.playthrough.run import start, step
from comfyvn.domain.playthrough.stubs import read_stubs
from tests.domain.stories import CAST, act, menu, scene, text, way

SEEDS = (0, 1, 42, 2**63 - 1)

STORY = {
    "begin": scene(
        act("scene", "bg harbour"),
        act("show", "ann happy", directives={"at": ["left"]}),
        text("Hello, [visitor].", "ann"),
        act("set", "few = {'b', 'a', 'c', 1}"),
        menu(way(text("One."), text="One", weight=3), way(text("Two."), text="Two"), prompt="Which? [few]", id="ask"),
        act("random", "", *(way(text(f"Drawn {n}."), weight=n) for n in range(1, 6)), id="dice"),
        act("call", "", way(scene="room"), directives={"arguments": "turns + 1, again=True"}),
        text("[_return] in all, [here] here."),
        act("raw", "renpy.music.stop()"),
        act("set", "turns += 1"),
        act("branch", "", way(act("jump", "", way(scene="begin")), condition="turns < 3")),
        text("End."),
        label="start",
    ),
    "room": scene(
        act("play", "music sea.ogg"),
        act("loop", "", way(act("set", "here += n"), text("[n] [here] [again]"), condition="here < 2 * n")),
        menu(way(act("return", "here"), text="Back"), way(text("Stay."), text="Stay", condition="seen()"), id="door"),
        act("return", "-here"),
        meta={"parameters": "n, again=False"},
    ),
}


def traces() -> dict[str, Any]:
    """Return for each seed every step of a play in which the seed picks: input, outputs and running hash."""
    program = compile_story(
        STORY,
        {"visitor": "Bo", "turns": 0, "here": 0, "few": None, "n": 0, "again": None},
        CAST,
        scene_variables=["here"],
        stubs=read_stubs({"seen(*": {"value": True}}),
    )
    found: dict[str, Any] = {}
    for seed in SEEDS:
        inputs, state = list[Input](), start(program, seed)
        state, _ = step(program, state)
        while state.ended is None:
            menu_then = state.menu
            state, outputs = step(program, state)
            picked = getattr(outputs[0], "picked", 0) if outputs else 0
            inputs.append(ReadOn() if menu_then is None else Chosen(menu_then.options[picked][0]))
        moments = list(follow(program, Opening(seed, None, {}), [Forced("turns", 0), *inputs]))
        assert moments[-1].state == state
        found[str(seed)] = {
            "steps": [[[to_json(o, every=True) for o in m.outputs], m.state.trace] for m in moments],
            "end": state_to_json(state),
        }
    return {"format": TRACE_FORMAT, "plays": found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(traces(), sort_keys=True, indent=1, ensure_ascii=True) + "\n")
