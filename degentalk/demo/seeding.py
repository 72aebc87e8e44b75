"""Fills an empty database with the demo: all of it in one transaction, or nothing."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import F

from degentalk.accounts.models import Notification, User
from degentalk.core import clock
from degentalk.demo import control_room, shelf
from degentalk.demo.accounts import ACCOUNTS, PASSWORD
from degentalk.demo.conversations import conversations
from degentalk.demo.history import history
from degentalk.demo.people import Person, everybody
from degentalk.demo.world import World
from degentalk.forum.models import Post, Thread
from degentalk.rulebook import services as rulebook
from wallet import services as wallet
from wallet.models import UserWallet
from wallet.services import seals
from xp import services as xp
from xp.models import XpLog
from xp.rules import Curve

READ_AFTER = timedelta(hours=5)
UNREAD = timedelta(days=2)
SEED_LOCK = 7_220_311  # any constant: two seeds at once would both find the database empty


@dataclass(frozen=True)
class Summary:
    """What there is now."""

    members: int
    threads: int
    posts: int
    awards: int
    supply_dgt: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"Demo data: {self.members:,} members, {self.threads:,} threads, {self.posts:,} posts,"
            f" {self.awards:,} awards of XP, {self.supply_dgt:,} DGT, in {self.seconds:.1f} seconds."
        )


def is_empty() -> bool:
    """Whether nobody has joined yet."""
    return not User.objects.exists()


def is_allowed() -> bool:
    """Whether this database is marked as one for development or tests."""
    with connection.cursor() as cursor:
        cursor.execute("select kind from database_mark")
        return cursor.fetchone()[0] in {"development", "test"}


@transaction.atomic
def fill(*, members: int, history_days: int, seed: int) -> Summary | None:
    """Members, threads, XP and DGT of that many days up to now. None: somebody was here already."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SEED_LOCK])
    if not is_empty():
        return None
    now, rule_set = clock.database_time(), rulebook.current()
    people = everybody(members=members, history_days=history_days, seed=seed, curve=Curve.of(rule_set.rules))
    threads = conversations(people, history_days=history_days, seed=seed)
    users = _join(people, now)
    shelf.fill(now)
    past = history(people, threads, history_days=history_days, rules=rule_set.rules, now=now, seed=seed)
    World(users, threads, rule_set, now).play(past)
    control_room.play(people, users, now)
    _settle(now)
    return _summary(time.monotonic() - began)


def _join(people: Sequence[Person], now: datetime) -> Mapping[str, User]:
    """Sign everybody up; they confirm their addresses later. Only the demo accounts have a password."""
    hashed = make_password(PASSWORD)  # once: hashing is slow on purpose
    roles = {account.username: account.role for account in ACCOUNTS}
    rows = [_user(person, roles.get(person.username), hashed, now) for person in people]
    users = {user.username: user for user in User.objects.bulk_create(rows)}
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=False, primary=True) for user in users.values()
    )
    for group in Group.objects.filter(name__in=roles.values()):
        group.user_set.add(*(users[name] for name, role in roles.items() if role == group.name))
    return users


def _user(person: Person, role: str | None, hashed: str, now: datetime) -> User:
    return User(
        username=person.username,
        email=f"{person.username.lower()}@example.com",
        password=hashed if role else make_password(None),
        about=person.about,
        time_zone=person.time_zone,
        hides_balance=person.hides_balance,
        hides_from_boards=person.hides_from_boards,
        date_joined=now - timedelta(days=person.joined_days_ago),
        is_staff=role not in {None, "member"},
        is_superuser=role == "admin",
    )


def prove() -> None:
    """Seal the whole ledger, which takes a committed one."""
    seals.seal()


def _settle(now: datetime) -> None:
    """Old news have been read, and what runs every night or minute has run."""
    Notification.objects.filter(created_at__lt=now - UNREAD).update(read_at=F("created_at") + READ_AFTER)
    xp.forget_periods()
    xp.build_board_buckets()
    wallet.refresh_board()


def _summary(seconds: float) -> Summary:
    return Summary(
        members=User.objects.count(),
        threads=Thread.objects.count(),
        posts=Post.objects.count(),
        awards=XpLog.objects.count(),
        supply_dgt=UserWallet.objects.supply(),
        seconds=seconds,
    )
