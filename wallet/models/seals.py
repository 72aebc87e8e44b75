"""What makes the ledger provable: seals over closed journals, and the reports of audits. Both only grow."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wallet.models.ledger import DgtJournal


class DgtSealQuerySet(models.QuerySet["DgtSeal"]):
    def newest(self) -> DgtSealQuerySet:
        return self.order_by("-number")

    def newest_number(self) -> int:
        """0 before the first."""
        return self.newest().values_list("number", flat=True).first() or 0

    def covering(self, journal: DgtJournal) -> DgtSeal | None:
        """The block of a journal: the first whose bound lies beyond its transaction. None before it is sealed."""
        of_this_epoch = self.filter(epoch=journal.epoch, xid__gt=int(journal.xid)).order_by("xid")
        return of_this_epoch.first() or self.filter(epoch__gt=journal.epoch).order_by("epoch", "xid").first()


class DgtSeal(models.Model):
    """A signed block of closed journals: those of transactions from the previous seal's bound up to this one's.

    Hashes are SHA-256 in lower-case hex. `epoch` and `xid` are the bound: the first transaction that is not sealed.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    previous = models.CharField(_("hash of the previous seal"), max_length=64)
    root = models.CharField(_("Merkle root of the entries"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64, unique=True)
    journals = models.BigIntegerField(_("journals"))
    entries = models.BigIntegerField(_("entries"))
    epoch = models.IntegerField()
    xid = models.BigIntegerField()
    sealed_at = models.DateTimeField(_("sealed"))
    public_key = models.CharField(_("public key"), max_length=64, help_text=_("Ed25519, hex."))
    signature = models.CharField(_("signature"), max_length=128, help_text=_("Ed25519 over the seal, hex."))

    objects: ClassVar[Any] = DgtSealQuerySet.as_manager()

    class Meta:
        db_table = "dgt_seals"
        verbose_name = _("seal")
        indexes = [
            # A journal's block is the first whose bound lies beyond it.
            models.Index(fields=["epoch", "xid"], name="dgt_seals_bound")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class DgtAudit(models.Model):
    """One run of the audit, and what it found."""

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    is_clean = models.BooleanField(_("nothing wrong"))
    report = models.JSONField(_("report"))

    class Meta:
        db_table = "dgt_audits"
        verbose_name = _("audit")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
