"""What the content credentials of assets tell: from the registry and from what is recorded of their origin."""

from collections.abc import Mapping
from typing import BinaryIO, Protocol

from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.disclosure import disclose, hands
from comfyvn.application.provenance.holdings import Holdings, Record, holdings
from comfyvn.application.provenance.wording import stamps
from comfyvn.application.studio import Studio
from comfyvn.domain.credentials import Collection, Credentials, Deed, Ingredient, Work
from comfyvn.domain.disclosure import made_by_model

_TOLD = ("model", "seed", "prompt_hash", "workflow_hash")


class Signing(Protocol):
    """Signs files that leave the studio. Two signatures of one file are never the same bytes."""

    def media(self, file: BinaryIO, work: Work, out: BinaryIO) -> bytes | None:
        """Write a file with its credential to `out`.

        Where its format has no place for one, `out` stays empty and the credential is returned, to stand beside it;
        None with an empty `out`: it is no medium.
        """

    def bundle(self, file: BinaryIO, of: Collection, record: str, out: BinaryIO) -> None:
        """Write a zip file with a credential to `out`; `record` is the hash of the manifest in it."""


def credentials(studio: Studio, branch: str, at: int = LATEST) -> Credentials:
    """Return what the credentials of a project tell, as of a position."""
    position = studio.store.head(branch, at)
    told = disclose(studio, branch, position, limit=0)
    commit = studio.store.commits_at([position]).get(position)
    made, project = told.evidence_total > 0, studio.store.branch(branch).project
    whole = Collection(told.project, made, project, branch, position, commit.id if commit else "")
    return Credentials(works(studio, branch, position), whole)


def works(studio: Studio, branch: str, at: int = LATEST) -> Mapping[str, Work]:
    """Return what is known of the files of all assets by their ids, as of a position."""
    held = holdings(studio, branch, at)
    found = hands(studio, held)
    said = stamps(studio, branch, at)
    made = {}
    for asset, state in held.assets.items():
        subject = f"asset:{asset}"
        records = held.of(subject)
        hand, through = found[subject]
        maker = next((record.origin for record in reversed(records) if made_by_model(record.origin)), None)
        told = {key: getattr(maker, key) for key in _TOLD} if maker else {}
        stamp = said[asset]
        made[asset] = Work(
            asset,
            state.path,
            state.hash,
            hand=hand,
            kinds=tuple(r.origin.kind_of_source for r in reversed(records) if r.origin.kind_of_source),
            tool=maker.tool if maker else stamp.tool,
            told={key: value for key, value in told.items() if value not in ("", None)},
            through=through,
            deeds=tuple(Deed(r.origin.method, r.origin.tool) for r in records if _deed(r)),
            inputs=_inputs(held, subject),
            licence=stamp.licence,
            credit=stamp.credit,
            project=stamp.project,
            commit=stamp.commit,
        )
    return made


def _deed(record: Record) -> bool:
    """Tell whether a record says that something was done to a file that was there."""
    said = record.origin
    return (
        said.activity in ("edited", "derived") and said.method not in ("replace", "stamp") and not made_by_model(said)
    )


def _inputs(held: Holdings, subject: str) -> tuple[Ingredient, ...]:
    found: dict[str, Ingredient] = {}
    for record in held.of(subject):
        for name, role in record.origin.inputs.items():
            if name != subject:
                asset = held.asset(name)
                title = name if asset is None else asset.path
                found[name] = Ingredient(name, title, role if isinstance(role, str) else "")
    return tuple(found.values())
