"""Analysis: what readers of a story can reach, how likely, and what nobody can reach and why."""

from comfyvn.domain.analysis.analysing import analyse, report
from comfyvn.domain.analysis.report import (
    Analysis,
    ChoiceFacts,
    DeadEnd,
    EndingFacts,
    NotReached,
    Range,
    Route,
    Stop,
)
from comfyvn.domain.analysis.routes import seed_along
from comfyvn.domain.analysis.sampling import Share
from comfyvn.domain.analysis.survey import Limits, Progress, Survey, guards_of, survey
from comfyvn.domain.analysis.ways import Cause
from comfyvn.domain.analysis.words import Words, minutes, words_of

__all__ = [
    "Analysis",
    "Cause",
    "ChoiceFacts",
    "DeadEnd",
    "EndingFacts",
    "Limits",
    "NotReached",
    "Progress",
    "Range",
    "Route",
    "Share",
    "Stop",
    "Survey",
    "Words",
    "analyse",
    "guards_of",
    "minutes",
    "report",
    "seed_along",
    "survey",
    "words_of",
]
