"""What the stamps of assets say: from the registry and from what is recorded of their origin."""

from collections.abc import Iterable, Mapping

from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.provenance.holdings import Holdings, holdings
from comfyvn.application.provenance.stamping import Stamp
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE


def stamps(studio: Studio, branch: str, at: int = LATEST, ids: Iterable[str] | None = None) -> Mapping[str, Stamp]:
    """Return the stamps of assets by their ids, of all assets without `ids`, as of a position.

    The commit in a stamp is the one that last changed the asset, so what is not touched keeps its stamp.
    """
    held = holdings(studio, branch, at)
    project = studio.store.branch(branch).project
    wanted = [asset for asset in (held.assets if ids is None else ids) if asset in held.assets]
    last = {i: studio.store.versions(branch, Ref("asset", i), WHOLE, held.position)[-1].position for i in wanted}
    commits = studio.store.commits_at(set(last.values()))
    return {asset: _stamp(held, asset, project, commits[last[asset]].id) for asset in wanted}


def _stamp(held: Holdings, asset: str, project: str, commit: str) -> Stamp:
    subject = f"asset:{asset}"

    def last(name: str) -> str:
        said = (str(getattr(record.origin, name)) for record in reversed(held.of(subject)))
        return next(filter(None, said), "")

    return Stamp(
        asset=asset,
        sha256=held.assets[asset].hash,
        licence=held.licence(subject),
        credit=held.credit(subject),
        source=last("kind_of_source"),
        tool=last("tool"),
        project=project,
        commit=commit,
    )
