"""Trees of RFC 6962: the roots of its test vectors, and proofs that hold for their leaf and for nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.merkle import climb, leaf_hash, merkle_paths, merkle_root

VECTORS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The leaves of the test vectors of Certificate Transparency."""
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_the_roots_are_those_of_the_vectors(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in VECTORS[:size]]
    assert merkle_root(leaves).hex() == ROOTS[size]


@given(st.integers(1, 70), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other(size: int, data: st.DataObject) -> None:
    leaves = [sha256(bytes([n])).digest() for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = merkle_paths(leaves, [index])[index]
    root = merkle_root(leaves)
    assert climb(leaves[index], index, size, path) == root
    assert climb(sha256(b"other").digest(), index, size, path) != root
    assert climb(leaves[index], index, size, (*path, root)) is None
    if path:
        assert climb(leaves[index], index, size, path[:-1]) is None
        assert climb(leaves[index], index ^ 1, size, path) != root


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_place_outside_of_the_tree_has_no_root(index: int, size: int) -> None:
    assert climb(b"x" * 32, index, size, ()) is None
