"""Puts replies together from pieces, so that no two in a thread say the same and later ones answer earlier ones."""

import random
import re
from collections.abc import Mapping, Sequence

from degentalk.demo.words import gaps
from degentalk.demo.words.topics import everywhere, topics

QUOTED_MAX = 160
PLAIN_SENTENCE = re.compile(r"[A-Z][^:`*\[\]<>{}#|\n]{25,}?[.!?](?=\s|$)")


class _Deck:
    """Deals its cards in a random order, each once before any comes again."""

    def __init__(self, cards: Sequence[str], draw: random.Random) -> None:
        self._cards, self._draw, self._left = cards, draw, list[str]()

    def deal(self) -> str:
        if not self._left:
            self._left = self._draw.sample(self._cards, len(self._cards))
        return self._left.pop()


class Replies:
    """The replies of one thread."""

    def __init__(self, topic: str, chosen: Mapping[str, str], draw: random.Random) -> None:
        self._draw, self._chosen = draw, chosen
        self._heard: list[tuple[str, str]] = []
        self._kinds = {kind: _Deck(cards, draw) for kind, cards in everywhere().parts.items()}
        about = next(known for known in topics() if known.name == topic)
        self._topic = _Deck(about.parts["replies"], draw)

    def heard(self, body: str, author: str) -> None:
        """Remember a sentence of a post, for somebody to quote."""
        sentences = [found[0] for found in PLAIN_SENTENCE.finditer(body) if len(found[0]) <= QUOTED_MAX]
        if sentences:
            self._heard.append((self._draw.choice(sentences), author))

    def by(self, author: str, *, after: str) -> str:
        """A reply by somebody, after a post of somebody else."""
        make = self._draw.choices(
            (self._short, self._plain, self._rich, self._long, self._quote, self._question),
            (12, 30, 22, 10, 18, 8),
        )[0]
        body = make(author, after)
        self.heard(body, author)
        return body

    def by_starter(self, after: str) -> str:
        """A reply by whoever started the thread."""
        thanks = self._say("starter")
        if self._draw.random() < 0.5:
            return f"@{after} {thanks}"
        return f"{thanks[0].upper()}{thanks[1:]}\n\n{self._say_on_topic()}"

    def _short(self, author: str, after: str) -> str:
        return self._say("short")

    def _plain(self, author: str, after: str) -> str:
        return self._say_on_topic()

    def _rich(self, author: str, after: str) -> str:
        first, last = self._say("beginnings"), self._say("endings")
        middle = self._say_on_topic()
        return self._draw.choice((f"{first} {middle}", f"{middle}\n\n{last}", f"{first} {middle}\n\n{last}"))

    def _long(self, author: str, after: str) -> str:
        return f"{self._say('beginnings')} {self._say_on_topic()}\n\n{self._say('asides')}\n\n{self._say('endings')}"

    def _quote(self, author: str, after: str) -> str:
        others = [(sentence, name) for sentence, name in self._heard[-6:] if name != author]
        if not others:
            return self._plain(author, after)
        sentence, name = self._draw.choice(others)
        return f"> {sentence}\n\n{self._draw.choice((f'@{name} ', ''))}{self._say('answers')} {self._say_on_topic()}"

    def _question(self, author: str, after: str) -> str:
        return f"@{after} {self._say('questions')}"

    def _say(self, kind: str) -> str:
        return gaps.fill(self._kinds[kind].deal(), self._chosen, self._draw)

    def _say_on_topic(self) -> str:
        return gaps.fill(self._topic.deal(), self._chosen, self._draw)
