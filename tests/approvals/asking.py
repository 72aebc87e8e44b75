"""Staff who may adjust XP, and a kind that needs it: its verb tells the member something, or refuses."""

from django.contrib.auth.models import Group

from degentalk.accounts import services as accounts
from degentalk.approvals import services as approvals
from degentalk.core.errors import Refused
from tests import make

KIND = "greeting"


def greet(approval, decider):
    """Tell the member; refuse what is asked as impossible after having told."""
    text = f"{approval.request['words']} from {approval.asked_by.username} and {decider.username}"
    accounts.notify(user=approval.about, kind="greeting", text=text, key=f"{approval.key}:{decider.pk}")
    if approval.request.get("impossible"):
        raise Refused("The member does not want it.")
    return f"Greeted {approval.about.username}."


def economist(username, **fields):
    member = make.user(username, is_staff=True, **fields)
    member.groups.add(Group.objects.get(name="economist"))
    return member


def ask(actor, about, *, words="Hello", reason="They are new", key="greeting:1", **request):
    return approvals.ask(
        kind=KIND,
        actor=actor,
        about=about,
        request={"words": words, **request},
        summary=f"Say {words} to {about.username if about else 'everybody'}.",
        reason=reason,
        key=key,
    )
