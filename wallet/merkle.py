"""Merkle trees of RFC 6962, section 2.1: a short proof that one leaf is among many, under one root.

A leaf hashes as SHA-256(0x00 ‖ bytes), a node as SHA-256(0x01 ‖ left ‖ right). The left half of n leaves is the largest
power of two below n. All functions take and give hashes of 32 bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32


def leaf(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over hashes of leaves, in one pass that keeps one hash per level. Without leaves: SHA-256 of nothing."""
    perfect: list[bytes] = []  # roots of perfect trees of falling size, as the binary digits of the count so far
    for count, one in enumerate(leaves, start=1):
        perfect.append(one)
        for _ in range(_trailing_zeros(count)):
            right = perfect.pop()
            perfect.append(node(perfect.pop(), right))
    if not perfect:
        return hashlib.sha256(b"").digest()
    top = perfect.pop()
    while perfect:
        top = node(perfect.pop(), top)
    return top


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf `index` (from 0) up to the root: MTH's PATH(m, D[n]), lowest first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    beside: list[bytes] = []
    start, end = 0, len(leaves)
    while end - start > 1:
        middle = start + _left_half(end - start)
        if index < middle:
            beside.append(root(leaves[middle:end]))
            end = middle
        else:
            beside.append(root(leaves[start:middle]))
            start = middle
    return beside[::-1]


def leads_to(beside: Sequence[bytes], *, leaf: bytes, index: int, count: int, root: bytes) -> bool:
    """Whether a path proves that `leaf` is number `index` of `count` leaves under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < count:
        return False
    at, last, hashed = index, count - 1, leaf
    for sibling in beside:
        if last == 0:
            return False
        if at % 2 or at == last:
            hashed = node(sibling, hashed)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node(hashed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root


def _left_half(count: int) -> int:
    """The largest power of two below a count of at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _trailing_zeros(count: int) -> int:
    """How many perfect trees become one when this many leaves are there."""
    return (count & -count).bit_length() - 1
