"""The DGT boards: a table that follows the wallets, so that no board index makes a transfer slower."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DgtBoardRow(models.Model):
    """A member's figures as of the board's last refresh. `is_listed` is never late: a trigger keeps it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="dgt_board_row"
    )
    balance = models.BigIntegerField(_("balance"))
    earned = models.BigIntegerField(_("earned"))
    spent = models.BigIntegerField(_("spent"))
    is_listed = models.BooleanField(_("listed"))

    class Meta:
        db_table = "dgt_board"
        verbose_name = _("row of the DGT boards")
        verbose_name_plural = _("rows of the DGT boards")
        indexes = [
            models.Index(
                fields=[f"-{figure}", "-user"],
                condition=Q(is_listed=True, **{f"{figure}__gt": 0}),
                name=f"dgt_board_{figure}",
            )
            for figure in ("balance", "earned", "spent")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.balance} DGT"


class DgtBoardRefresh(models.Model):
    """How far the boards have followed the ledger: every journal of a transaction before this one is in them."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    epoch = models.IntegerField()
    xid = models.BigIntegerField()
    refreshed_at = models.DateTimeField()

    class Meta:
        db_table = "dgt_board_refresh"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="dgt_board_refresh_one_row")]

    def __str__(self) -> str:
        return f"{self.refreshed_at}"
