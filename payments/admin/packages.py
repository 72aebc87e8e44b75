"""What is sold for money, for staff to tune."""

from django.contrib import admin
from django.db import models

from degentalk.rulebook.admin import WHOLE_NUMBER
from payments.models import DgtPackage


@admin.register(DgtPackage)
class DgtPackageAdmin(admin.ModelAdmin):
    """None is deleted: orders name it. What is not sold any more is switched off. In US dollars only (S24)."""

    list_display = ["name", "id", "dgt_amount", "bonus_dgt", "dollars", "price_usdt", "is_active", "position"]
    list_filter = ["is_active"]
    search_fields = ["id", "name"]
    ordering = ["position", "id"]
    formfield_overrides = {
        models.PositiveIntegerField: WHOLE_NUMBER,
        models.PositiveSmallIntegerField: WHOLE_NUMBER,
        models.BigIntegerField: WHOLE_NUMBER,
    }
    fields = [
        "id", "name", "description", "dgt_amount", "bonus_dgt", "price_cents", "price_usdt", "currency", "is_active",
        "position",
    ]  # fmt: skip

    @admin.display(description="USD", ordering="price_cents")
    def dollars(self, package: DgtPackage) -> str:
        return f"{package.price_cents / 100:,.2f}"

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """The id stays: orders name it."""
        return ["id", "currency"] if obj else ["currency"]
