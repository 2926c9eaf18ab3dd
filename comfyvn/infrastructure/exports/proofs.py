"""Whether the proofs of a manifest prove what it says. Nothing else is needed for it."""

from collections.abc import Iterator, Mapping

from comfyvn.application.provenance.flaws import ExportFlaw
from comfyvn.domain.kernel import Json
from comfyvn.domain.merkle import climb, leaf_hash, merkle_root
from comfyvn.infrastructure.storage.hashing import shown_id


def disproved(manifest: Mapping[str, Json]) -> Iterator[ExportFlaw]:
    """Yield what the proofs of a manifest do not prove; the manifest has the right shape."""
    history, commits = manifest["history"], manifest["history"]["commits"]
    for commit_id, commit in commits.items():
        if commit["sealed"] is not None and shown_id(commit["shown"], commit["sealed"]) != commit_id:
            yield ExportFlaw("commit_wrong", f"What is shown of commit {commit_id[:12]} does not have its id as hash.")
        root = climb(leaf_hash(bytes.fromhex(commit_id)), commit["index"], history["size"], _bytes(commit["path"]))
        if root is None or root.hex() != history["root"]:
            yield ExportFlaw("commit_unproven", f"Commit {commit_id[:12]} is not proven to be part of the history.")
    if not _head_fits(manifest):
        yield ExportFlaw("head_wrong", "The history does not end with the commit and position of the manifest.")
    for scene in manifest["scenes"]:
        if not _event_fits(scene["proof"], commits.get(scene["proof"]["commit"])):
            message = "The last change of the scene is not proven to be part of its commit."
            yield ExportFlaw("event_unproven", message, "", f"scene:{scene['id']}")


def _head_fits(manifest: Mapping[str, Json]) -> bool:
    size, head = manifest["history"]["size"], manifest["history"]["commits"].get(manifest["commit"])
    if manifest["commit"] is None:
        return bool(size == 0 and manifest["history"]["root"] == merkle_root(()).hex())
    if head is None or head["index"] != size - 1:
        return False
    said = (manifest["project"], manifest["position"], manifest["committed_at"])
    return bool(said == (head["shown"]["project"], head["shown"]["position"], head["shown"]["at"]))


def _event_fits(proof: Mapping[str, Json], commit: Mapping[str, Json] | None) -> bool:
    if commit is None:
        return False
    shown = commit["shown"]
    root = climb(bytes.fromhex(proof["leaf"]), proof["index"], shown["events"], _bytes(proof["path"]))
    placed = proof["position"] == shown["first_position"] + proof["index"]
    return placed and root is not None and root.hex() == shown["events_root"]


def _bytes(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(beside) for beside in path]
