"""What the forum decides without a database: pages of posts, what counts as having written something, and when a text
was written before.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from rapidfuzz import fuzz

POSTS_PER_PAGE = 20

TITLE_MIN_LENGTH = 4
TITLE_MAX_LENGTH = 120
BODY_MAX_LENGTH = 10_000
REASON_MAX_LENGTH = 300
MESSAGE_MAX_LENGTH = 140
"""Of what somebody says with a tip; as long as the memo of a transfer."""

FIRST_POST = 1
"""A thread's opening post has this number; replies count on from it without gaps."""

REPOST_WINDOW = timedelta(hours=24)

REPOST_TEXTS_MAX = 50
"""So many of a member's newest texts are looked at, so that the work is bounded."""

ALIKE_PERCENT = 90
"""From here on two texts are nearly the same. Of two texts of 400 letters about 40 may differ: a rewritten sentence
passes, a changed word or an added line does not. Two sentences on one subject share half of their letters."""

SHUFFLED_WORDS_MIN = 12
"""From so many words on, the same words in another order are the same text; few words may mean two things."""

NOT_LETTERS = re.compile(r"[^\w\s]+|_+")

# Separators and control, format and unassigned characters: nobody sees them.
INVISIBLE = frozenset("ZC")


def page_of(number: int) -> int:
    """The page of its thread on which a post stands."""
    return (number - FIRST_POST) // POSTS_PER_PAGE + 1


def numbers_on(page: int) -> tuple[int, int]:
    """The first and the last post number of a page, both included."""
    last = page * POSTS_PER_PAGE
    return last - POSTS_PER_PAGE + FIRST_POST, last


def shows_something(text: str) -> bool:
    """Whether a reader would see anything: spaces and zero-width characters are nothing."""
    return any(unicodedata.category(character)[0] not in INVISIBLE for character in text)


@dataclass(frozen=True)
class Text:
    """What is left of a text for comparing: its letters and digits, in one spelling."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, shown: str) -> "Text":
        """From what a reader sees. Case, accents, punctuation, spaces and invisible characters make no difference."""
        folded = unicodedata.normalize("NFKD", shown).casefold()
        # Emoji have no letters, and are compared as they are.
        return cls(tuple(NOT_LETTERS.sub("", folded).split() or folded.split()))

    @cached_property
    def letters(self) -> str:
        return "".join(self.words)

    @cached_property
    def counted(self) -> Counter[str]:
        return Counter(self.words)

    def is_like(self, other: "Text") -> bool:
        """Whether the two are nearly the same, also with their words in another order."""
        return self._shares_words(other) or self._shares_letters(other)

    def _shares_letters(self, other: "Text") -> bool:
        # Below the cutoff it stops early and says 0; texts of very different length are not compared at all.
        return fuzz.ratio(self.letters, other.letters, score_cutoff=ALIKE_PERCENT) >= ALIKE_PERCENT

    def _shares_words(self, other: "Text") -> bool:
        fewest, all_words = min(len(self.words), len(other.words)), len(self.words) + len(other.words)
        if fewest < SHUFFLED_WORDS_MIN or 2 * fewest * 100 < ALIKE_PERCENT * all_words:
            return False
        shared = (self.counted & other.counted).total()
        return 2 * shared * 100 >= ALIKE_PERCENT * all_words


def is_repost(shown: str, earlier: Iterable[str]) -> bool:
    """Whether a text is nearly the same as one of the earlier ones. All are what readers see, without markup."""
    text = Text.of(shown)
    return any(text.is_like(Text.of(other)) for other in earlier)
