"""Which licences can be together in one work that is made of others: a small table, and what follows from it.

`_INTO` says which share-alike licence may become which other one: by its own words (a later version) or by a list of
compatible licences that its author published. What is not here cannot. `_BARRED` are licences without share-alike
whose further demands a share-alike licence does not allow. docs/reference/licences.md shows the same table.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from comfyvn.domain.licences.conditions import conditions

_INTO: Final[Mapping[str, tuple[str, ...]]] = {
    "CC-BY-SA-2.0": ("CC-BY-SA-2.5",),
    "CC-BY-SA-2.1": ("CC-BY-SA-2.5",),
    "CC-BY-SA-2.5": ("CC-BY-SA-3.0",),
    "CC-BY-SA-3.0": ("CC-BY-SA-4.0",),
    "CC-BY-SA-4.0": ("GPL-3.0-only", "LAL-1.3"),
    "LAL-1.3": ("CC-BY-SA-4.0",),
    "CC-BY-NC-SA-2.0": ("CC-BY-NC-SA-2.5",),
    "CC-BY-NC-SA-2.5": ("CC-BY-NC-SA-3.0",),
    "CC-BY-NC-SA-3.0": ("CC-BY-NC-SA-4.0",),
    "GPL-1.0-or-later": ("GPL-1.0-only", "GPL-2.0-or-later"),
    "GPL-2.0-or-later": ("GPL-2.0-only", "GPL-3.0-or-later"),
    "GPL-3.0-or-later": ("GPL-3.0-only", "AGPL-3.0-or-later"),
    "GPL-3.0-only": ("AGPL-3.0-only",),
    "AGPL-3.0-or-later": ("AGPL-3.0-only",),
    "LGPL-2.0-or-later": ("LGPL-2.0-only", "LGPL-2.1-or-later", "GPL-2.0-or-later"),
    "LGPL-2.0-only": ("GPL-2.0-or-later",),
    "LGPL-2.1-or-later": ("LGPL-2.1-only", "LGPL-3.0-or-later", "GPL-2.0-or-later"),
    "LGPL-2.1-only": ("GPL-2.0-or-later",),
    "LGPL-3.0-or-later": ("LGPL-3.0-only", "GPL-3.0-or-later"),
    "LGPL-3.0-only": ("GPL-3.0-only",),
}
_GNU: Final = re.compile(r"A?GPL-.*")
_BARRED: Final = (
    (re.compile(r"Apache-2\.0"), re.compile(r"GPL-[12]\.0-only")),
    (re.compile(r"Apache-1\.[01]"), _GNU),
    (re.compile(r"BSD-4-Clause"), _GNU),
    (re.compile(r"CC-BY-[1-3]\.\d"), _GNU),
)
_PORT: Final = re.compile(r"(CC-BY-[A-Z-]*\d\.\d)-[A-Z]{2,4}")


def flows(key: str, into: str) -> bool:
    """Tell whether a work under one licence may become part of a derived work that is under another."""
    key, into = _unported(key), _unported(into)
    own, there = conditions(key), conditions(into)
    if key == into or not own.known or not there.known:
        return True
    if own.share_alike:
        return into in _reach(key)
    if not there.share_alike:
        return True
    if own.noncommercial and not there.noncommercial:
        return False
    return not any(one.fullmatch(key) and other.fullmatch(into) for one, other in _BARRED)


def clash(keys: Iterable[str]) -> tuple[str, ...]:
    """Return licences of a derived work that no one licence can be the share-alike of; nothing where one can.

    It is a pair where two are to blame, else all of them.
    """
    held = sorted(set(keys))
    if _target(held):
        return ()
    pairs = ((one, other) for n, one in enumerate(held) for other in held[n + 1 :])
    return next((pair for pair in pairs if not _target(pair)), tuple(held))


def _target(keys: Iterable[str]) -> bool:
    held = list(keys)
    shared = [key for key in held if conditions(key).share_alike]
    wanted = {target for key in shared for target in (_unported(key), *_reach(_unported(key)))}
    return not shared or any(all(flows(key, target) for key in held) for target in wanted)


def _unported(key: str) -> str:
    """Return a licence of Creative Commons without the country that it was ported to."""
    return match[1] if (match := _PORT.fullmatch(key)) else key


@cache
def _reach(key: str) -> frozenset[str]:
    """Return all licences that a share-alike licence may become."""
    found: set[str] = set()
    todo = [key]
    while todo:
        new = [target for target in _INTO.get(todo.pop(), ()) if target not in found]
        found.update(new)
        todo += new
    return frozenset(found - {key})
