"""What XP does when accounts announces something, in the same transaction."""

from django.dispatch import receiver
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts import signals
from degentalk.accounts.models import User
from xp import services as xp
from xp.figures import whole


@receiver(signals.profile_completed)
def pay_for_profile(user: User, **_signal: object) -> None:
    """Once: an emptied and refilled profile is complete again and finds its key used."""
    gain = xp.award(user=user, action="profile_completed", key=f"profile:{user.pk}", cause=("user", user.pk))
    if gain.points and not gain.replayed:
        text = _("Your profile is complete: +%(points)s XP.") % {"points": whole(gain.points)}
        accounts.notify(user=user, kind="xp", text=text, url=user.get_absolute_url(), key=f"profile:{user.pk}")


@receiver(signals.time_zone_changed)
def follow_time_zone(user: User, before: str, after: str, **_signal: object) -> None:
    """The streak goes along."""
    xp.follow_time_zone(user=user, before=before, after=after)


@receiver(signals.one_person_declared)
def take_back_between(user: User, other: User, **_signal: object) -> None:
    """Nobody earns by liking and tipping themselves (A1), also not by what was found out later."""
    _lock_persons(user, other)
    xp.reverse(because=_one_person(user, other), between=(user, other))


@receiver(signals.one_person_withdrawn)
def give_back_between(user: User, other: User, **_signal: object) -> None:
    """Two people after all."""
    _lock_persons(user, other)
    xp.restore(because=_one_person(user, other))


def _one_person(user: User, other: User) -> str:
    first, second = sorted((user.pk, other.pk))
    return f"one_person:{first}:{second}"


def _lock_persons(user: User, other: User) -> None:
    """Every account of both, at once: one decision announces several pairs, and locks are taken in ascending order."""
    accounts_of_both = {*accounts.accounts_of_person(user), *accounts.accounts_of_person(other)}
    xp.lock_members(User.objects.filter(pk__in=accounts_of_both))
