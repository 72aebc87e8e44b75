"""Reads the topics. A file has threads, each under a line `=== thread | title`, and `=== replies`, one a paragraph.

Words before the bar say more: `by vera_onchain`, `0.3 days old`, `evergreen` (people answer to this day), `locked`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
EVERYWHERE = "everywhere"
"""The topic without threads: pieces that fit anywhere."""

BY = re.compile(r"\bby (\w+)")
AGE = re.compile(r"\b([\d.]+) days old")


@dataclass(frozen=True)
class Opening:
    """A thread to be: its title and its first post, with gaps."""

    topic: str
    title: str
    body: str
    author: str | None = None
    age_days: float | None = None
    is_evergreen: bool = False
    is_locked: bool = False


@dataclass(frozen=True)
class Topic:
    """What people talk about, and what they say then."""

    name: str
    openings: tuple[Opening, ...]
    parts: dict[str, tuple[str, ...]]
    """Pieces of replies by kind; every topic has `replies`, the one for everywhere has more kinds."""


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, without the one for everywhere."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.md")) if path.stem != EVERYWHERE)


@cache
def everywhere() -> Topic:
    """What fits in any thread."""
    return _read(FOLDER / f"{EVERYWHERE}.md")


def _read(path: Path) -> Topic:
    openings: list[Opening] = []
    parts: dict[str, tuple[str, ...]] = {}
    for section in path.read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, body = section.partition("\n")
        kind, _, title = head.partition(" | ")
        if title:
            openings.append(_opening(path.stem, kind, title.strip(), body.strip()))
        else:
            parts[kind.strip()] = tuple(piece.strip() for piece in body.split("\n\n") if piece.strip())
    return Topic(path.stem, tuple(openings), parts)


def _opening(topic: str, kind: str, title: str, body: str) -> Opening:
    author, age = BY.search(kind), AGE.search(kind)
    return Opening(
        topic=topic,
        title=title,
        body=body,
        author=author[1] if author else None,
        age_days=float(age[1]) if age else None,
        is_evergreen="evergreen" in kind,
        is_locked="locked" in kind,
    )
