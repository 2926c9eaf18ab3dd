"""Playthrough: a story played step by step, the same on every machine for the same seed and picks.

Compile a story once (`compile_story`), then `start` and `step` through it, or `play` it to the end. Everything that
decides the play is in `State`: stop anywhere, keep it as JSON, and go on later.
"""

from comfyvn.domain.playthrough.outputs import (
    Ended,
    EndReason,
    LineSaid,
    MenuShown,
    Output,
    RawSkipped,
    StageChanged,
    to_json,
)
from comfyvn.domain.playthrough.program import Program, compile_story
from comfyvn.domain.playthrough.run import MAX_STEPS, play, start, step
from comfyvn.domain.playthrough.stage import Stage
from comfyvn.domain.playthrough.state import Menu, State
from comfyvn.domain.playthrough.state import from_json as state_from_json
from comfyvn.domain.playthrough.state import to_json as state_to_json

__all__ = [
    "MAX_STEPS",
    "EndReason",
    "Ended",
    "LineSaid",
    "Menu",
    "MenuShown",
    "Output",
    "Program",
    "RawSkipped",
    "Stage",
    "StageChanged",
    "State",
    "compile_story",
    "play",
    "start",
    "state_from_json",
    "state_to_json",
    "step",
    "to_json",
]
