"""A chain of each test's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from web3 import Web3

from degentalk.sandbox.chain import Chain
from tests.sandbox_chain import chains


@pytest.fixture
def chain() -> Iterator[Chain]:
    """The same one every time: block 1 has the token in it."""
    with Chain(seed=1) as chain:
        yield chain


@pytest.fixture
def web3(chain: Chain) -> Web3:
    return chains.web3_of(chain.url)


@pytest.fixture
def token(chain: Chain) -> Any:
    return chains.token_of(chain)
