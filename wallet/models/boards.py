"""The DGT boards: a table that follows the wallets, so that no board index makes a transfer slower."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User


class DgtBoardRowQuerySet(models.QuerySet["DgtBoardRow"]):
    def listed(self, figure: str) -> DgtBoardRowQuerySet:
        """Whom the board of that figure shows. Served by one index."""
        return self.filter(is_listed=True, **{f"{figure}__gt": 0})

    def of(self, user: User) -> DgtBoardRow:
        """The member's row; one whose wallet the boards have not met has no figures yet."""
        is_listed = user.is_active and not user.hides_from_boards and not user.hides_balance
        nothing = DgtBoardRow(user=user, balance=0, earned=0, spent=0, is_listed=is_listed)
        return self.filter(user_id=user.pk).first() or nothing


class DgtBoardRow(models.Model):
    """A member's figures as of the board's last refresh. `is_listed` is never late: a trigger keeps it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="dgt_board_row"
    )
    balance = models.BigIntegerField(_("balance"))
    earned = models.BigIntegerField(_("earned"))
    spent = models.BigIntegerField(_("spent"))
    is_listed = models.BooleanField(_("listed"))

    figure = 0
    """Set by the board, with the next three: what it counts."""
    position: int | None = None
    """None where it is not known."""
    position_is_exact = False
    is_tied = False
    is_me = False
    """Set where the board is shown to this member."""

    objects: ClassVar[Any] = DgtBoardRowQuerySet.as_manager()

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

    @property
    def username(self) -> str:
        return self.user.username

    @property
    def look(self) -> dict[str, Any]:
        """What they wear."""
        return dict(self.user.look)


class DgtBoardRefreshQuerySet(models.QuerySet["DgtBoardRefresh"]):
    def moment(self) -> datetime | None:
        """As of when the boards are; None before they were built, and while they are built anew."""
        return self.filter(epoch__gt=0, wallets_after=None).values_list("refreshed_at", flat=True).first()


class DgtBoardRefresh(models.Model):
    """How far the boards have followed the ledger: every journal of a transaction before this one is in them.

    While all wallets are read, those after `wallets_after` still have to be.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    epoch = models.IntegerField()
    xid = models.BigIntegerField()
    refreshed_at = models.DateTimeField()
    wallets_after = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = DgtBoardRefreshQuerySet.as_manager()

    class Meta:
        db_table = "dgt_board_refresh"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="dgt_board_refresh_one_row")]

    def __str__(self) -> str:
        return f"{self.refreshed_at}"
