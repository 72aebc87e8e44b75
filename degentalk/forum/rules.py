"""What the forum decides without a database: pages of posts, and what counts as having written something."""

import unicodedata

POSTS_PER_PAGE = 20

TITLE_MIN_LENGTH = 4
TITLE_MAX_LENGTH = 120
BODY_MAX_LENGTH = 10_000

FIRST_POST = 1
"""A thread's opening post has this number; replies count on from it without gaps."""

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
