"""What one viewer sees of posts and may do with them, and what they can tip."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.errors import MemberError
from degentalk.forum.forms import ModerationForm
from degentalk.forum.models import ModerationAct, Post
from degentalk.forum.permissions import is_moderator, may_moderate, may_undo_tips
from degentalk.rulebook import services as rulebook
from wallet import services as wallet
from wallet.models import WalletPolicy
from xp.rules import Action


@dataclass(frozen=True)
class Seen:
    """One post in the eyes of one viewer."""

    is_own: bool
    shows_text: bool
    may_like: bool
    may_tip: bool
    may_change: bool
    may_moderate: bool
    may_undo_tips: bool
    """Together with the post."""
    act: ModerationAct | None
    """What was done to it last and why: for its author and moderators, while it is removed."""
    form: ModerationForm | None


def seen_by(viewer: User | AnonymousUser, posts: Iterable[Post]) -> list[Post]:
    """The same posts with `seen` set; their thread must be known. One query more if some were removed by moderators,
    two for staff, however many posts."""
    shown = list(posts)
    moderates = is_moderator(viewer)
    told = [post for post in shown if post.is_moderated and (moderates or post.author_id == viewer.pk)]
    acts = ModerationAct.objects.latest_on(told) if told else {}
    for post in shown:
        post.seen = _seen(viewer, post, moderates=moderates, act=acts.get(post.pk))
    return shown


def _seen(viewer: User | AnonymousUser, post: Post, *, moderates: bool, act: ModerationAct | None) -> Seen:
    is_own = post.author_id == viewer.pk
    is_open = post.is_visible and not post.thread.is_removed
    moderated = moderates and post.state != Post.State.DELETED and may_moderate(viewer, post.author)
    return Seen(
        is_own=is_own,
        shows_text=post.is_visible or moderates or (is_own and post.is_moderated),
        may_like=is_open and not is_own and viewer.is_authenticated,
        may_tip=is_open and not is_own and viewer.is_authenticated and post.author.is_active,
        may_change=is_open and is_own and not post.thread.is_locked,
        may_moderate=moderated,
        may_undo_tips=moderated and post.tip_count > 0 and may_undo_tips(viewer),
        act=act,
        form=ModerationForm.of(post) if moderated else None,
    )


# ── Tips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Offer:
    """An amount that is offered, and how much of it a member lacks."""

    amount: int
    short: int


@dataclass(frozen=True)
class Purse:
    """What a member can tip now, in whole DGT, and what it earns by the rules."""

    balance: int
    now: int
    offers: list[Offer]
    terms: str
    closed: MemberError | None = None
    """Why they can tip nothing at all now."""


def purse_of(giver: User) -> Purse:
    """Four queries. The door decides again when a tip is given."""
    policy, standing = WalletPolicy.objects.current(), wallet.transferable_of(giver, switch="tips")
    now = min(standing.transferable, standing.daily_left, policy.tip_max_dgt)
    offers = [Offer(amount, max(0, amount - standing.transferable)) for amount in policy.offered_tips]
    return Purse(standing.balance, now, offers, terms_of_tips(), standing.closed)


def terms_of_tips() -> str:
    """What tipping earns, as the rules in force say; empty where it earns nothing."""
    action = Action.of(rulebook.recent().rules, "tip_given")
    if action is None or not action.is_enabled or not action.amount_step:
        return ""
    words = _("Tipping earns %(points)s XP for every %(step)s DGT")
    if action.pair_daily_cap_xp is not None:
        words = _("Tipping earns %(points)s XP for every %(step)s DGT, and up to %(cap)s XP a day with one member")
    facts = {"points": action.base, "step": action.amount_step, "cap": action.pair_daily_cap_xp}
    return words % facts + "."
