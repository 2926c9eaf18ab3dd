"""The facts of origin as W3C PROV-JSON: things are entities, facts are activities, actors and programs are agents."""

import re
from typing import Any, Final

from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.holdings import Record, holdings
from comfyvn.application.studio import Studio

NAMESPACE: Final = "urn:comfyvn:"
_FACTS: Final = (
    "method",
    "source",
    "source_hash",
    "licence",
    "kind_of_source",
    "credit",
    "prompt_hash",
    "workflow_hash",
)


def prov_json(studio: Studio, branch: str, at: int = LATEST) -> str:
    """Return all facts of origin of a branch as of a position as one PROV-JSON document."""
    from prov.model import ProvDocument  # noqa: PLC0415

    held = holdings(studio, branch, at)
    document = ProvDocument()
    document.add_namespace("comfyvn", NAMESPACE)
    for asset_id, asset in sorted(held.assets.items()):
        said = {
            "prov:label": asset.path,
            "comfyvn:sha256": asset.hash,
            "comfyvn:licence": held.licence(f"asset:{asset_id}"),
        }
        document.entity(_name("entity", f"asset:{asset_id}"), {key: value for key, value in said.items() if value})
    commits = studio.store.commits_at({record.position for records in held.origins.values() for record in records})
    for subject, records in sorted(held.origins.items()):
        if held.asset(subject) is None:
            document.entity(_name("entity", subject), {"prov:label": subject})
        for record in records:
            commit = commits.get(record.position)
            _fact(document, record, commit.at if commit else None, commit.actor if commit else "")
    named = {name for records in held.origins.values() for record in records for name in record.origin.inputs}
    for name in sorted(named - held.origins.keys() - {f"asset:{asset_id}" for asset_id in held.assets}):
        document.entity(_name("entity", name), {"prov:label": name})
    return str(document.serialize(format="json"))


def _fact(document: Any, record: Record, at: str | None, actor: str) -> None:
    origin = record.origin
    facts = {f"comfyvn:{name}": value for name in _FACTS if (value := getattr(origin, name))}
    if origin.seed is not None:
        facts["comfyvn:seed"] = str(origin.seed)
    label = {"prov:label": f"{origin.activity} {origin.subject}", "comfyvn:activity": origin.activity}
    activity = document.activity(_name("record", record.id), at, at, {**label, **facts})
    entity = _name("entity", origin.subject)
    document.wasGeneratedBy(entity, activity, at)
    for source, role in sorted(origin.inputs.items()):
        document.used(activity, _name("entity", source), at, other_attributes={"prov:role": str(role)})
        document.wasDerivedFrom(entity, _name("entity", source), activity)
    agents = (("actor", actor), ("tool", origin.tool), ("model", origin.model), ("person", origin.credit))
    for kind, who in agents:
        if not who:
            continue
        agent = document.agent(_name(kind, who), {"prov:label": who, "comfyvn:kind": kind})
        if kind == "person":
            document.wasAttributedTo(entity, agent)
        else:
            document.wasAssociatedWith(activity, agent)


def _name(kind: str, name: str) -> str:
    """Return a qualified name that every serialisation of PROV can write; other signs stand as numbers."""
    return f"comfyvn:{kind}-" + re.sub(r"[^A-Za-z0-9-]", lambda sign: f"_{ord(sign[0]):x}_", name)
