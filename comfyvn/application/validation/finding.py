"""One thing that is wrong, or may be."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
Code = Literal[
    "asset_missing",
    "caption_empty",
    "condition_malformed",
    "falls_off_end",
    "field_malformed",
    "field_unclosed",
    "identifier_bad",
    "interpolation_undefined",
    "line_id_duplicate",
    "menu_may_be_empty",
    "percent_trap",
    "scene_unreachable",
    "start_missing",
    "tag_unclosed",
    "tag_unknown",
    "target_missing",
    "target_unknown",
    "variable_undeclared",
    "variable_undefined",
]
"""Stable names of what can be found."""


@dataclass(frozen=True, slots=True)
class StoryFinding:
    """Something found in a story. `scene` and `node` are ids, None where it concerns no single one."""

    severity: Severity
    code: Code
    message: str
    scene: str | None = None
    node: str | None = None
