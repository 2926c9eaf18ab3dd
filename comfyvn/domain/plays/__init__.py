"""Plays: what happened in each playthrough of a story, and the values that outlive a playthrough.

Only decisions are recorded; what was said and shown follows from them (`comfyvn.domain.playthrough`).
"""

from comfyvn.domain.plays.decider import PLAYTHROUGH
from comfyvn.domain.plays.events import Move
from comfyvn.domain.plays.path import Chosen, Forced, Input, Path, ReadOn, moves_of, path_of
from comfyvn.domain.plays.remembered import REMEMBERED, ForgetValue, Remembered, RememberValue
from comfyvn.domain.plays.state import Playthrough

__all__ = [
    "PLAYTHROUGH",
    "REMEMBERED",
    "Chosen",
    "Forced",
    "ForgetValue",
    "Input",
    "Move",
    "Path",
    "Playthrough",
    "ReadOn",
    "RememberValue",
    "Remembered",
    "moves_of",
    "path_of",
]
