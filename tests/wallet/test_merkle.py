"""Merkle trees as RFC 6962 defines them: against its own words, and against the vectors of Certificate Transparency."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet import merkle

LEAVES = st.lists(st.binary(max_size=4), min_size=1, max_size=40).map(
    lambda contents: [merkle.leaf(content) for content in contents]
)
AT = st.integers(min_value=0, max_value=10**6)

# The inputs and roots that implementations of RFC 6962 test themselves with, for the first 1 to 8 of these leaves.
KNOWN_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_definition(leaves):
    """MTH of RFC 6962, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root_by_definition(leaves[:k]) + root_by_definition(leaves[k:])).digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_certificate_transparency(count):
    leaves = [merkle.leaf(bytes.fromhex(content)) for content in KNOWN_INPUTS[:count]]
    assert merkle.root(leaves).hex() == KNOWN_ROOTS[count - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert merkle.root([]).hex() == hashlib.sha256().hexdigest()


@given(LEAVES)
def test_a_root_in_one_pass_is_the_root_by_definition(leaves):
    assert merkle.root(iter(leaves)) == root_by_definition(leaves)


@given(LEAVES)
def test_every_leaf_has_a_path_that_leads_to_the_root(leaves):
    root = merkle.root(leaves)
    assert [
        merkle.leads_to(merkle.path(leaves, at), leaf=leaf, index=at, count=len(leaves), root=root)
        for at, leaf in enumerate(leaves)
    ] == [True] * len(leaves)


@given(LEAVES, AT, AT, st.binary(min_size=32, max_size=32))
def test_a_changed_path_leads_nowhere(leaves, at, step, other):
    at %= len(leaves)
    path, root = merkle.path(leaves, at), merkle.root(leaves)
    changed = [*path]
    if path:
        changed[step % len(path)] = other
    attempts = [[*path, other], [other, *path], *([changed, path[1:], path[:-1]] if path else [])]
    proof = {"leaf": leaves[at], "index": at, "count": len(leaves), "root": root}
    assert [merkle.leads_to(attempt, **proof) for attempt in attempts] == [False] * len(attempts)


@given(st.integers(min_value=1, max_value=40), AT, AT)
def test_a_path_proves_one_place_only(count, at, elsewhere):
    leaves = [merkle.leaf(bytes([number])) for number in range(count)]
    at, elsewhere = at % count, elsewhere % (count + 2)
    path, root = merkle.path(leaves, at), merkle.root(leaves)
    leads = merkle.leads_to(path, leaf=leaves[at], index=elsewhere, count=count, root=root)
    assert leads == (elsewhere == at)


@given(LEAVES, AT, st.binary(min_size=32, max_size=32))
def test_a_path_proves_one_leaf_only(leaves, at, other):
    at %= len(leaves)
    path, root = merkle.path(leaves, at), merkle.root(leaves)
    assert not merkle.leads_to(path, leaf=other, index=at, count=len(leaves), root=root)


def test_a_node_cannot_stand_in_for_a_leaf():
    left, right = merkle.leaf(b"a"), merkle.leaf(b"b")
    assert merkle.leaf(left + right) != merkle.node(left, right)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_to_a_leaf_that_is_not_there(index):
    leaves = [merkle.leaf(b"x")] * 3
    with pytest.raises(IndexError):
        merkle.path(leaves, index)
    assert not merkle.leads_to([], leaf=leaves[0], index=index, count=3, root=merkle.root(leaves))
