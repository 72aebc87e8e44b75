"""The shop as staff run it: what is sold, who has what, what was given and taken back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from degentalk import unlocks
from degentalk.accounts.forms import LineField
from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core.admin import ReadOnlyAdmin
from degentalk.rulebook.admin import WHOLE_NUMBER, RuleAdmin
from shop import services as shop
from shop.models import DgtUnlock, DgtUnlockLog, ShopPolicy
from wallet.admin.asking import AskingForm, AskingMixin, Question


class UnlockForm(forms.ModelForm):
    """The data are judged by the type's schema, beside their field."""

    type = forms.ChoiceField(label=_("type"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "type" in self.fields:  # who may only look has no fields
            self.fields["type"] = forms.ChoiceField(
                label=_("type"), choices=[(kind.name, kind.label) for kind in unlocks.types()]
            )
        if "stock" in self.fields:
            self.fields["stock"].show_hidden_initial = True

    def clean_stock(self) -> int | None:
        """Members buy while the page is open: the stock changes only from what it was when staff read it."""
        typed: int | None = self.cleaned_data["stock"]
        if not self.instance.pk or "stock" not in self.changed_data:
            return typed
        now = DgtUnlock.objects.select_for_update(no_key=True).get(pk=self.instance.pk).stock
        if str("" if now is None else now) != self.data.get(self.add_initial_prefix("stock"), ""):
            left = _("unlimited") if now is None else f"{now:,}"
            raise forms.ValidationError(
                _("Somebody has bought one meanwhile: the stock is %(left)s now."), params={"left": left}
            )
        return typed

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        kind = unlocks.find(typed.get("type") or self.instance.type)
        if kind is not None and "unlock_data" in typed:
            try:
                typed["unlock_data"] = kind.data.checked(typed["unlock_data"] or {})
            except ValidationError as refused:
                for message in problems(refused.detail):
                    self.add_error("unlock_data", message)
        return typed


def problems(detail: Any) -> list[str]:
    """What a schema says against data, a sentence for each key."""
    if not isinstance(detail, dict):
        return [str(message) for message in detail]
    return [
        str(message) if key == "non_field_errors" else f"{key}: {message}"
        for key, messages in detail.items()
        for message in messages
    ]


class GrantForm(AskingForm):
    """For whom, and why."""

    member = LineField(
        label=_("Member"),
        max_length=150,
        help_text=_("The username."),
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def clean_member(self) -> User:
        name = self.cleaned_data["member"]
        found = User.objects.filter(username__iexact=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("There is no active member called “%(name)s”."), params={"name": name})
        return found


def _grant(row: DgtUnlock, given: dict[str, Any], staff: User) -> str:
    shop.grant(user=given["member"], unlock=row, actor=staff, reason=given["reason"], key=given["key"])
    return gettext("Given to %(name)s.") % {"name": given["member"].username}


def _refund(row: DgtUnlockLog, given: dict[str, Any], staff: User) -> str | Approval:
    done = shop.refund_or_ask(item=row, actor=staff, reason=given["reason"], key=f"shop_refund:{given['key']}")
    if isinstance(done, Approval):
        return done
    return gettext("%(dgt)s DGT went back, and what they had paid was taken away.") % {"dgt": f"{row.dgt_spent:,}"}


@admin.register(DgtUnlock)
class DgtUnlockAdmin(AskingMixin):
    """None is deleted: who has it keeps it. What leaves the shop is not listed."""

    form = UnlockForm
    list_display = [
        "name",
        "type",
        "rarity",
        "cost_dgt",
        "sale_cost_dgt",
        "stock",
        "min_level",
        "is_listed",
        "position",
    ]
    list_filter = ["type", "rarity", "is_listed"]
    search_fields = ["name"]
    ordering = ["position", "id"]
    formfield_overrides = {
        models.PositiveIntegerField: WHOLE_NUMBER,
        models.PositiveSmallIntegerField: WHOLE_NUMBER,
        models.BigIntegerField: WHOLE_NUMBER,
    }
    fieldsets = [
        (None, {"fields": ["name", "type", "rarity", "description", "unlock_data", "position", "is_listed"]}),
        (_("Price"), {"fields": ["cost_dgt", "sale_cost_dgt", "sale_starts_at", "sale_ends_at"]}),
        (_("When and how many"), {"fields": ["available_from", "available_until", "stock", "limit_per_member"]}),
        (_("Who"), {"fields": ["min_level", "required_path", "min_path_level", "is_giftable"]}),
    ]
    questions = (
        Question(
            name="grant",
            button=_("Give to a member"),
            effect=_("For nothing, whatever its level, window and limit. The member reads the reason."),
            permission="shop.grant_unlock",
            makes_sense=lambda row: row.kind is not None and row.stock != 0,
            take=_grant,
            form=GrantForm,
        ),
    )

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        """Only what was changed: who buys at this moment counts the stock down."""
        obj.save(update_fields=form.changed_data if change else None)

    def get_readonly_fields(self, request, obj=None):
        """Another type is another unlock: what was sold was of this one."""
        return ["type"] if obj else []


@admin.register(DgtUnlockLog)
class DgtUnlockLogAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["acquired_at", "owner", "name", "kind", "dgt_spent", "state", "paid_by"]
    list_filter = ["kind", "state", "type", "acquired_at"]
    list_select_related = ["user", "payer"]
    search_fields = ["user__username__iexact", "payer__username__iexact"]
    search_help_text = _("The username of who has it or who paid.")
    ordering = ["-id"]
    fields = [
        "acquired_at", "owner", "name", "type", "unlock_data", "kind", "dgt_spent", "paid_by", "actor", "note", "state",
        "equipped_slot", "used_at", "used_for", "refunded_at", "refunded_by", "refund_reason",
    ]  # fmt: skip
    questions = (
        Question(
            name="refund",
            button=_("Refund"),
            effect=_(
                "The DGT goes back to whoever paid, and the unlock is taken away, as long as it is not used up and the"
                " window of the policy is open. Both read the reason."
            ),
            permission="shop.refund_unlock",
            makes_sense=lambda row: row.state == DgtUnlockLog.State.OWNED and row.kind != DgtUnlockLog.Kind.GRANT,
            take=_refund,
            is_limited=True,
        ),
    )

    @admin.display(description=_("owner"), ordering="user")
    def owner(self, row: DgtUnlockLog) -> str:
        return row.user.username

    @admin.display(description=_("paid by"))
    def paid_by(self, row: DgtUnlockLog) -> str:
        return row.payer.username if row.payer else "–"


@admin.register(ShopPolicy)
class ShopPolicyAdmin(RuleAdmin):
    """The one row."""

    list_display = ["__str__", "refund_days"]
    fields = ["refund_days"]
