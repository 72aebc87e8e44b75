"""Every component of templates/components: its states, and that hostile text stays text."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django_cotton.compiler_regex import CottonCompiler

HOSTILE = "\"><script>alert(1)</script>'{{ 7 }}&amp;"
INLINE = {"b", "small", "span", "a", "text", "use", "svg"}
NOW = datetime(2026, 11, 22, 12, 19, tzinfo=UTC)


def draw(source: str, **context: Any) -> str:
    """Render a piece of template that uses components."""
    request = RequestFactory().get("/page?kind=tip")
    page = Context({"request": request, "csrf_token": "token", **context})
    page.request = request  # type: ignore[attr-defined]  # what a RequestContext has, without the processors that read the database
    return Template(CottonCompiler().process(source)).render(page)


class Seen(HTMLParser):
    """What a browser would make of the markup: tags, attributes and text, with references resolved."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += "" if tag in INLINE else " "

    def handle_data(self, data: str) -> None:
        self.text += data

    def only(self, tag: str) -> dict[str, str | None]:
        """The attributes of the one element of that name."""
        (found,) = [attrs for name, attrs in self.tags if name == tag]
        return found

    def values(self) -> Iterator[str]:
        yield self.text
        for _tag, attrs in self.tags:
            yield from (value for value in attrs.values() if value)

    @property
    def words(self) -> str:
        """The text with single spaces, as it reads."""
        return " ".join(self.text.split())


class HostileForm(forms.Form):
    name = forms.CharField(label=HOSTILE, help_text=HOSTILE)


def hostile_form() -> HostileForm:
    form = HostileForm({"name": HOSTILE})
    form.add_error("name", HOSTILE)
    form.add_error(None, HOSTILE)
    return form


def standing(**changes: Any) -> SimpleNamespace:
    facts = {
        "xp": 29_104, "level": 34, "rank_name": "Dolphin", "tier": "dolphin", "color": "#3fb0c4", "level_xp": 1_054,
        "level_span": 1_700, "to_go": 646, "next_level": 35, "percent": 62, "is_max": False,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def xp_entry(**changes: Any) -> SimpleNamespace:
    facts = {
        "label": "Reply", "points": 16, "created_at": NOW, "trace_lines": [("Base", "10 XP"), ("Result", "16 XP")],
        "reversed": False, "cause_url": "", "subject": "", "formula": "10 × 1.60",
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def hostile_thread() -> SimpleNamespace:
    return SimpleNamespace(
        pk=1, author_id=7, author=SimpleNamespace(username=HOSTILE), title=HOSTILE, is_locked=True, reply_count=2,
        last_post_at=NOW, get_absolute_url=HOSTILE, newest_url=HOSTILE,
    )  # fmt: skip


def hostile_post() -> SimpleNamespace:
    author = SimpleNamespace(id=7, username="ok")
    seen = SimpleNamespace(
        is_own=True, shows_text=True, may_like=True, may_tip=True, may_change=True, may_moderate=True,
        may_undo_tips=True, act=SimpleNamespace(reason=HOSTILE), form=ModerationForm(),
    )  # fmt: skip
    return SimpleNamespace(
        pk=5, author=author, author_level=3, number=2, anchor=HOSTILE, get_absolute_url=HOSTILE, created_at=NOW,
        html="", thread=hostile_thread(), state="hidden", is_visible=False, edited_at=NOW, is_liked=True,
        like_count=HOSTILE, tip_dgt=HOSTILE, tip_count=2, seen=seen,
    )  # fmt: skip


def hostile_act() -> SimpleNamespace:
    return SimpleNamespace(
        act="hide", get_act_display=HOSTILE, reason=HOSTILE, post=hostile_post(), member=SimpleNamespace(username="ok"),
        moderator=SimpleNamespace(username=HOSTILE), created_at=NOW, xp_change=-10, dgt_undone=HOSTILE,
    )  # fmt: skip


def hostile_profile() -> SimpleNamespace:
    return SimpleNamespace(
        standing=standing(tier=HOSTILE, rank_name=HOSTILE, next_level=HOSTILE, level=HOSTILE), posts=3,
        rung=SimpleNamespace(number=5, count=8, following=SimpleNamespace(rank_name=HOSTILE, level=45)),
        place=SimpleNamespace(position=HOSTILE, is_listed=True, behind=HOSTILE), week_points=HOSTILE,
        next_reward_dgt=10, last_xp_at=NOW, wallet=SimpleNamespace(dgt_balance=1, lifetime_earned=HOSTILE),
        is_own=True, shows_place=True,
    )  # fmt: skip


class ReplyForm(HostileForm):
    key = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    seen = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    body = forms.CharField(label=HOSTILE)


class ModerationForm(HostileForm):
    key = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    reason = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    undoes_tips = forms.BooleanField(label=HOSTILE, help_text=HOSTILE)


class TipForm(HostileForm):
    key = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    amount = forms.CharField(label=HOSTILE, initial=HOSTILE)
    message = forms.CharField(label=HOSTILE, initial=HOSTILE)


class EditForm(ReplyForm):
    revision = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)


def wallet_entry(**changes: Any) -> SimpleNamespace:
    facts = {
        "description": "Reward for level 34", "kind": "Level reward", "memo": "", "amount": 340,
        "left": 12_480, "account_name": "Balance", "created_at": NOW, "reversed": False, "journal": UUID(int=7),
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


class HostileTransferForm(HostileForm):
    to = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    amount = forms.CharField(label=HOSTILE)
    memo = forms.CharField(label=HOSTILE, initial=HOSTILE)


class HostileConfirmForm(HostileForm):
    key = receiver = amount = memo = fee = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)


def special_event(**changes: Any) -> SimpleNamespace:
    facts = {
        "name": "Halving party", "url": "/events/halving", "join_url": "/events/halving/join", "state": "on",
        "times": "×1.5", "participation_xp": 120, "participants": 34, "starts_at": NOW,
        "ends_at": NOW + timedelta(days=2), "joined_at": NOW, "outcome": "",
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def streak(**changes: Any) -> SimpleNamespace:
    marks = ["before", "visit", "freeze", "bridge", "missed", "visit"]
    days = [
        SimpleNamespace(day=(NOW + timedelta(days=ahead)).date(), mark=mark, is_today=ahead == 5)
        for ahead, mark in enumerate(marks)
    ]
    facts = {
        "current": 12, "longest": 31, "ended_at": 0, "visited_today": True, "is_new": False, "days": days, "freezes": 2,
        "milestone": SimpleNamespace(days=14, points=80, to_go=2),
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def refusal(**changes: Any) -> SimpleNamespace:
    facts = {
        "label": "Reply written", "why": "It came too soon after the last time.", "created_at": NOW, "subject": "",
        "cause_url": "", "again_at": NOW + timedelta(seconds=15), "pays_again": False,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def multiplier(**changes: Any) -> SimpleNamespace:
    facts = {
        "name": "", "url": "", "times": "×2", "starts_at": NOW, "ends_at": NOW + timedelta(days=2), "is_on": True,
        "counts": True,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def board_row(position: int, **changes: Any) -> SimpleNamespace:
    facts = {
        "position": position, "user_id": position * 31, "username": f"member_{position}", "level": 34,
        "tier": "dolphin", "rank_name": "Dolphin", "figure": 1_000_000 - position, "is_me": False,
        "is_listed": True, "behind": None, "position_is_exact": True, "is_tied": False,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def path(**changes: Any) -> SimpleNamespace:
    progress = SimpleNamespace(
        xp=1_240, level=2, title=HOSTILE, level_xp=740, level_span=1_500, to_go=760, next_level=3, next_title=HOSTILE,
        is_max=False, percent=49,
    )  # fmt: skip
    multiplies = [SimpleNamespace(label=HOSTILE, times=HOSTILE, is_more=True)]
    facts = {
        "id": "sage", "name": HOSTILE, "tagline": HOSTILE, "icon": HOSTILE, "color": HOSTILE, "url": HOSTILE,
        "is_active": True, "multiplies": multiplies, "state": "primary", "progress": progress, "again_at": NOW,
        "forecast": SimpleNamespace(points=HOSTILE, difference=5),
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def path_had() -> SimpleNamespace:
    return SimpleNamespace(path=path(), url=HOSTILE, progress=path().progress, multiplies=path().multiplies)


HOSTILE_LOOK = {
    "name_style": HOSTILE, "title": HOSTILE, "avatar_frame": HOSTILE, "profile_theme": HOSTILE,
    "badge": {"icon": HOSTILE, "label": HOSTILE},
}  # fmt: skip


def unlock_card(state: str = "available", **changes: Any) -> SimpleNamespace:
    unlock = SimpleNamespace(
        pk=7, name=HOSTILE, rarity=HOSTILE, get_rarity_display=HOSTILE, get_absolute_url=HOSTILE, stock=HOSTILE,
        sale_ends_at=NOW, available_from=NOW, limit_per_member=2, is_listed=True,
    )  # fmt: skip
    facts = {
        "unlock": unlock, "kind": SimpleNamespace(icon=HOSTILE, label=HOSTILE), "state": state, "price": HOSTILE,
        "was": HOSTILE, "percent_off": HOSTILE, "gap": HOSTILE, "says": HOSTILE, "look": {}, "left": None, "count": 2,
        "gate": SimpleNamespace(level=1, needed=HOSTILE, path=HOSTILE, to_go=2), "is_consumable": True,
        "item": unlock_item(unlock), "is_for_sale": True, "can_be_given": True,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def unlock_item(unlock: SimpleNamespace, **changes: Any) -> SimpleNamespace:
    facts = {
        "pk": 5, "name": HOSTILE, "unlock": unlock, "unlock_id": 7, "kind": "gift", "note": HOSTILE, "state": "owned",
        "payer": SimpleNamespace(username=HOSTILE), "equipped_slot": HOSTILE, "used_at": NOW, "used_for": HOSTILE,
        "refunded_at": NOW, "refund_reason": HOSTILE,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def unlock_piece(**changes: Any) -> SimpleNamespace:
    card = unlock_card()
    facts = {
        "item": card.item, "kind": card.kind, "count": HOSTILE, "look": {}, "says": HOSTILE, "is_worn": True,
        "is_usable": True,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def shop_counter() -> SimpleNamespace:
    troubled = SimpleNamespace(is_frozen=True, debt_dgt=HOSTILE)
    return SimpleNamespace(
        is_open=False, closed=HOSTILE, freeze=SimpleNamespace(by_id=1, reason=HOSTILE), next_level=HOSTILE,
        next_pays=HOSTILE, next_in=HOSTILE, shopper=SimpleNamespace(wallet=troubled),
    )  # fmt: skip


def purchase_quote(*, is_gift: bool) -> SimpleNamespace:
    counter = shop_counter()
    counter.closed = ""
    return SimpleNamespace(
        card=unlock_card(), counter=counter, is_gift=is_gift, balance=HOSTILE, left=HOSTILE, can_be_sent=True,
        refund_days=14,
    )  # fmt: skip


class HostileOrderForm(HostileForm):
    key = package = price = dgt = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)


def package_offer(**changes: Any) -> SimpleNamespace:
    package = SimpleNamespace(
        pk=HOSTILE, name=HOSTILE, description=HOSTILE, total_dgt=HOSTILE, dgt_amount=HOSTILE, bonus_dgt=HOSTILE,
        price_cents=HOSTILE,
    )  # fmt: skip
    facts = {
        "package": package, "form": HostileOrderForm(), "refused": hostile_form(), "percent_less": HOSTILE,
        "is_enough": False, "price_of_100": HOSTILE,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def dgt_order(state: str = "credited", **changes: Any) -> SimpleNamespace:
    facts = {
        "state": state, "public_id": UUID(int=7), "short_id": HOSTILE, "package_name": HOSTILE, "total_dgt": HOSTILE,
        "price": HOSTILE, "created_at": NOW, "expires_at": NOW + timedelta(hours=1), "now": NOW, "waits_for": "",
        "taken_dgt": HOSTILE, "get_absolute_url": HOSTILE, "currency": "usd", "provider": "stripe",
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


def order_shown(state: str, **changes: Any) -> SimpleNamespace:
    look = SimpleNamespace(kind=HOSTILE, icon=HOSTILE, label=HOSTILE, says=HOSTILE)
    facts = {
        "order": dgt_order(state), "standing": look, "closed": "", "is_unpaid": False, "is_receipt": False,
        "is_on_its_way": False, "may_order_again": False,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


class HostileUsdtForm(HostileForm):
    key = package = price = dgt = chain = wallet = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    tx_hash = signature = forms.CharField(label=HOSTILE, help_text=HOSTILE)


class HostileWalletForm(HostileForm):
    wallet = forms.CharField(label=HOSTILE, help_text=HOSTILE)


def usdt_paying(**changes: Any) -> SimpleNamespace:
    transfers = [
        SimpleNamespace(
            tx_hash=HOSTILE, amount=HOSTILE, link=HOSTILE, is_final=final, is_gone=gone, confirmations=7, blocks_left=1
        )
        for final, gone in ((True, False), (False, True), (False, False))
    ]
    facts = {
        "order": dgt_order("pending", provider="usdt"), "coming": transfers, "amount": HOSTILE, "missing": HOSTILE,
        "deposit": SimpleNamespace(chain_name=HOSTILE, payer=HOSTILE, address=HOSTILE), "come_text": HOSTILE,
        "code": HOSTILE, "is_live": True, "is_silent": True, "is_open": True, "has_part": True, "minutes_left": 7,
        "can_be_played": True, "needs_proof": False,
    }  # fmt: skip
    return SimpleNamespace(**{**facts, **changes})


class HostileGiftForm(HostileForm):
    key = price = forms.CharField(widget=forms.HiddenInput, initial=HOSTILE)
    to = forms.CharField(label=HOSTILE, help_text=HOSTILE)
    note = forms.CharField(label=HOSTILE, initial=HOSTILE)


CARD_STATES = "available short locked sold_out owned equipped not_yet over limit".split()

H = SimpleNamespace(
    look=HOSTILE_LOOK,
    looks=[{slot: look} for slot, look in HOSTILE_LOOK.items()],
    cards=[unlock_card(state) for state in CARD_STATES],
    quote=purchase_quote(is_gift=False),
    gift_quote=purchase_quote(is_gift=True),
    gift_form=HostileGiftForm({"to": HOSTILE, "note": HOSTILE}),
    counter=shop_counter(),
    shop=SimpleNamespace(
        counter=shop_counter(),
        filters=SimpleNamespace(count=2),
        cards=[unlock_card()],
        groups=[
            SimpleNamespace(
                label=HOSTILE,
                options=[SimpleNamespace(id=HOSTILE, label=HOSTILE, count=HOSTILE, url=HOSTILE, is_current=True)],
            )
        ],
    ),
    piece=unlock_piece(),
    inventory=SimpleNamespace(
        is_empty=False,
        wearables=[unlock_piece()],
        consumables=[unlock_piece()],
        past=[unlock_item(unlock_card().unlock), unlock_item(unlock_card().unlock, state="refunded")],
    ),
    target=SimpleNamespace(label=HOSTILE),
    choices=[(HOSTILE, HOSTILE)],
    offers=[package_offer(), package_offer(is_enough=True)],
    order_form=HostileOrderForm(),
    orders=[dgt_order(), dgt_order("pending"), dgt_order("underpaid", provider="usdt")],
    paying=usdt_paying(),
    usdt_form=HostileUsdtForm({"tx_hash": HOSTILE, "signature": HOSTILE}),
    wallet_form=HostileWalletForm({"wallet": HOSTILE}),
    usdt_forms=[(SimpleNamespace(chain_id=7, name=HOSTILE), HostileUsdtForm())],
    waiting_order=order_shown("pending", is_on_its_way=True),
    ended_orders=[order_shown("refunded", is_receipt=True), order_shown("expired", may_order_again=True)],
    unpaid_order=order_shown("pending", is_unpaid=True),
    closed_order=order_shown("pending", is_unpaid=True, closed=HOSTILE),
    path=path(state="first"),
    paths=[path(state=state) for state in ("primary", "first", "choosable", "token", "cooldown", "paused", "idle")],
    path_change=SimpleNamespace(to=path(state="token"), left=path(), tokens=2, waits=True, again_at=NOW),
    path_board=SimpleNamespace(
        rows=[board_row(1, username="ok", title=HOSTILE, path_level=HOSTILE)],
        me=None,
        is_from_the_top=True,
        page=SimpleNamespace(next=HOSTILE, previous=HOSTILE),
        path=SimpleNamespace(name=HOSTILE),
    ),
    path_summary=SimpleNamespace(primary=path_had(), others=[path_had()]),
    text=HOSTILE,
    form=hostile_form(),
    standing=standing(level=HOSTILE, next_level=HOSTILE, to_go=HOSTILE),
    xp_entries=[
        xp_entry(label=HOSTILE, subject=HOSTILE, formula=HOSTILE, trace_lines=[(HOSTILE, HOSTILE)], cause_url=HOSTILE)
    ],
    wallet_entries=[
        wallet_entry(
            description=HOSTILE,
            kind=HOSTILE,
            memo=HOSTILE,
            left=HOSTILE,
            about=SimpleNamespace(title=HOSTILE, url=HOSTILE),
        )
    ],
    thread=hostile_thread(),
    post=hostile_post(),
    person=SimpleNamespace(
        id=7, username=HOSTILE, about=HOSTILE, date_joined=NOW, hides_balance=False, look=HOSTILE_LOOK
    ),
    profile=hostile_profile(),
    reply_form=ReplyForm(),
    edit_form=EditForm(),
    moderation_form=ModerationForm({"reason": HOSTILE}),
    tip_form=TipForm(initial={"message": HOSTILE}),
    wrong_tip_form=TipForm({"amount": HOSTILE, "message": HOSTILE}),
    closed_purse=SimpleNamespace(closed=HOSTILE),
    purse=SimpleNamespace(
        balance=HOSTILE, now=1, terms=HOSTILE, offers=[SimpleNamespace(amount=HOSTILE, short=HOSTILE)]
    ),
    cost=SimpleNamespace(amount=HOSTILE, fee=HOSTILE, total=HOSTILE, balance_before=HOSTILE, balance_after=HOSTILE),
    tip=SimpleNamespace(
        pk=1, giver=SimpleNamespace(id=7, username="ok"), amount=HOSTILE, created_at=NOW, is_reversed=False
    ),
    tip_sent_back=SimpleNamespace(
        post_id=5,
        post=hostile_post(),
        giver=SimpleNamespace(username="ok"),
        receiver=SimpleNamespace(username="ok"),
        amount=HOSTILE,
        reversed_at=NOW,
        journal=SimpleNamespace(reversed_by=SimpleNamespace(reason=HOSTILE, actor=SimpleNamespace(username=HOSTILE))),
    ),
    undone_tip=SimpleNamespace(
        pk=1,
        giver=SimpleNamespace(id=7, username="ok"),
        amount=HOSTILE,
        created_at=NOW,
        is_reversed=True,
        reversed_at=NOW,
    ),
    act=hostile_act(),
    transfer_form=HostileTransferForm({"to": HOSTILE, "name": HOSTILE}),
    confirm_form=HostileConfirmForm({"key": HOSTILE, "memo": HOSTILE}),
    receiver=SimpleNamespace(id=7, username="ok"),
    troubled=SimpleNamespace(is_frozen=True, debt_dgt=HOSTILE),
    locked=SimpleNamespace(locked=HOSTILE, locked_until=NOW, now=HOSTILE),
    freeze=SimpleNamespace(by_id=1, reason=HOSTILE),
    wallet=SimpleNamespace(dgt_balance=HOSTILE, lifetime_earned=0, lifetime_spent=0, held_dgt=0),
    board=[board_row(place, username="ok", rank_name=HOSTILE, tier=HOSTILE, level=HOSTILE) for place in range(1, 6)],
    me=board_row(9, username="ok", rank_name=HOSTILE, level=HOSTILE, behind=HOSTILE),
    steps=[SimpleNamespace(label=HOSTILE, done=False, url=HOSTILE), SimpleNamespace(label=HOSTILE, done=True, url="/")],
    page=SimpleNamespace(next=HOSTILE, previous=HOSTILE),
    event=special_event(name=HOSTILE, times=HOSTILE, url=HOSTILE, join_url=HOSTILE, outcome=HOSTILE),
    streak=streak(
        longest=HOSTILE,
        days=[SimpleNamespace(day=NOW.date(), mark=HOSTILE, is_today=True)],
        milestone=SimpleNamespace(days=HOSTILE, points=HOSTILE, to_go=2),
    ),
    refusals=[refusal(label=HOSTILE, why=HOSTILE, subject=HOSTILE, cause_url=HOSTILE)],
    multipliers=[multiplier(name=HOSTILE, url=HOSTILE, times=HOSTILE)],
)

# Every way in which text reaches a component: bound (:x="…"), interpolated (x="{{ … }}") and in a slot. Empty for a
# component that shows only figures and moments.
HOSTILE_USES = {
    "ago": [],
    "alert": ['<c-alert kind="{{ h.text }}">{{ h.text }}</c-alert>', '<c-alert :kind="h.text" />'],
    "avatar": [
        '<c-avatar id="7" size="{{ h.text }}" :look="h.look" />',
        '<c-avatar id="7" :size="h.text" :user="h.person" />',
    ],
    "board-place": ['<c-board-place :of="h.me" :mark="h.text" />', '<c-board-place :of="h.me" mark="{{ h.text }}" />'],
    "card": [
        '<c-card heading="{{ h.text }}" meta="{{ h.text }}" id="{{ h.text }}" cls="{{ h.text }}">{{ h.text }}</c-card>',
        '<c-card :heading="h.text" :meta="h.text" :level="h.text" :id="h.text" :cls="h.text" />',
    ],
    "chip": ['<c-chip kind="{{ h.text }}" icon="{{ h.text }}">x</c-chip>', '<c-chip :kind="h.text" :icon="h.text" />'],
    "copy": ['<c-copy text="{{ h.text }}" label="{{ h.text }}" />', '<c-copy :text="h.text" :label="h.text" />'],
    "dgt-closed": ['<c-dgt-closed :why="h.text" />'],
    "dgt-leaderboard": [
        '<c-dgt-leaderboard :rows="h.board" :me="h.me" :type="h.text" podium />',
        '<c-dgt-leaderboard :nobody="h.text" :hint="h.text" :action="h.text" />',
        '<c-dgt-leaderboard :rows="h.board" :page="h.page" :swaps="h.text" type="{{ h.text }}" />',
        '<c-dgt-leaderboard nobody="{{ h.text }}" hint="{{ h.text }}" />',
    ],
    "dgt-packages": [
        '<c-dgt-packages :offers="h.offers" />',
        '<c-dgt-packages :offers="h.offers" closed="{{ h.text }}" />',
    ],
    "dgt": ['<c-dgt :amount="h.text" :unit="h.text" />', '<c-dgt amount="{{ h.text }}" unit="{{ h.text }}" />'],
    "dgt-send": ['<c-dgt-send to="{{ h.text }}" kind="{{ h.text }}" />', '<c-dgt-send :closed="h.text" />'],
    "dgt-transfer": ['<c-dgt-transfer :form="h.transfer_form" :standing="h.locked" />'],
    "dgt-transfer-confirm": [
        '<c-dgt-transfer-confirm :form="h.confirm_form" :receiver="h.receiver" :cost="h.cost" :memo="h.text" />',
        '<c-dgt-transfer-confirm :form="h.confirm_form" :receiver="h.receiver" :cost="h.cost" memo="{{ h.text }}" />',
    ],
    "dgt-shop": ['<c-dgt-shop :shown="h.shop" />'],
    "edit-form": ['<c-edit-form :post="h.post" :form="h.edit_form" />'],
    "empty": [
        '<c-empty icon="{{ h.text }}" title="{{ h.text }}" text="{{ h.text }}" />',
        '<c-empty :icon="h.text" :title="h.text" :text="h.text"><c-slot name="action">{{ h.text }}</c-slot></c-empty>',
    ],
    "event-card": ['<c-event-card :event="h.event" />', '<c-event-card :event="h.event" page />'],
    "event-join": ['<c-event-join :event="h.event" />'],
    "field": ['<c-field :field="h.form.name" />'],
    "form-errors": ['<c-form-errors :form="h.form" />', "{{ h.form }}"],
    "icon": ['<c-icon name="{{ h.text }}" />', '<c-icon :name="h.text" />'],
    "ledger-row": [
        '<c-ledger-row :icon="h.text" :tone="h.text" :what="h.text" :href="h.text" :sub="h.text" :unit="h.text" />',
        '<c-ledger-row what="{{ h.text }}" sub="{{ h.text }}" :amount="h.text">{{ h.text }}</c-ledger-row>',
    ],
    "leaderboard": [
        '<c-leaderboard :rows="h.board" :me="h.me" :caption="h.text" :unit="h.text" podium ranks />',
        '<c-leaderboard :nobody="h.text" :hint="h.text" :action="h.text" />',
        '<c-leaderboard :rows="h.board" :page="h.page" :swaps="h.text" caption="{{ h.text }}" unit="{{ h.text }}" />',
        '<c-leaderboard :rows="h.board">{{ h.text }}</c-leaderboard>',
    ],
    "like-button": ['<c-like-button :post="h.post" />'],
    "load-more": ['<c-load-more :url="h.text" />', '<c-load-more url="{{ h.text }}" />'],
    "member-badge": ['<c-member-badge :badge="h.look.badge" />', '<c-member-badge :badge="h.look.badge" full />'],
    "member-hero": [
        '<c-member-hero :person="h.person" :profile="h.profile"><c-slot name="acts">x</c-slot></c-member-hero>',
        '<c-member-hero :person="h.person" :profile="h.profile" heading="{{ h.text }}" />',
    ],
    "member-stats": ['<c-member-stats :person="h.person" :profile="h.profile" />'],
    "moderate-member": [],
    "moderate-post": ['<c-moderate-post :post="h.post" :form="h.moderation_form" :is_open="h.text" />'],
    "moderation-act": ['<c-moderation-act :act="h.act" />'],
    "new-balance": ['<c-new-balance :wallet="h.wallet" />'],
    "new-posts": ['<c-new-posts :thread="h.thread" :form="h.reply_form" />'],
    "number": ['<c-number :value="h.text" />', '<c-number value="{{ h.text }}" />'],
    "order-pay": ['<c-order-pay :shown="h.unpaid_order" />', '<c-order-pay :shown="h.closed_order" />'],
    "order-progress": [
        '<c-order-progress :shown="h.waiting_order" :session="h.text" :left="h.text" :wallet="h.wallet" />',
        '{% for shown in h.ended_orders %}<c-order-progress :shown="shown" :wallet="h.wallet" />{% endfor %}',
    ],
    "order-state": [],
    "own-face": [],
    "pager": ['<c-pager :page="h.page" :label="h.text">{{ h.text }}</c-pager>'],
    "path-act": [
        '<c-path-act :path="h.path" :swaps="h.text" />',
        '<c-path-act :path="h.path" swaps="{{ h.text }}" />',
    ],
    "path-confirm": [
        '<c-path-confirm :change="h.path_change" />',
        '<c-path-confirm :change="h.path_change" :swaps="h.text" />',
    ],
    "path-difference": [],
    "path-leaderboard": ['<c-path-leaderboard :shown="h.path_board" :swaps="h.text" />'],
    "path-multiplies": ['<c-path-multiplies :items="h.path.multiplies" />'],
    "path-progress": ['<c-path-progress :progress="h.path.progress" />'],
    "path-selector": ['<c-path-selector :paths="h.paths" />', '<c-path-selector :paths="h.paths" :swaps="h.text" />'],
    "path-switch-offer": [],
    "post": ['<c-post :post="h.post" />'],
    "post-tips": ['<c-post-tips :post="h.post" :wallet="h.wallet" />'],
    "profile-steps": ['<c-profile-steps :steps="h.steps" :points="h.text" />'],
    "purchase-button": [
        '{% for card in h.cards %}<c-purchase-button :card="card" />{% endfor %}',
        '{% for card in h.cards %}<c-purchase-button :card="card" :closed="h.text" large />{% endfor %}',
        '{% for card in h.cards %}<c-purchase-button :card="card" closed="{{ h.text }}" />{% endfor %}',
    ],
    "purchase-confirm": [
        '<c-purchase-confirm :quote="h.quote" :form="h.gift_form" />',
        '<c-purchase-confirm :quote="h.gift_quote" :form="h.gift_form" />',
    ],
    "purchase-dialog": [
        '<c-purchase-dialog :quote="h.quote" :form="h.gift_form" />',
        '<c-purchase-dialog :quote="h.gift_quote" :form="h.gift_form" />',
    ],
    "purchase-history": [
        '<c-purchase-history :orders="h.orders" />',
        '<c-purchase-history nothing="{{ h.text }}"><c-slot name="action">{{ h.text }}</c-slot></c-purchase-history>',
    ],
    "purchase-heading": [
        '<c-purchase-heading :quote="h.quote" :id="h.text" />',
        '<c-purchase-heading :quote="h.gift_quote" id="{{ h.text }}" />',
    ],
    "rank-badge": [
        '<c-rank-badge :level="h.text" :tier="h.text" :name="h.text" :size="h.text" />',
        '<c-rank-badge level="{{ h.text }}" tier="{{ h.text }}" name="{{ h.text }}" size="{{ h.text }}" />',
    ],
    "removed-post": ['<c-removed-post :post="h.post" />'],
    "renewed": [
        '<c-renewed :part="h.text" :on="h.text" />',
        '<c-renewed part="{{ h.text }}" on="{{ h.text }}" />',
    ],
    "reply-count": [],
    "reply-form": ['<c-reply-form :thread="h.thread" :form="h.reply_form" />'],
    "sandbox-notice": [],
    "shop-standing": ['<c-shop-standing :counter="h.counter" />'],
    "stat": [
        '<c-stat :label="h.text" :value="h.text" :note="h.text" :icon="h.text" />',
        '<c-stat label="{{ h.text }}" value="{{ h.text }}" note="{{ h.text }}">{{ h.text }}</c-stat>',
    ],
    "stripe-purchase-button": [
        '<c-stripe-purchase-button :package_id="h.text" :name="h.text" :price="h.text" :form="h.order_form" />',
        '<c-stripe-purchase-button package_id="{{ h.text }}" kind="{{ h.text }}" :form="h.order_form" />',
    ],
    "streak-card": ['<c-streak-card :streak="h.streak" />'],
    "thread-pages": [
        '<c-thread-pages :previous="h.text" :next="h.text" :label="h.text" />',
        '<c-thread-pages previous="{{ h.text }}" next="{{ h.text }}" label="{{ h.text }}" />',
    ],
    "thread-row": ['<c-thread-row :thread="h.thread" />'],
    "time-zone-offer": ['<c-time-zone-offer :field="h.text" />', '<c-time-zone-offer field="{{ h.text }}" />'],
    "tip-confirm": [
        '<c-tip-confirm :post="h.post" :form="h.tip_form" :cost="h.cost" :points="h.text" />',
        '<c-tip-confirm :post="h.post" :form="h.wrong_tip_form" :cost="h.cost" />',
    ],
    "tip-form": [
        '<c-tip-form :post="h.post" :form="h.tip_form" :purse="h.purse" />',
        '<c-tip-form :post="h.post" :form="h.wrong_tip_form" :purse="h.purse" />',
        '<c-tip-form :post="h.post" :form="h.tip_form" :purse="h.closed_purse" />',
    ],
    "tip-row": ['<c-tip-row :tip="h.tip" :may_undo="True" />', '<c-tip-row :tip="h.undone_tip" />'],
    "tip-undone": ['<c-tip-undone :tip="h.tip_sent_back" />'],
    "toast": [
        '<c-toast :kind="h.text" :title="h.text" :text="h.text" :act="h.text" :act_url="h.text" :seconds="h.text" />',
        '<c-toast act="{{ h.text }}" act_url="{{ h.text }}" seconds="{{ h.text }}" />',
        '<c-toast kind="levelup" title="{{ h.text }}" text="{{ h.text }}" />',
        '<c-toast kind="levelup" :level="h.text" :tier="h.text" :name="h.text" />',
    ],
    "unlock-card": ['{% for card in h.cards %}<c-unlock-card :card="card" :closed="h.text" />{% endfor %}'],
    "unlock-piece": ['<c-unlock-piece :piece="h.piece" />'],
    "unlock-preview": [
        '{% for look in h.looks %}<c-unlock-preview :look="look" :viewer="h.person" />{% endfor %}',
        '<c-unlock-preview :icon="h.text" />',
        '<c-unlock-preview icon="{{ h.text }}" />',
    ],
    "unlock-stamps": ['{% for card in h.cards %}<c-unlock-stamps :card="card" />{% endfor %}'],
    "use-dialog": [
        '<c-use-dialog :item="h.piece.item" :says="h.text" :target="h.target" :choices="h.choices" :error="h.text" />',
        '<c-use-dialog :item="h.piece.item" says="{{ h.text }}" chosen="{{ h.text }}" error="{{ h.text }}" />',
    ],
    "use-form": [
        '<c-use-form :item="h.piece.item" :says="h.text" :target="h.target" :choices="h.choices" :error="h.text" />',
        '<c-use-form :item="h.piece.item" says="{{ h.text }}" chosen="{{ h.text }}" error="{{ h.text }}" />',
    ],
    "usdt-hint": ['<c-usdt-hint :paying="h.paying" :form="h.usdt_form" />'],
    "usdt-payment": ['<c-usdt-payment :paying="h.paying" />'],
    "usdt-progress": ['<c-usdt-progress :paying="h.paying" />'],
    "usdt-proof": [
        '<c-usdt-proof :paying="h.paying" :wallet_form="h.wallet_form" />',
        '<c-usdt-proof :paying="h.paying" :wallet_form="h.wallet_form" :proof_form="h.usdt_form" statement="x" />',
    ],
    "usdt-purchase-button": [
        '<c-usdt-purchase-button :package_id="h.text" :name="h.text" :price="h.text" :forms="h.usdt_forms" />',
        '<c-usdt-purchase-button package_id="{{ h.text }}" price="{{ h.text }}" :forms="h.usdt_forms" />',
    ],
    "user": [
        '<c-user id="7" username="ok" :sub="h.text" :size="h.text" :look="h.look" />',
        '<c-user sub="{{ h.text }}" />',
    ],
    "user-unlocks": ['<c-user-unlocks :inventory="h.inventory" />'],
    "user-path-summary": [
        '<c-user-path-summary :summary="h.path_summary" />',
        '<c-user-path-summary :summary="h.path_summary" own />',
    ],
    "wallet-balance": ['<c-wallet-balance :wallet="h.wallet" />'],
    "wallet-history": ['<c-wallet-history :entries="h.wallet_entries" />', '<c-wallet-history :action="h.text" />'],
    "ways-to-dgt": ['<c-ways-to-dgt :counter="h.counter" />'],
    "wear-button": [
        '<c-wear-button :item="h.piece.item" :id="h.text" />',
        '<c-wear-button :item="h.piece.item" id="{{ h.text }}" is_worn />',
    ],
    "worn-unlocks": ['<c-worn-unlocks :pieces="h.inventory.wearables" :viewer="h.person" />'],
    "wallet-standing": ['<c-wallet-standing :wallet="h.troubled" :standing="h.locked" :freeze="h.freeze" />'],
    "xp-history": ['<c-xp-history :entries="h.xp_entries" />', '<c-xp-history :action="h.text" />'],
    "xp-leaderboard": [
        '<c-xp-leaderboard :rows="h.board" :me="h.me" :caption="h.text" podium />',
        '<c-xp-leaderboard :nobody="h.text" :hint="h.text" :action="h.text" />',
        '<c-xp-leaderboard :rows="h.board" :page="h.page" :swaps="h.text" caption="{{ h.text }}" />',
    ],
    "xp-multipliers": ['<c-xp-multipliers :items="h.multipliers" />'],
    "xp-progress-bar": ['<c-xp-progress-bar :standing="h.standing" />'],
    "xp-refusals": [
        '<c-xp-refusals :entries="h.refusals" :more="h.text" />',
        '<c-xp-refusals><c-slot name="action">{{ h.text }}</c-slot></c-xp-refusals>',
    ],
}  # fmt: skip


def test_every_component_is_tried_with_hostile_text() -> None:
    components = Path(settings.BASE_DIR, "templates", "components").glob("*.html")
    assert {path.stem for path in components} == set(HOSTILE_USES)


def hostile_uses() -> Iterator[Any]:
    for component, sources in HOSTILE_USES.items():
        # A post asks xp what the author's level is called.
        marks = [pytest.mark.django_db] if component == "post" else []
        yield from (pytest.param(source, marks=marks) for source in sources)


@pytest.mark.parametrize("source", list(hostile_uses()))
def test_hostile_text_stays_text(source: str) -> None:
    seen = Seen(draw(source, h=H))
    assert [tag for tag, _attrs in seen.tags if tag == "script"] == []
    assert [name for _tag, attrs in seen.tags for name in attrs if "script" in name or "<" in name] == []
    assert any(HOSTILE in value for value in seen.values())


def test_icons_used_in_templates_exist() -> None:
    drawn = Path(str(finders.find("img/icons.svg"))).read_text()
    named = set()
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        parts = template.read_text().split('<c-icon name="')[1:]
        named |= {name for part in parts if "{" not in (name := part.split('"')[0])}
    assert {name for name in named if f'id="{name}"' not in drawn} == set()


# ── Progress ──


def test_the_progress_bar_shows_have_need_and_missing() -> None:
    seen = Seen(draw('<c-xp-progress-bar :standing="s" />', s=standing()))
    assert seen.only("progress") == {
        "class": "bar", "value": "1054", "max": "1700", "aria-label": "Progress to level 35",
    }  # fmt: skip
    assert seen.words == "1,054 of 1,700 XP in level 34 646 XP to go 34 62% 35"


def test_the_progress_bar_says_max_level() -> None:
    top = standing(level=100, next_level=None, is_max=True, level_xp=0, level_span=0, to_go=0, xp=252_900)
    seen = Seen(draw('<c-xp-progress-bar :standing="s" />', s=top))
    assert seen.only("progress") == {"class": "bar", "value": "1", "max": "1", "aria-label": "Max level"}
    assert seen.words == "Max level 252,900 XP in all 100 100%"


# ── Streaks ──


def test_a_streak_says_every_day_of_its_row_in_words() -> None:
    seen = Seen(draw('<c-streak-card :streak="s" />', s=streak()))
    assert [attrs["data-mark"] for tag, attrs in seen.tags if tag == "li"] == [
        "before", "visit", "freeze", "bridge", "missed", "visit",
    ]  # fmt: skip
    assert [attrs.get("aria-current") for tag, attrs in seen.tags if tag == "li"] == [None] * 5 + ["date"]
    for words in (
        "Sunday, 22 November: before your first visit", "Tuesday, 24 November: covered by a freeze",
        "Wednesday, 25 November: skipped by a change of time zone", "Thursday, 26 November: missed",
        "Friday, 27 November: visited",
    ):  # fmt: skip
        assert words in seen.words


def test_a_streak_shows_length_freezes_and_the_next_milestone() -> None:
    seen = Seen(draw('<c-streak-card :streak="s" />', s=streak()))
    for words in ("2 freezes left", "12 days in a row", "Longest 31", "2 more days to 14 in a row: +80 XP"):
        assert words in seen.words
    assert (seen.only("progress")["value"], seen.only("progress")["max"]) == ("12", "14")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "Today is counted."),
        ({"visited_today": False}, "Today is not counted yet: visit before midnight."),
        ({"current": 0, "ended_at": 5}, "Your streak of 5 days has ended. A visit today begins a new one."),
        ({"current": 0, "is_new": True}, "Visit on two days in a row and a streak begins."),
    ],
)
def test_a_streak_says_how_it_stands(state, words) -> None:
    assert words in Seen(draw('<c-streak-card :streak="s" />', s=streak(**state))).words


def test_a_streak_beyond_every_milestone_shows_none() -> None:
    assert "<progress" not in draw('<c-streak-card :streak="s" />', s=streak(milestone=None))


# ── Badges, faces, names ──


def test_a_badge_names_rank_and_level() -> None:
    badge = Seen(draw('<c-rank-badge :level="level" tier="dolphin" name="Dolphin" />', level=34))
    assert (badge.only("svg")["aria-label"], badge.only("svg")["data-tier"], badge.words) == (
        "Dolphin, level 34", "dolphin", "34",
    )  # fmt: skip


def test_a_small_badge_has_no_numeral() -> None:
    assert Seen(draw('<c-rank-badge level="34" tier="dolphin" size="sm" />')).text.strip() == ""


def test_a_member_links_to_the_profile() -> None:
    alice = SimpleNamespace(id=7, username="alice")
    seen = Seen(draw('<c-user :user="u" sub="Level 3" />', u=alice))
    assert (seen.only("a")["href"], seen.words) == ("/profile/alice", "aliceLevel 3")


def test_a_deleted_member_has_no_link() -> None:
    seen = Seen(draw('<c-user :user="gone" />', user=SimpleNamespace(id=1, username="viewer"), gone=None))
    assert [tag for tag, _attrs in seen.tags if tag == "a"] == []
    assert seen.words == "Deleted member"


# ── Steps ──


def step(label: str, done: bool) -> SimpleNamespace:
    return SimpleNamespace(label=label, done=done, url="/there")


def test_the_steps_of_a_profile_lead_to_what_is_missing() -> None:
    seen = Seen(draw('<c-profile-steps :steps="s" :points="50" />', s=[step("Write.", True), step("Confirm.", False)]))
    assert (seen.only("a")["href"], seen.words) == ("/there", "Complete your profile +50 XP Write.Done Confirm.")


@pytest.mark.parametrize("steps", [[step("Write.", True), step("Confirm.", True)], [], None])
def test_a_complete_profile_shows_no_steps(steps: list[SimpleNamespace] | None) -> None:
    assert draw('<c-profile-steps :steps="s" :points="50" />', s=steps).strip() == ""


# ── Figures and moments ──


def test_a_large_amount_keeps_its_digits_in_the_title() -> None:
    seen = Seen(draw('<c-dgt :amount="n" />', n=48_213_579))
    assert (seen.only("span")["title"], seen.words) == ("48,213,579 DGT", "48.21M DGT")


def test_a_small_amount_needs_no_title() -> None:
    assert Seen(draw('<c-dgt :amount="n" />', n=-3_575)).only("span") == {"class": "amount"}


def test_a_moment_carries_the_exact_time() -> None:
    at = timezone.now() - timedelta(minutes=6)
    time = Seen(draw('<c-ago :at="at" />', at=at))
    assert time.only("time") == {
        "datetime": at.replace(microsecond=0).isoformat() if not at.microsecond else at.isoformat(),
        "title": at.strftime("%-d %b %Y, %H:%M UTC"),
    }
    assert time.text.strip() == "6 min ago"


def test_no_moment_draws_nothing() -> None:
    assert draw('<c-ago :at="at" />', at=None).strip() == ""


# ── Histories ──


def test_an_award_explains_itself_without_a_script() -> None:
    seen = Seen(draw('<c-xp-history :entries="entries" />', entries=[xp_entry(cause_url="/thread/1/x#post-2")]))
    assert seen.only("a")["href"] == "/thread/1/x#post-2"
    assert [tag for tag, _attrs in seen.tags if tag in {"details", "summary", "dl"}] == ["details", "summary", "dl"]
    assert seen.words.endswith("+16 XP Why this much? 10 × 1.60 Reply Base 10 XP Result 16 XP")


def test_a_reversed_award_is_marked() -> None:
    seen = Seen(draw('<c-xp-history :entries="entries" />', entries=[xp_entry(reversed=True, trace_lines=[])]))
    assert seen.only("li") == {"class": "reversed"}
    assert "Reversed" in seen.words


def test_an_empty_history_says_how_to_start() -> None:
    assert Seen(draw("<c-xp-history />")).words == "No XP yet Start a thread or reply to one: each earns XP."


def test_a_wallet_entry_shows_sign_and_balance_after() -> None:
    seen = Seen(draw('<c-wallet-history :entries="entries" />', entries=[wallet_entry(amount=-1_000)]))
    assert seen.words.endswith("\u22121,000 DGT Balance 12,480")


def test_a_wallet_entry_without_balance_shows_none() -> None:
    seen = Seen(draw('<c-wallet-history :entries="entries" />', entries=[wallet_entry(left=None)]))
    assert "Balance" not in seen.words


def test_an_empty_wallet_history_says_how_to_start() -> None:
    assert Seen(draw("<c-wallet-history />")).words.startswith("No DGT has moved yet")


# ── Leaderboard ──


def shown_rows(seen: Seen) -> int:
    return len([tag for tag, _attrs in seen.tags if tag == "tr"]) - 1


def test_a_board_lists_every_row() -> None:
    seen = Seen(draw('<c-xp-leaderboard :rows="rows" />', rows=[board_row(place) for place in range(1, 6)]))
    assert shown_rows(seen) == 5


def test_a_podium_takes_the_first_three() -> None:
    seen = Seen(draw('<c-xp-leaderboard :rows="rows" podium />', rows=[board_row(place) for place in range(1, 6)]))
    assert [attrs["class"] for tag, attrs in seen.tags if tag == "li"] == ["p1", "p2", "p3"]
    assert shown_rows(seen) == 2


def test_two_members_need_no_podium() -> None:
    seen = Seen(draw('<c-xp-leaderboard :rows="rows" podium />', rows=[board_row(1), board_row(2)]))
    assert [tag for tag, _attrs in seen.tags if tag == "ol"] == []
    assert shown_rows(seen) == 2


def test_the_viewers_own_row_is_marked() -> None:
    rows = [board_row(1), board_row(2, is_me=True)]
    seen = Seen(draw('<c-xp-leaderboard :rows="rows" />', rows=rows))
    assert [attrs.get("class") for tag, attrs in seen.tags if tag == "tr"] == [None, None, "me"]


def test_the_viewers_place_is_pinned_with_the_gap() -> None:
    me = board_row(128, behind=84)
    seen = Seen(draw('<c-xp-leaderboard :rows="rows" :me="me" />', rows=[board_row(1)], me=me))
    assert seen.only("aside")["aria-label"] == "Your place"
    assert "84 XP behind the next place" in seen.words


def test_a_shared_place_says_so() -> None:
    seen = Seen(draw('<c-board-place :of="row" mark="#" />', row=board_row(2, is_tied=True)))
    assert (seen.words, seen.tags[0][1]["title"]) == ("#2=, shared", "Shared place")


def test_a_place_that_was_not_counted_now_says_about() -> None:
    assert Seen(draw('<c-board-place :of="row" />', row=board_row(12_345, position_is_exact=False))).words == "≈12,345"


def test_an_unknown_place_is_beyond_the_first_ten_thousand() -> None:
    assert Seen(draw('<c-board-place :of="row" />', row=SimpleNamespace(position=None))).words == "10,000+"


def test_an_empty_board_says_so() -> None:
    assert Seen(draw("<c-xp-leaderboard />")).words.startswith("Nobody is on this board yet")


# ── Toasts, pages, forms ──


def test_only_an_error_toast_interrupts() -> None:
    kinds = ("info", "success", "warning", "xp", "levelup", "error")
    roles = {kind: Seen(draw(f'<c-toast kind="{kind}" title="x" />')).tags[0][1].get("role") for kind in kinds}
    assert roles == {**dict.fromkeys(kinds), "error": "alert"}


def test_a_level_up_toast_shows_the_badge() -> None:
    seen = Seen(draw('<c-toast kind="levelup" title="Level 34" :level="34" tier="dolphin" name="Dolphin" />'))
    assert "Dolphin, level 34" in list(seen.values())


def test_a_pager_keeps_the_other_parts_of_the_address() -> None:
    page = SimpleNamespace(next="b=+", previous=None)
    seen = Seen(draw('<c-pager :page="page" />', page=page))
    links = [attrs for tag, attrs in seen.tags if tag == "a"]
    assert links == [
        {"class": "btn sm", "role": "link", "aria-disabled": "true"},
        {"class": "btn sm", "rel": "next", "href": "?kind=tip&cursor=b%3D%2B"},
    ]


def test_a_single_page_has_no_pager() -> None:
    assert draw('<c-pager :page="page" />', page=SimpleNamespace(next=None, previous=None)).strip() == ""


def test_a_field_ties_error_and_hint_to_its_input() -> None:
    class NameForm(forms.Form):
        name = forms.CharField(label="Name", help_text="Up to 24 letters.")

    seen = Seen(draw('<c-field :field="form.name" />', form=NameForm({"name": ""})))
    assert seen.only("input")["aria-invalid"] == "true"
    assert seen.only("input")["aria-describedby"] == "id_name_helptext id_name_error"
    assert [attrs["id"] for tag, attrs in seen.tags if tag == "div" and "id" in attrs] == [
        "id_name_error", "id_name_helptext",
    ]  # fmt: skip


def test_a_form_without_a_general_error_points_to_the_fields() -> None:
    class NameForm(forms.Form):
        name = forms.CharField()

    seen = Seen(draw('<c-form-errors :form="form" />', form=NameForm({})))
    assert (seen.tags[0][1]["role"], seen.words) == ("alert", "Please look at the marked fields.")


def test_a_right_form_shows_no_errors() -> None:
    assert draw('<c-form-errors :form="form" />', form=forms.Form({})).strip() == ""


# ── Refusals, multipliers, events ──


def test_a_refusal_says_why_and_when_it_pays_again() -> None:
    again_at = timezone.now() + timedelta(hours=3, seconds=30)
    seen = Seen(draw('<c-xp-refusals :entries="entries" />', entries=[refusal(again_at=again_at)]))
    when = f"in 3 h, {again_at.strftime('%-d %b %Y, %H:%M UTC')}"
    assert seen.words.endswith(f"0 XP It came too soon after the last time. Pays again {when}.")


@pytest.mark.parametrize(
    ("changes", "end"), [({"pays_again": True}, "It pays again."), ({"again_at": None}, "after the last time.")]
)
def test_a_refusal_promises_no_time_that_is_over_or_unknown(changes: dict[str, Any], end: str) -> None:
    assert Seen(draw('<c-xp-refusals :entries="entries" />', entries=[refusal(**changes)])).words.endswith(end)


def test_a_boost_says_until_when() -> None:
    seen = Seen(draw('<c-xp-multipliers :items="items" />', items=[multiplier()]))
    assert seen.words == "Boost ×2 until 24 Nov 2026, 12:19 UTC On"


def test_a_boost_to_come_says_from_when() -> None:
    seen = Seen(draw('<c-xp-multipliers :items="items" />', items=[multiplier(is_on=False, counts=False)]))
    assert seen.words == "Boost ×2 from 22 Nov 2026, 12:19 UTC until 24 Nov 2026, 12:19 UTC"


@pytest.mark.parametrize(
    ("state", "chip"), [("on", "On now"), ("coming", "Coming"), ("ended", "Ended"), ("cancelled", "Cancelled")]
)
def test_an_events_state_is_a_word(state: str, chip: str) -> None:
    seen = Seen(draw('<c-event-card :event="e" />', e=special_event(state=state)))
    assert (seen.only("section")["data-state"], chip in seen.words) == (state, True)
