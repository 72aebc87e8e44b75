"""What staff did lately in the control room: a switch, two people about a prize, a wallet that stands still."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from degentalk.core import clock, switches
from degentalk.demo.people import Person
from degentalk.demo.world import ADMIN, ECONOMIST, MODERATOR
from wallet import services as wallet
from wallet.services.second_person import adjust_or_ask

PRIZES_DGT = (25_000, 15_000)
"""The first was agreed to; the second waits for somebody to sign in and decide."""
HELD_DGT = 20


def play(people: Sequence[Person], users: Mapping[str, User], now: datetime) -> None:
    """Hours and minutes ago, so that the newest entries of everybody stay the newest."""
    otto, ada, juno = users[ECONOMIST], users[ADMIN], users[MODERATOR]
    winner, second, suspect = _chosen(people, users)
    with clock.at(now - timedelta(hours=5)):
        switches.set_switch(name="tips", is_on=False, actor=juno, reason="Tips on removed posts look odd.")
    with clock.at(now - timedelta(hours=4, minutes=20)):
        switches.set_switch(name="tips", is_on=True, actor=ada, reason="It was one member, and it is mended.")
    with clock.at(now - timedelta(hours=4)):
        wallet.freeze(user=suspect, reason="Five accounts tip each other in a ring.", actor=otto)
    with clock.at(now - timedelta(hours=2)):
        _ask(winner, PRIZES_DGT[0], "First prize of the data contest.", otto)
    with clock.at(now - timedelta(hours=1)):
        for row in Approval.objects.pending():
            approvals.approve(approval=row, actor=ada)
    with clock.at(now - timedelta(minutes=40)):
        _ask(second, PRIZES_DGT[1], "Second prize of the data contest.", otto)
        wallet.hold(user=winner, amount=HELD_DGT, key="demo_hold:1", description="Under review", actor=otto)


def _chosen(people: Sequence[Person], users: Mapping[str, User]) -> tuple[User, User, User]:
    """Two who are here and known to nobody who signs in, and one who had to go."""
    here = [person for person in people if not person.is_demo_account and not person.banned and person.is_verified]
    first, second = sorted(here, key=lambda person: (-person.target_xp, person.username))[:2]
    gone = next((person for person in people if person.banned), here[-1])
    return users[first.username], users[second.username], users[gone.username]


def _ask(user: User, amount: int, reason: str, staff: User) -> None:
    key = f"adjustment:demo-{amount}"
    adjust_or_ask(user=user, amount=amount, reason=reason, actor=staff, key=key)
