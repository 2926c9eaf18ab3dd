"""What a check of an export finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from comfyvn.domain.kernel import Json


@dataclass(frozen=True, slots=True)
class ExportFlaw:
    """One thing that is not as the manifest says. `path` is a file of the export, `entity` a ``kind:id``."""

    code: str
    message: str
    path: str = ""
    entity: str = ""
    severity: Literal["error", "note"] = "error"


@dataclass(frozen=True, slots=True)
class ExportCheck:
    """What a check looked at and found. `manifest` is None where it cannot be read; `key` is the signer's, hex."""

    manifest: Mapping[str, Json] | None
    key: str | None
    files: int
    flaws: tuple[ExportFlaw, ...]


def whole(flaws: tuple[ExportFlaw, ...]) -> bool:
    """Tell whether there is no error among the flaws."""
    return all(flaw.severity != "error" for flaw in flaws)
