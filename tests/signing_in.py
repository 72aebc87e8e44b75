"""Members who are signed in and have been here today, so that a request earns them no daily visit."""

from typing import Any

from degentalk.accounts.models import User
from xp.middleware import VISITED

FAR_AWAY = "9999-12-30"


def sign_in(client: Any, member: User) -> User:
    """Django's test client, signed in as that member, whose visit of today is counted already."""
    client.force_login(member)
    session = client.session
    session[VISITED] = FAR_AWAY
    session.save()
    return member
