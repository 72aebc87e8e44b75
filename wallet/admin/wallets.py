"""Members' wallets, and what staff decide about them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminRadioSelect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core.admin import ReadOnlyAdmin, link, list_link
from degentalk.core.fields import DigitsField
from degentalk.core.templatetags.degen import moment
from wallet import services as wallet
from wallet.admin.asking import AskingForm, AskingMixin, Question
from wallet.models import DgtHold, DgtTransaction, SendingStop, UserWallet, WalletFreeze
from wallet.services.second_person import adjust_or_ask


class AdjustForm(AskingForm):
    """So much DGT more or less, and why."""

    direction = forms.TypedChoiceField(
        label=_("What"),
        choices=[(1, _("Add DGT")), (-1, _("Take DGT"))],
        coerce=int,
        initial=1,
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
    )
    amount = DigitsField(
        label=_("DGT"), min_value=1, max_value=wallet.AMOUNT_MAX, widget=forms.TextInput({"class": "vIntegerField"})
    )


def _adjust(row: UserWallet, given: dict[str, Any], staff: User) -> str | Approval:
    amount, key = given["direction"] * given["amount"], f"adjustment:{given['key']}"
    done = adjust_or_ask(user=row.user, amount=amount, reason=given["reason"], actor=staff, key=key)
    if isinstance(done, Approval):
        return done
    return gettext("Adjusted by %(amount)s DGT: %(name)s has %(dgt)s DGT now.") % {
        "amount": f"{amount:+,}", "name": row.user.username, "dgt": f"{UserWallet.objects.of(row.user).dgt_balance:,}",
    }  # fmt: skip


def _freeze(row: UserWallet, given: dict[str, Any], staff: User) -> str:
    wallet.freeze(user=row.user, reason=given["reason"], actor=staff)
    return gettext("Frozen: nothing moves in or out of this wallet.")


def _unfreeze(row: UserWallet, given: dict[str, Any], staff: User) -> str:
    wallet.unfreeze(user=row.user, reason=given["reason"], actor=staff)
    return gettext("This wallet moves again.")


@admin.register(UserWallet)
class UserWalletAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["member", "dgt_balance", "held_dgt", "debt_dgt", "lifetime_earned", "lifetime_spent", "is_frozen"]
    list_filter = ["is_frozen", "sending_is_stopped"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-pk"]
    fields = [
        "user", "dgt_balance", "held_dgt", "debt_dgt", "lifetime_earned", "lifetime_spent", "is_frozen", "entries",
        "freezes", "stops",
    ]  # fmt: skip
    questions = (
        Question(
            name="adjust",
            button=_("Adjust DGT"),
            effect=_("The member reads the reason."),
            permission="wallet.adjust_dgt",
            makes_sense=lambda _row: True,
            take=_adjust,
            form=AdjustForm,
            is_limited=True,
        ),
        Question(
            name="freeze",
            button=_("Freeze"),
            effect=_(
                "Stops every movement, in and out, until somebody lets the wallet move again. Rewards wait. The member"
                " reads the reason."
            ),
            permission="wallet.freeze_wallet",
            makes_sense=lambda row: not row.is_frozen,
            take=_freeze,
        ),
        Question(
            name="unfreeze",
            button=_("Let it move again"),
            effect=_("If the audit froze it, find out first why the wallet disagreed with its entries."),
            permission="wallet.freeze_wallet",
            makes_sense=lambda row: row.is_frozen,
            take=_unfreeze,
        ),
    )

    def subject(self, row: UserWallet) -> str:
        return row.user.username

    @admin.display(description=_("member"), ordering="pk")
    def member(self, row: UserWallet) -> str:
        return row.user.username

    @admin.display(description=_("entries"))
    def entries(self, row: UserWallet) -> SafeString:
        return list_link(DgtTransaction, f"user__id__exact={row.pk}", _("Ledger entries of this member"))

    @admin.display(description=_("freezes"))
    def freezes(self, row: UserWallet) -> SafeString:
        return list_link(WalletFreeze, f"member__id__exact={row.pk}", _("When this wallet stood still, and why"))

    @admin.display(description=_("sending is stopped by"))
    def stops(self, row: UserWallet) -> SafeString | None:
        open_stops = SendingStop.objects.of(row.user).open().order_by("pk").values_list("because", "started_at")
        since = gettext("%(because)s, since %(moment)s")
        lines = ((since % {"because": because, "moment": moment(at)},) for because, at in open_stops)
        return format_html_join("", "<div>{}</div>", lines) or None


@admin.register(WalletFreeze)
class WalletFreezeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "wallet_link", "by", "reason", "ended_at", "ended_by", "end_reason"]
    list_display_links = ["created_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member", "by", "ended_by"]
    search_fields = ["member__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["wallet_link", "created_at", "by", "reason", "ended_at", "ended_by", "end_reason"]

    @admin.display(description=_("member"))
    def wallet_link(self, row: WalletFreeze) -> SafeString | str:
        return link(UserWallet, row.member_id, row.member.username)


@admin.register(DgtHold)
class DgtHoldAdmin(ReadOnlyAdmin):
    list_display = ["hold", "wallet_link", "amount", "released", "captured", "left"]
    list_select_related = ["user", "journal"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-pk"]
    fields = ["journal", "wallet_link", "amount", "released", "captured", "left"]

    @admin.display(description=_("hold"), ordering="pk")
    def hold(self, row: DgtHold) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def wallet_link(self, row: DgtHold) -> SafeString | str:
        return link(UserWallet, row.user_id, row.user.username)

    @admin.display(description=_("still held"))
    def left(self, row: DgtHold) -> int:
        return row.left
