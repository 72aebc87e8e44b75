"""The component gallery: every component in every state, on sample figures. Served only while DEBUG is on."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from degentalk.accounts.models import User
from degentalk.forum.forms import ConfirmTipForm, TipForm
from degentalk.forum.models import Post
from degentalk.forum.presentation import Offer, Purse, terms_of_tips
from degentalk.pages import gallery_paths, gallery_shop
from wallet import errors
from wallet.forms import ConfirmForm, TransferForm
from wallet.places import Place
from wallet.presentation import Entry as WalletEntry
from wallet.services.sending import Cost
from xp.streaks import Day, Mark, Milestone, StreakShown

TIERS = (
    ("lurker", "Lurker", 3),
    ("shrimp", "Shrimp", 8),
    ("crab", "Crab", 17),
    ("octopus", "Octopus", 27),
    ("dolphin", "Dolphin", 34),
    ("shark", "Shark", 52),
    ("whale", "Whale", 71),
    ("leviathan", "Leviathan", 92),
)

MARKS = dict(zip(".vfbmo", (Mark.BEFORE, Mark.VISIT, Mark.FREEZE, Mark.BRIDGE, Mark.MISSED, Mark.OPEN), strict=True))


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery, or nothing at all in production."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "pages/gallery.html", _samples(timezone.now()))


@dataclass(frozen=True)
class Standing:
    xp: int
    level: int
    level_xp: int
    level_span: int
    rank_name: str = "Dolphin"
    tier: str = "dolphin"

    @property
    def is_max(self) -> bool:
        return self.level == 100

    @property
    def next_level(self) -> int | None:
        return None if self.is_max else self.level + 1

    @property
    def to_go(self) -> int:
        return self.level_span - self.level_xp

    @property
    def percent(self) -> int:
        return 100 if self.is_max else self.level_xp * 100 // self.level_span


@dataclass(frozen=True)
class XpEntry:
    label: str
    points: int
    created_at: datetime
    trace_lines: list[tuple[str, str]] = field(default_factory=list)
    reversed: bool = False
    cause_url: str = ""
    subject: str = ""
    formula: str = "10 × 1.1 × 1.5 = 16"


@dataclass(frozen=True)
class BoardRow:
    position: int
    user_id: int
    username: str
    level: int
    tier: str
    rank_name: str
    figure: int
    is_me: bool = False
    is_listed: bool = True
    behind: int | None = None
    position_is_exact: bool = True
    is_tied: bool = False


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="3 to 24 letters, digits or underscores.")
    about = forms.CharField(label="About me", widget=forms.Textarea, required=False)
    zone = forms.ChoiceField(label="Time zone", choices=[("UTC", "UTC"), ("Asia/Tokyo", "Asia/Tokyo")])
    scope = forms.MultipleChoiceField(
        label="Scopes", choices=[("read", "Read"), ("write", "Write")], widget=forms.CheckboxSelectMultiple
    )
    hidden = forms.BooleanField(label="Hide my balance", required=False, help_text="You still see it yourself.")
    closed = forms.CharField(label="Member since", disabled=True, required=False, initial="2024")


def _samples(now: datetime) -> dict[str, object]:
    filled = SampleForm({"name": "", "zone": "Mars"}, prefix="wrong")
    filled.add_error(None, "That name is taken.")
    board = _board()
    return {
        "tiers": TIERS,
        "standings": [
            Standing(xp=29_050, level=34, level_xp=0, level_span=1_700),
            Standing(xp=29_050, level=34, level_xp=1_054, level_span=1_700),
            Standing(xp=29_050, level=34, level_xp=1_699, level_span=1_700),
            Standing(xp=252_900, level=100, level_xp=5_400, level_span=1),
        ],
        "xp_entries": _xp_entries(now),
        "wallet_entries": _wallet_entries(now),
        "wallet": SimpleNamespace(dgt_balance=12_480, lifetime_earned=48_213_579, lifetime_spent=4_100, held_dgt=250),
        **_transfers(),
        "board": board,
        "my_row": board[4],
        "events": _events(now),
        "refusals": _refusals(now),
        "streaks": _streaks(now.date()),
        "multipliers": _multipliers(now),
        "sample_user": SimpleNamespace(id=7, username="vera_onchain"),
        "styled_user": SimpleNamespace(id=7, username="vera_onchain", look=gallery_shop.LOOK),
        "long_user": SimpleNamespace(id=8, username="W" * 24),
        "sample_posts": [
            _post(1, like_count=0),
            _post(2, like_count=3),
            _post(3, like_count=1_204, is_liked=True),
            _post(4, like_count=7, may_like=False),
        ],
        **_tips(now),
        **gallery_paths.samples(now),
        **gallery_shop.samples(now, User(pk=7, username="vera_onchain")),
        "removed_posts": [
            _post(5, state="hidden", reason="Off topic", shows_text=True),
            _post(6, state="spam"),
            _post(7, state="deleted"),
        ],
        "moments": [now, now - timedelta(minutes=6), now - timedelta(hours=3), now - timedelta(days=2)],
        "long_ago": now - timedelta(days=200),
        "blank_form": SampleForm(),
        "wrong_form": filled,
        "profile_steps": [
            SimpleNamespace(label="Write at least 30 characters about yourself.", done=True, url="#main"),
            SimpleNamespace(label="Confirm your e-mail address.", done=False, url="#main"),
        ],
        "first_page": SimpleNamespace(next="b", previous=None),
        "middle_page": SimpleNamespace(next="c", previous="a"),
    }


def _xp_entries(now: datetime) -> list[XpEntry]:
    why = [("Base", "10 XP"), ("Analyst path", "× 1.10"), ("Streak", "× 1.50"), ("Result", "16 XP")]
    return [
        XpEntry("Reply", 16, now - timedelta(minutes=12), why, cause_url="#main", subject="Funding rates lie again"),
        XpEntry("Daily login, day 17", 20, now - timedelta(days=1)),
        XpEntry("Reply removed", 10, now - timedelta(days=2), why, reversed=True),
        XpEntry("Reversal of a removed reply", -10, now - timedelta(days=2)),
    ]


def _wallet_entries(now: datetime) -> list[WalletEntry]:
    def entry(description: str, kind: str, amount: int, left: int, ago: timedelta, **facts: Any) -> WalletEntry:
        shown: dict[str, Any] = {"counterparty": "", "memo": "", "reversed": False} | facts
        return WalletEntry(
            journal=uuid4(), kind=kind, description=description, amount=amount, balance_after=left,
            created_at=now - ago, **shown,
        )  # fmt: skip

    gas = Place("Gas at 3 gwei", "#main")
    return [
        entry("Reward for level 34", "Level reward", 340, 12_480, timedelta(minutes=38)),
        entry("To rektangle", "Transfer", -1_000, 12_140, timedelta(hours=3), memo="thanks for the audit"),
        entry("From basis_ghoul", "Tip", 250, 13_140, timedelta(days=2), reversed=True, about=gas),
        entry("From nonce_sense", "Transfer", 60, -40, timedelta(days=9), account="debt"),
        entry("From the treasury", "Grant", 1_250_000, 1_250_000, timedelta(days=40)),
    ]


def _transfers() -> dict[str, object]:
    vera = User(pk=7, username="vera_onchain")
    return {
        "transfer_form": TransferForm(initial={"to": "rektangle"}, sender=vera),
        "wrong_transfer_form": TransferForm({"to": "", "amount": "1_000"}, sender=vera, auto_id="wrong-transfer-%s"),
        "confirm_form": ConfirmForm(initial={"receiver": 8, "amount": 1_000, "memo": "", "fee": 10}),
        "transfer_cost": Cost(amount=1_000, fee=10, balance_after=11_470),
        "can_send": SimpleNamespace(now=12_480),
        "cannot_send": SimpleNamespace(closed=errors.unverified()),
        "troubled_wallet": SimpleNamespace(is_frozen=True, debt_dgt=1_230),
        "locked_standing": SimpleNamespace(locked=5_000, locked_until=timezone.now() + timedelta(days=12)),
        "freeze": SimpleNamespace(by_id=1, reason="Two accounts share one wallet."),
    }


def _events(now: datetime) -> list[SimpleNamespace]:
    def event(name: str, state: str, starts: timedelta, **changes: object) -> SimpleNamespace:
        window = {"starts_at": now + starts, "ends_at": now + starts + timedelta(days=2)}
        facts = {"times": "×1.5", "participation_xp": 120, "participants": 1_284, "joined_at": None, "outcome": ""}
        return SimpleNamespace(name=name, state=state, url="#main", join_url="#main", **(window | facts | changes))

    joined = {"joined_at": now - timedelta(hours=3), "outcome": "Joining earned you 120 XP."}
    return [
        event("Halving week", "on", timedelta(days=-1)),
        event("Meme contest of the century with a long name", "on", timedelta(days=-1), times="", **joined),
        event("Bug bash", "coming", timedelta(days=3), participation_xp=0, participants=0),
        event("Testnet quest", "ended", timedelta(days=-20), participants=1),
        event("Airdrop rehearsal", "cancelled", timedelta(days=5), times="", participation_xp=0),
    ]


def _streaks(today: date) -> list[StreakShown]:
    def shown(marks: str, current: int, longest: int, **facts: Any) -> StreakShown:
        row = tuple(
            Day(today - timedelta(days=len(marks) - 1 - at), MARKS[mark], is_today=at == len(marks) - 1)
            for at, mark in enumerate(marks)
        )
        others = {"ended_at": 0, "freezes": 0, "milestone": None, "visited_today": row[-1].mark != Mark.OPEN}
        return StreakShown(current=current, longest=longest, days=row, **(others | facts))

    return [
        shown("vvvvvvvfvvbvvv", 1_204, 1_204, freezes=2),
        shown("vmvvvvvvvvvvvo", 11, 31, freezes=1, milestone=Milestone(14, 80, 3)),
        shown(".....vvvmmmmmo", 0, 3, ended_at=3, milestone=Milestone(3, 15, 3)),
        shown(".............o", 0, 0, milestone=Milestone(3, 15, 3)),
    ]


def _refusals(now: datetime) -> list[SimpleNamespace]:
    def refusal(label: str, why: str, again: timedelta | None, subject: str = "") -> SimpleNamespace:
        again_at = None if again is None else now + again
        return SimpleNamespace(
            label=label, why=why, created_at=now - timedelta(minutes=4), subject=subject, cause_url="#main",
            again_at=again_at, pays_again=again_at is not None and again_at <= now,
        )  # fmt: skip

    return [
        refusal("Reply written", "It came too soon after the last time.", timedelta(minutes=-3), "Gas at 3 gwei"),
        refusal("Like received", "You had all the XP it pays in one day. Days are those of UTC.", timedelta(hours=5)),
        refusal("Reply written", "You had written the same, or nearly the same, within 24 hours.", None),
    ]


def _multipliers(now: datetime) -> list[SimpleNamespace]:
    def multiplier(name: str, times: str, *, is_on: bool = True, counts: bool = True) -> SimpleNamespace:
        window = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=3)}
        return SimpleNamespace(name=name, url="#main", times=times, is_on=is_on, counts=counts, **window)

    return [
        multiplier("", "×2"),
        multiplier("", "×1.5", counts=False),
        multiplier("Halving week", "×1.5"),
        multiplier("", "×3", is_on=False, counts=False),
    ]


def _post(
    pk: int,
    *,
    like_count: int = 0,
    is_liked: bool = False,
    may_like: bool = True,
    state: str = "visible",
    reason: str = "",
    shows_text: bool = False,
) -> SimpleNamespace:
    act = SimpleNamespace(reason=reason) if reason else None
    seen = SimpleNamespace(may_like=may_like, act=act, shows_text=shows_text, is_own=shows_text)
    thread = SimpleNamespace(is_removed=True)  # without an address to sign in for
    return SimpleNamespace(
        pk=pk, like_count=like_count, is_liked=is_liked, state=state, seen=seen, thread=thread, get_absolute_url="#main"
    )


def _tips(now: datetime) -> dict[str, object]:
    """Posts that were tipped, and the forms of tipping one."""
    giver = SimpleNamespace(id=7, username="vera_onchain")
    wrong = TipForm.of(Post(pk=12), QueryDict("amount=100"))
    wrong.add_error("amount", "You have 40 DGT; this needs 100: 60 DGT short.")
    row = SimpleNamespace(pk=1, giver=giver, amount=50, created_at=now, is_reversed=False, reversed_at=now)
    return {
        "tipped_posts": [
            _tipped(8),
            _tipped(9, tip_dgt=5, tip_count=1),
            _tipped(10, tip_dgt=48_213_579, tip_count=941),
        ],
        "tip_post": _tipped(11),
        "tip_form": TipForm.of(Post(pk=11)),
        "refused_tip_post": _tipped(12),
        "refused_tip_form": wrong,
        "purse": Purse(340, 340, [Offer(5, 0), Offer(10, 0), Offer(50, 0), Offer(100, 0)], terms_of_tips()),
        "light_purse": Purse(40, 40, [Offer(5, 0), Offer(10, 0), Offer(50, 10), Offer(100, 60)], terms_of_tips()),
        "confirmed_tip_post": _tipped(13),
        "tip_confirm_form": ConfirmTipForm.of(Post(pk=13), amount=50),
        "tip_cost": Cost(amount=50, fee=0, balance_after=290),
        "tip_rows": [row, SimpleNamespace(**{**vars(row), "is_reversed": True})],
    }


def _tipped(pk: int, *, tip_dgt: int = 0, tip_count: int = 0) -> SimpleNamespace:
    post = _post(pk)
    post.tip_dgt, post.tip_count, post.seen.may_tip = tip_dgt, tip_count, True
    post.author = SimpleNamespace(username="vera_onchain")
    return post


def _board() -> list[BoardRow]:
    names = ("basis_ghoul", "rektangle", "mempool_mum", "gwei_gatsby", "nonce_upon_a_time_in_wei", "wick_hunter")
    rows = []
    for place, (name, (tier, rank_name, level)) in enumerate(zip(names, reversed(TIERS), strict=False), start=1):
        xp = 25 * (level - 1) * level + 60
        row = BoardRow(place, place * 31, name, level, tier, rank_name, xp, is_me=place == 5, behind=841)
        rows.append(replace(row, position=5, is_tied=True) if place > 4 else row)
    return rows
