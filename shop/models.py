"""What the shop sells, and who has what of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from degentalk import unlocks
from degentalk.accounts.models import User
from paths.models import XpPath
from wallet.models import DgtJournal

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


class DgtUnlockLogQuerySet(models.QuerySet["DgtUnlockLog"]):
    def of(self, user: User) -> Self:
        return self.filter(user_id=user.pk)

    def kept(self) -> Self:
        """What its owner has: not used up, not taken back."""
        return self.filter(state=DgtUnlockLog.State.OWNED)

    def counted(self) -> Self:
        """What counts against the limit per member: all but what was taken back."""
        return self.exclude(state=DgtUnlockLog.State.REFUNDED)

    def newest(self) -> Self:
        return self.order_by("-id")


class DgtUnlockLog(models.Model):
    """One piece that a member acquired, as it was then, and what became of it."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("Bought")
        GIFT = "gift", _("Gift")
        GRANT = "grant", _("Given by staff")

    class State(models.TextChoices):
        OWNED = "owned", _("Owned")
        USED = "used", _("Used")
        REFUNDED = "refunded", _("Taken back")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("owner")
    )
    unlock = models.ForeignKey(DgtUnlock, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unlock"))
    kind = models.CharField(_("how"), max_length=10, choices=Kind.choices)
    dgt_spent = models.BigIntegerField(_("DGT spent"))
    acquired_at = models.DateTimeField(_("acquired"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("paid by"),
    )
    """The owner for a purchase, the giver for a gift, nobody for a grant."""
    journal = models.OneToOneField(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("staff"),
    )
    note = models.CharField(_("note"), max_length=280, blank=True)
    """A giver's words, or the reason of staff."""
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=50)
    unlock_data = models.JSONField(_("data"), default=dict)
    """As it was when acquired: what staff change later changes nothing that somebody has."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OWNED)
    equipped_slot = models.CharField(_("worn as"), max_length=30, null=True, blank=True)  # noqa: DJ001 NULL is unique
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_for = models.CharField(_("used for"), max_length=200, blank=True)
    refunded_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    refunded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("taken back by"),
    )
    refund_reason = models.CharField(_("why it was taken back"), max_length=500, blank=True)
    refund_journal = models.OneToOneField(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = DgtUnlockLogQuerySet.as_manager()

    class Meta:
        db_table = "dgt_unlock_log"
        verbose_name = _("acquired unlock")
        constraints = [
            models.UniqueConstraint(fields=["user", "equipped_slot"], name="dgt_unlock_log_one_per_slot"),
            models.CheckConstraint(
                condition=Q(equipped_slot=None) | Q(state="owned"), name="dgt_unlock_log_worn_is_owned"
            ),
            models.CheckConstraint(
                condition=Q(kind="grant", payer=None, journal=None, dgt_spent=0, actor__isnull=False)
                | Q(kind="purchase", payer=F("user"), journal__isnull=False, dgt_spent__gte=1, actor=None)
                | Q(kind="gift", payer__isnull=False, journal__isnull=False, dgt_spent__gte=1, actor=None)
                & ~Q(payer=F("user")),
                name="dgt_unlock_log_kind",
            ),
            models.CheckConstraint(
                condition=(Q(state="used") & Q(used_at__isnull=False)) | (~Q(state="used") & Q(used_at=None)),
                name="dgt_unlock_log_used",
            ),
            models.CheckConstraint(
                condition=Q(state="refunded", refunded_at__isnull=False, refunded_by__isnull=False)
                | (~Q(state="refunded") & Q(refunded_at=None, refunded_by=None, refund_journal=None)),
                name="dgt_unlock_log_refunded",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="dgt_unlock_log_user"),
            models.Index(fields=["unlock", "-id"], name="dgt_unlock_log_unlock"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"

    @property
    def source(self) -> str:
        """What effects know it by."""
        return f"unlock:{self.pk}"

    @property
    def unlock_type(self) -> unlocks.UnlockType | None:
        """Its type, or None where no app registers it any more."""
        return unlocks.find(self.type)


class ShopPolicyQuerySet(models.QuerySet["ShopPolicy"]):
    def current(self) -> ShopPolicy:
        return self.get(pk=1)


class ShopPolicy(models.Model):
    """The one row of what staff tune about the shop as a whole; part of every rule set."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    refund_days = models.PositiveIntegerField(
        _("days in which a purchase can be refunded"),
        default=14,
        help_text=_("By staff, as long as it is not used up. 0: never."),
    )

    objects: ClassVar[Any] = ShopPolicyQuerySet.as_manager()

    class Meta:
        db_table = "shop_policy"
        verbose_name = _("shop policy")
        verbose_name_plural = _("shop policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="shop_policy_one_row"),
            models.CheckConstraint(condition=Q(refund_days__lte=366), name="shop_policy_bounds"),
        ]

    def __str__(self) -> str:
        return str(_("Shop policy"))
