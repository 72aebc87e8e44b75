"""What staff should see as soon as they come in: each app says its own, the first page of the admin shows them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class Notice:
    """One sentence, and the page that it leads to, if there is one for this member of staff."""

    text: str | Promise
    url: str = ""
    is_alarm: bool = False
    """Something is not as it should be, rather than waiting to be done."""


Teller = Callable[[HttpRequest], Iterable[Notice]]
tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Ask this function at every look at the first page. Also a decorator."""
    if teller not in tellers:
        tellers.append(teller)
    return teller


def of(request: HttpRequest) -> list[Notice]:
    """Everything there is to say to this member of staff, alarms first."""
    return sorted((notice for teller in tellers for notice in teller(request)), key=lambda notice: not notice.is_alarm)
