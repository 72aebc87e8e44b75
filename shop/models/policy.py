"""What staff tune about the shop as a whole."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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
