"""What providers of a chain answer, and the errors of asking them. No address of a provider is in any text: it has a
key in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class NoAnswer(Exception):
    """This provider gave no usable answer: the next one is asked."""


class WrongChain(NoAnswer):
    """This provider is of another chain than was configured (U1)."""


class Unanswered(Exception):
    """No provider gave a usable answer."""


@dataclass(frozen=True)
class Head:
    """How far a chain is, as one provider sees it. `finalized`: up to there blocks are final by the chain's rule."""

    number: int
    hash: str
    finalized: int


@dataclass(frozen=True)
class Transfer:
    """A transfer of a token, as the receipt of its transaction has it.

    Hashes are lower-case 0x + 64 hex, addresses have their checksum, `value` is in base units, and `ordinal` is the
    place among the logs of the receipt, from 0.
    """

    tx_hash: str
    ordinal: int
    token: str
    sender: str
    to: str
    value: int
    block_number: int
    block_hash: str


@dataclass(frozen=True)
class TokenState:
    """The flags of a token like Tether's; what a contract does not have is off (U21)."""

    decimals: int
    is_paused: bool = False
    is_deprecated: bool = False
    fee_basis_points: int = 0


@contextmanager
def answering() -> Iterator[None]:
    """Whatever is wrong with an answer becomes NoAnswer; only asking and reading the answer belongs inside."""
    import requests
    from eth_abi.exceptions import DecodingError
    from web3.exceptions import Web3Exception

    try:
        yield
    except NoAnswer:
        raise
    except (
        requests.RequestException, Web3Exception, DecodingError, ValueError, KeyError, TypeError, AttributeError,
        IndexError, OverflowError,
    ) as error:  # fmt: skip
        raise NoAnswer(type(error).__name__) from error
