"""The licences of a project: what each asset is under, by itself and by what went into it, and what collides."""

from collections.abc import Iterator
from dataclasses import dataclass

from comfyvn.application.ports import LATEST, PartKey
from comfyvn.application.provenance.holdings import Holdings, holdings
from comfyvn.application.provenance.spdx import parsed
from comfyvn.application.studio import Studio
from comfyvn.domain.licences import Finding, Work, computed, judge, rendered


@dataclass(frozen=True, slots=True)
class Licensed:
    """A thing under a licence: what is stated ("": nothing that is a licence), and what follows with its inputs."""

    subject: str
    name: str
    stated: str
    computed: str
    credit: str


@dataclass(frozen=True, slots=True)
class LicenceReport:
    """The licences of a project at a position. `ok`: no finding is an error."""

    project: str
    position: int
    commercial: bool | None
    ok: bool
    items: tuple[Licensed, ...]
    findings: tuple[Finding, ...]


def licence_report(studio: Studio, branch: str, at: int = LATEST) -> LicenceReport:
    """Return the licences of a branch as of a position, and what is wrong with them."""
    held = holdings(studio, branch, at)
    works = works_of(held, frozenset(_texts(studio, held)))
    findings = tuple(judge(works, held.commercial))
    items = tuple(_licensed(held, works, name) for name, work in works.items() if work.present)
    ok = not any(finding.severity == "error" for finding in findings)
    return LicenceReport(held.project.name, held.position, held.commercial, ok, items, findings)


def works_of(held: Holdings, texts: frozenset[str] = frozenset()) -> dict[str, Work]:
    """Return the assets, the `texts` that are under a licence of their own, and all that is known to have gone in."""
    assets = sorted((asset.path, f"asset:{asset_id}") for asset_id, asset in held.assets.items())
    present = [*(subject for _, subject in assets), *sorted(texts)]
    works: dict[str, Work] = {}
    for subject in present:
        works[subject] = _work(held, subject, present=True)
    todo = [name for work in works.values() for name in work.inputs]
    for name in todo:
        if name not in works:
            works[name] = _work(held, name, present=False)
            todo += works[name].inputs
    return works


def _work(held: Holdings, subject: str, *, present: bool) -> Work:
    said = held.licence(subject)
    return Work(parsed(said) if said else None, said, held.credit(subject), held.inputs(subject), present)


def _texts(studio: Studio, held: Holdings) -> Iterator[str]:
    """Yield the subjects beside assets that are there and have a licence recorded."""
    wanted = {
        subject
        for subject, records in held.origins.items()
        if not subject.startswith("asset:") and any(record.origin.licence for record in records)
    }
    keys: dict[str, dict[PartKey, str]] = {}
    for subject in wanted:
        kind, _, name = subject.partition(":")
        entity, _, part = name.partition("/")
        keys.setdefault(kind, {})[entity, part] = subject
    for kind in keys.keys() & studio.store.kinds.keys():
        found = studio.store.bulk.histories(held.branch, kind, keys[kind], held.position)
        yield from (keys[kind][key] for key, versions in found.items() if versions and versions[-1].body is not None)


def _licensed(held: Holdings, works: dict[str, Work], subject: str) -> Licensed:
    work = works[subject]
    asset = held.asset(subject)
    whole = computed(works, subject)
    return Licensed(
        subject,
        subject if asset is None else asset.path,
        rendered(work.stated) if work.stated else "",
        rendered(whole) if whole else "",
        work.credit,
    )
