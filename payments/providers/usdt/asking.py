"""Asking the providers of a chain: one after the other until one answers, or until two agree (U16, U17)."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from payments.providers.usdt.answers import NoAnswer, Unanswered, WrongChain
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.node import Node

T = TypeVar("T")

logger = logging.getLogger(__name__)

MOST_CHAINS = 16
_of_thread = threading.local()


def nodes(chain: Chain) -> list[Node]:
    """The providers of a chain, in the order of the settings. Sessions are kept, and no two threads share one."""
    known: dict[Chain, list[Node]] = _of_thread.__dict__.setdefault("nodes", {})
    if chain not in known:
        if len(known) >= MOST_CHAINS:
            known.clear()
        known[chain] = [Node(chain, place) for place in range(len(chain.rpc))]
    return known[chain]


def ask(chain: Chain, question: Callable[[Node], T]) -> T:
    """What the first provider answers that can. Raises Unanswered."""
    for _name, answer in each(chain, question):
        return answer
    raise Unanswered(f"no provider of {chain.name} answers")


def ask_two(chain: Chain, question: Callable[[Node], T]) -> T | None:
    """What two providers answer alike; None while they do not, or only one answers. Raises Unanswered if none does."""
    heard: list[T] = []
    for _name, answer in each(chain, question):
        if answer in heard:
            return answer
        heard.append(answer)
    if not heard:
        raise Unanswered(f"no provider of {chain.name} answers")
    logger.warning("usdt: providers of %s do not agree, or only one of them answers", chain.name)
    return None


def each(chain: Chain, question: Callable[[Node], T]) -> Iterator[tuple[str, T]]:
    """The name and the answer of every provider that answers, in the order of the settings."""
    for node in nodes(chain):
        try:
            answer = _asked(node, question)
        except NoAnswer as error:
            logger.info("usdt: no answer of %s: %s", node.name, error)
        else:
            yield node.name, answer


def wrong_providers(chain: Chain) -> list[int]:
    """Which of them are of another chain, counted from 1 (U1)."""
    return [place for place, node in enumerate(nodes(chain), start=1) if _is_wrong(node)]


def _is_wrong(node: Node) -> bool:
    node.failed()
    try:
        node.connect()
    except WrongChain:
        logger.error("usdt: %s is of another chain than was configured", node.name)
        return True
    except NoAnswer:
        return False
    return False


def _asked(node: Node, question: Callable[[Node], T]) -> T:
    try:
        node.connect()
        return question(node)
    except NoAnswer:
        node.failed()
        raise
