"""Where the thing behind a movement can be seen. The ledger keeps its type and id; an app above knows what they are."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from degentalk.accounts.models import User
from wallet.models import DgtTransaction


@dataclass(frozen=True)
class Place:
    """What a thing is called, and its address on this site."""

    title: str
    url: str


Finder = Callable[[Collection[int], User], Mapping[int, Place]]
"""Of these ids those that the member may see, in at most one query."""

finders: dict[str, Finder] = {}


def register(kind: str, find: Finder) -> None:
    """Say where things of a kind can be seen: the `reference_type` of entries. Apps call it in `ready()`."""
    finders[kind] = find


def places_of(rows: Iterable[DgtTransaction], *, seen_by: User) -> dict[tuple[str, int], Place]:
    """Where this member can see what these entries were for, by its type and id. A query for each kind among them."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row.reference_type in finders and row.reference_id is not None:
            ids.setdefault(row.reference_type, set()).add(row.reference_id)
    return {(kind, id_): place for kind in ids for id_, place in finders[kind](ids[kind], seen_by).items()}
