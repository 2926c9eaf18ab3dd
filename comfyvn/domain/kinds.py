"""All kinds of entities, by name."""

from collections.abc import Mapping
from typing import Any, Final

from comfyvn.domain.assets import ASSET
from comfyvn.domain.cast import CHARACTER
from comfyvn.domain.kernel import Decider
from comfyvn.domain.localisation import TRANSLATION
from comfyvn.domain.plays import PLAYTHROUGH, REMEMBERED
from comfyvn.domain.project import BRANCH, PROJECT
from comfyvn.domain.provenance import PROVENANCE
from comfyvn.domain.story import SCENE
from comfyvn.domain.templates import TEMPLATE
from comfyvn.domain.timeline import TIMELINE
from comfyvn.domain.variables import VARIABLE
from comfyvn.domain.worlds import WORLD

KINDS: Final[Mapping[str, Decider[Any, Any, Any]]] = {
    kind.kind: kind
    for kind in (
        SCENE,
        CHARACTER,
        TIMELINE,
        VARIABLE,
        TEMPLATE,
        WORLD,
        ASSET,
        PROVENANCE,
        TRANSLATION,
        PROJECT,
        BRANCH,
        PLAYTHROUGH,
        REMEMBERED,
    )
}
"""Kind -> its decider. Readers and stores take this table; a new kind is one entry."""
