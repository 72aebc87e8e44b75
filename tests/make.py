"""Typed, plain factories: what a test needs, with a persona's name. They use the same doors as the product."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from degentalk.accounts.models import ApiToken, User
from degentalk.forum import services as forum
from degentalk.forum.models import Thread
from xp import services as xp
from xp.middleware import VISITED
from xp.models import UserStreak


def user(username: str = "alice", *, password: str | None = None, **fields: Any) -> User:
    """A member who joined long ago. Without a password only `client.force_login` signs them in, and none is hashed."""
    fields.setdefault("email", f"{username.lower()}@example.com")
    fields.setdefault("date_joined", timezone.now() - timedelta(days=400))
    return User.objects.create_user(username, password=password, **fields)


def verified(user: User) -> User:
    """The same member, who has confirmed the e-mail address."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def moderator(username: str = "moderator") -> User:
    """Staff of the group that `migrate` set up."""
    member = user(username, is_staff=True)
    member.groups.add(Group.objects.get(name="moderator"))
    return member


def signed_in(client: Client, user: User) -> User:
    """The same member, in this browser since earlier today: the XP, toast and queries of the day's visit are past."""
    client.force_login(user)
    xp.visit(user=user)
    session = client.session
    session[VISITED] = UserStreak.objects.of(user).last_day.isoformat()
    session.save()
    return user


def api_token(user: User, *scopes: str, name: str = "script", lifetime: timedelta | None = timedelta(days=30)) -> str:
    """The text of a new API token with these scopes. A negative lifetime makes one that has expired."""
    expires_at = None if lifetime is None else timezone.now() + lifetime
    _row, text = ApiToken.make(user=user, name=name, scopes=list(scopes), expires_at=expires_at, pk=uuid4())
    return text


_serials = itertools.count(1)


def serial() -> int:
    """A number no other call in this process gets: for names that must differ between examples of one test."""
    return next(_serials)


def thread(author: User, *, title: str = "A thread", body: str = "Hello", replies: int = 0) -> Thread:
    """A thread by this member, who also wrote its replies: “Reply 2”, “Reply 3” and so on."""
    made = forum.start_thread(author=author, title=title, body=body).thread
    for number in range(2, replies + 2):
        forum.reply(author=author, thread=made, body=f"Reply {number}")
    made.refresh_from_db()
    return made
