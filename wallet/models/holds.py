"""DGT set aside."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from wallet.models.ledger import DgtJournal


class DgtHoldQuerySet(models.QuerySet["DgtHold"]):
    def of(self, user: User) -> DgtHoldQuerySet:
        return self.filter(user=user)

    def open(self) -> DgtHoldQuerySet:
        """Those of which something is still held."""
        return self.filter(amount__gt=F("released") + F("captured"))


class DgtHold(models.Model):
    """One hold and what became of it. All open holds of a member are the `held_dgt` of the wallet."""

    journal = models.OneToOneField(DgtJournal, models.PROTECT, primary_key=True, related_name="hold")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("member"))
    amount = models.BigIntegerField(_("held"))
    released = models.BigIntegerField(_("released"), default=0, db_default=0)
    captured = models.BigIntegerField(_("captured"), default=0, db_default=0)

    objects: ClassVar[Any] = DgtHoldQuerySet.as_manager()

    class Meta:
        db_table = "dgt_holds"
        verbose_name = _("hold")
        constraints = [
            models.CheckConstraint(
                condition=Q(released__gte=0, captured__gte=0, amount__gte=F("released") + F("captured")),
                name="dgt_holds_not_more_than_held",
            )
        ]

    def __str__(self) -> str:
        return f"{self.left} DGT"

    @property
    def left(self) -> int:
        """What is still held of it, in whole DGT."""
        return self.amount - self.released - self.captured
