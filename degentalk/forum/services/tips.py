"""Tips: DGT for the author of a post, and XP for both."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.rules import clean_line
from degentalk.core.errors import Refused
from degentalk.core.idempotency import locks_in_time
from degentalk.forum import rules
from degentalk.forum.errors import OwnTip, PostRemoved, Suspended
from degentalk.forum.models import Post, Tip
from degentalk.forum.services.locks import locked_post
from wallet import services as wallet
from wallet.services.sending import Cost, cost_of, mail_if_large
from xp import services as xp


@dataclass(frozen=True)
class Tipped:
    """A tip, given now or the first time its key was used, and what the post has been tipped by now."""

    tip: Tip
    journal: wallet.Journal
    gains: xp.TipGains
    tip_dgt: int
    tip_count: int


@dataclass(frozen=True)
class Rehearsed:
    """What a tip would take from its giver, and the XP it would earn them."""

    cost: Cost
    points: int


@transaction.atomic
def tip(*, post: Post, giver: User, amount: int, key: str, message: str = "") -> Tipped:
    """Give the author of a post DGT, once per key: the DGT, what the post counts, and the XP of both commit together.

    `key` is ours and never a client's: it is hashed and published. `message` is read by the author alone, and by the
    giver. Raises OwnTip, PostRemoved, Suspended, Refused for a message that is too long, and what `wallet.tip` raises.
    """
    message = _checked(message)
    locked = locked_post(post.pk)
    is_new = not Tip.objects.filter(journal__key=key).exists()
    if is_new:
        refuse_tip(post=locked, giver=giver)
    author = locked.author
    xp.lock_members([giver, author])
    if is_new:
        _refuse_members(giver, author)
    cause = ("post", locked.pk)
    journal = wallet.tip(sender=giver, receiver=author, amount=amount, key=key, description=message, cause=cause)
    row = _counted(locked, giver, amount, journal) if is_new else Tip.objects.get(journal_id=journal.id)
    gains = xp.award_tip(giver=giver, receiver=author, amount=amount, key=key, cause=cause)
    if is_new:
        _tell_author(row, locked, message, gains.received)
        mail_if_large(journal=journal, sender=giver, receiver=author, amount=amount, memo=message)
    return Tipped(row, journal, gains, tip_dgt=locked.tip_dgt, tip_count=locked.tip_count)


def rehearse_tip(*, post: Post, giver: User, amount: int) -> Rehearsed:
    """What a tip would cost and earn; raises what `tip` would, and KeyInFlight where somebody's wallet is busy.

    The tip is given and everything taken back: so the doors alone know the rules, and nobody confirms what they refuse.
    """
    with locks_in_time(), transaction.atomic():
        tipped = tip(post=post, giver=giver, amount=amount, key=new_tip_key())
        cost = cost_of(tipped.journal, sender=giver, amount=amount)
        transaction.set_rollback(True)
    return Rehearsed(cost=cost, points=tipped.gains.given.points)


def new_tip_key() -> str:
    """A key of our own for one tip; that a member's form is answered once is for `core.idempotency`."""
    return f"tip:{uuid4()}"


def _checked(message: str) -> str:
    line = clean_line(message)
    if len(line) > rules.MESSAGE_MAX_LENGTH:
        raise Refused(_("A message has at most %(most)d characters.") % {"most": rules.MESSAGE_MAX_LENGTH})
    return line


def refuse_tip(*, post: Post, giver: User) -> None:
    """Raises what `tip` would raise for any amount, as far as the post goes: OwnTip and PostRemoved."""
    if post.author_id == giver.pk:
        raise OwnTip(_("You cannot tip your own post."))
    if not post.is_visible or post.thread.is_removed:
        raise PostRemoved


def _refuse_members(giver: User, author: User) -> None:
    """As they are now that both are locked. Whether the author may receive is for the wallet's door."""
    people = User.objects.in_bulk([giver.pk, author.pk])
    if not people[giver.pk].is_active:
        raise Suspended
    if people[giver.pk].person_id == people[author.pk].person_id:
        raise OwnTip(_("That post is by another account of yours: nobody tips themselves."))


def _counted(post: Post, giver: User, amount: int, journal: wallet.Journal) -> Tip:
    """The row of a new tip, counted by its post, which is locked."""
    post.tip_dgt += amount
    post.tip_count += 1
    post.save(update_fields=["tip_dgt", "tip_count"])
    row: Tip = Tip.objects.create(post=post, giver=giver, receiver=post.author, amount=amount, journal_id=journal.id)
    return row


def _tell_author(row: Tip, post: Post, message: str, received: xp.Gain) -> None:
    facts = {"name": row.giver.username, "dgt": f"{row.amount:,}", "title": post.thread.title, "message": message}
    text = _("%(name)s tipped you %(dgt)s DGT for your post in “%(title)s”.") % facts
    if message:
        text += " " + _("They say: %(message)s") % facts
    if received.points:
        text += " " + _("(+%(points)s XP)") % {"points": f"{received.points:,}"}
    accounts.notify(user=post.author, kind="tip", text=text, url=post.get_absolute_url(), key=f"tip:{row.pk}")
