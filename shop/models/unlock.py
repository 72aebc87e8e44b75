"""What the shop sells."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from degentalk import unlocks
from degentalk.core.moments import refuse_far
from paths.models import XpPath

DGT_MAX = 10**12


class Rarity(models.TextChoices):
    COMMON = "common", _("Common")
    RARE = "rare", _("Rare")
    EPIC = "epic", _("Epic")
    LEGENDARY = "legendary", _("Legendary")


class DgtUnlockQuerySet(models.QuerySet["DgtUnlock"]):
    def listed(self) -> Self:
        """What the shop shows."""
        return self.filter(is_listed=True).select_related("required_path")


class DgtUnlock(models.Model):
    """A thing the shop sells for whole DGT."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=50)
    rarity = models.CharField(_("rarity"), max_length=10, choices=Rarity.choices, default=Rarity.COMMON)
    description = models.TextField(_("description"), blank=True)
    unlock_data = models.JSONField(_("data"), default=dict, blank=True)
    cost_dgt = models.BigIntegerField(_("price, DGT"))
    sale_cost_dgt = models.BigIntegerField(_("sale price, DGT"), null=True, blank=True)
    sale_starts_at = models.DateTimeField(_("sale starts"), null=True, blank=True)
    sale_ends_at = models.DateTimeField(_("sale ends"), null=True, blank=True)
    stock = models.BigIntegerField(_("stock"), null=True, blank=True, help_text=_("Empty: unlimited. 0: sold out."))
    available_from = models.DateTimeField(_("available from"), null=True, blank=True)
    available_until = models.DateTimeField(_("available until"), null=True, blank=True)
    min_level = models.PositiveIntegerField(_("level needed"), default=1)
    required_path = models.ForeignKey(
        XpPath, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("path needed")
    )
    min_path_level = models.PositiveSmallIntegerField(_("level needed on that path"), default=1)
    limit_per_member = models.PositiveIntegerField(
        _("limit per member"), null=True, blank=True, help_text=_("Empty: as many as they like.")
    )
    is_giftable = models.BooleanField(_("can be given as a gift"), default=True)
    is_listed = models.BooleanField(
        _("in the shop"), default=True, help_text=_("Off: nobody can buy it; who has it keeps it.")
    )
    position = models.PositiveSmallIntegerField(_("place in the shop"), default=100)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[Any] = DgtUnlockQuerySet.as_manager()

    class Meta:
        db_table = "dgt_unlocks"
        verbose_name = _("unlock")
        ordering = ["position", "id"]
        permissions = [
            ("grant_unlock", "Can give members unlocks for nothing, with a reason"),
            ("refund_unlock", "Can refund purchases within the window"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(cost_dgt__gte=1, cost_dgt__lte=DGT_MAX), name="dgt_unlocks_price"),
            models.CheckConstraint(
                condition=Q(sale_cost_dgt=None, sale_starts_at=None, sale_ends_at=None)
                | Q(
                    sale_cost_dgt__isnull=False,
                    sale_cost_dgt__gte=1,
                    sale_cost_dgt__lt=F("cost_dgt"),
                    sale_starts_at__isnull=False,
                    sale_ends_at__isnull=False,
                    sale_ends_at__gt=F("sale_starts_at"),
                ),
                name="dgt_unlocks_sale",
                violation_error_message=_("A sale has a lower price, a start, and an end after it."),
            ),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="dgt_unlocks_stock"),
            models.CheckConstraint(
                condition=Q(available_from=None) | Q(available_until=None) | Q(available_until__gt=F("available_from")),
                name="dgt_unlocks_window",
                violation_error_message=_("It must be available until after it is available from."),
            ),
            models.CheckConstraint(
                condition=Q(limit_per_member=None) | Q(limit_per_member__gte=1), name="dgt_unlocks_limit"
            ),
            models.CheckConstraint(condition=Q(min_level__gte=1, min_path_level__gte=1), name="dgt_unlocks_gate"),
        ]
        indexes = [models.Index(fields=["position", "id"], condition=Q(is_listed=True), name="dgt_unlocks_listed")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shop:unlock", args=[self.pk])

    def clean(self) -> None:
        """Raises ValidationError for moments that not every time zone has."""
        refuse_far(self, "sale_starts_at", "sale_ends_at", "available_from", "available_until")

    @property
    def kind(self) -> unlocks.UnlockType | None:
        """Its type, or None where no app registers it any more."""
        return unlocks.find(self.type)

    def is_on_sale(self, moment: datetime) -> bool:
        """Whether the sale price counts at that moment: from its start to before its end."""
        if self.sale_cost_dgt is None or self.sale_starts_at is None or self.sale_ends_at is None:
            return False
        return bool(self.sale_starts_at <= moment < self.sale_ends_at)

    def price_at(self, moment: datetime) -> int:
        """Whole DGT that it costs at that moment."""
        return self.sale_cost_dgt if self.is_on_sale(moment) and self.sale_cost_dgt else self.cost_dgt
