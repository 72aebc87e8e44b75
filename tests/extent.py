"""How much a run does of what could go on for hours: a little in `make test`, all that is promised in `make proof`.

A test that asks this has the mark `proof`: `make proof` runs it again.
"""

from typing import TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")


def is_proof() -> bool:
    """Whether this is a run of `make proof`, which says so by its profile of hypothesis."""
    return settings.get_current_profile_name() == "proof"


def extent(quick: T, promised: T) -> T:
    """The first in `make test`, the second in `make proof`. Ask when a test is imported or runs, not in conftest.py."""
    return promised if is_proof() else quick


def in_proof_only(test: T) -> T:
    """Let only `make proof` run a test that takes seconds, beside quick ones for `make test`."""
    skip = pytest.mark.skipif(not is_proof(), reason="a long drill: make proof")
    return pytest.mark.proof(skip(test))
