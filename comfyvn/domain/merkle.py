"""Merkle trees of RFC 6962 section 2.1 over SHA-256: roots, and proofs that a leaf stands at its place in a tree."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds `data`."""
    return sha256(b"\0" + data).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes."""
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def merkle_paths(leaves: Sequence[bytes], wanted: Iterable[int]) -> Mapping[int, tuple[bytes, ...]]:
    """Return for each wanted leaf, by its number, the hashes beside its way up to the root, the lowest first."""
    paths: dict[int, list[bytes]] = {number: [] for number in wanted}
    level, height = list(leaves), 0
    while len(level) > 1:
        for number, path in paths.items():
            beside = (number >> height) ^ 1
            if beside < len(level):
                path.append(level[beside])
        level, height = _above(level), height + 1
    return {number: tuple(path) for number, path in paths.items()}


def climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from the leaf `index` of `size`; None where it is no path of such a tree."""
    if not 0 <= index < size:
        return None
    found, last, left = leaf, size - 1, list(reversed(path))
    while last:
        if index & 1 or index < last:
            if not left:
                return None
            beside = left.pop()
            found = _node(beside, found) if index & 1 else _node(found, beside)
        index, last = index >> 1, last >> 1
    return None if left else found


def _above(level: Sequence[bytes]) -> list[bytes]:
    paired = [_node(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        paired.append(level[-1])
    return paired


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
