"""What a signal said while a test listened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.dispatch import Signal


@contextmanager
def heard(signal: Signal, *names: str) -> Iterator[list[tuple[Any, ...]]]:
    """The arguments of these names, once for each time the signal was sent."""
    said: list[tuple[Any, ...]] = []

    def listen(**arguments: Any) -> None:
        said.append(tuple(arguments[name] for name in names))

    signal.connect(listen, weak=False)
    try:
        yield said
    finally:
        signal.disconnect(listen)
