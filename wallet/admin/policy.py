"""The policy of moving DGT, for staff to tune: a part of the rules."""

from typing import Any

from django.contrib import admin
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from degentalk.rulebook.admin import RuleAdmin, RuleForm
from degentalk.rulebook.errors import RuleError
from wallet import sections
from wallet.models import WalletPolicy


class WalletPolicyForm(RuleForm):
    """What the rules refuse is said beside what was typed, before anything is saved."""

    def validate_constraints(self) -> None:
        """The rules say the same in words; the database keeps it."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                sections.validate_policy(model_to_dict(self.instance) | typed)
            except RuleError as refusal:
                self.add_error(None, str(refusal))
        return typed


@admin.register(WalletPolicy)
class WalletPolicyAdmin(RuleAdmin):
    form = WalletPolicyForm
    list_display = [
        "__str__",
        "transfer_min_dgt",
        "transfer_max_dgt",
        "daily_max_dgt",
        "fee_bps",
        "purchases_locked_days",
    ]
    # Who may adjust DGT does not decide alone what takes a second person.
    fields_of_admins = ("approval_above_dgt",)
    fieldsets = [
        (_("Transfers"), {"fields": ["transfer_min_dgt", "transfer_max_dgt", "fee_bps", "mail_from_dgt"]}),
        (_("Tips"), {"fields": ["tip_min_dgt", "tip_max_dgt", "tip_presets"]}),
        (
            _("Who, and how much in a day"),
            {"fields": ["daily_max_dgt", "min_account_age_hours", "needs_verified_email", "purchases_locked_days"]},
        ),
        (_("Staff"), {"fields": ["approval_above_dgt"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return () if request.user.is_superuser else self.fields_of_admins
