"""What keeps members from sending DGT."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock


class SendingStopQuerySet(models.QuerySet["SendingStop"]):
    def of(self, user: User) -> SendingStopQuerySet:
        return self.filter(member=user)

    def open(self) -> SendingStopQuerySet:
        return self.filter(ended_at=None)


class SendingStop(models.Model):
    """That a member could send nothing to other members, because of what and how long. Written by the doors only.

    What begins again after its end is a row of its own. While one is open, `sending_is_stopped` is set on the wallet.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("member"))
    because = models.TextField(_("because of"))
    """A key of ours: `order:<uuid>` for a disputed card payment."""
    started_at = models.DateTimeField(_("since"), db_default=Clock())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects: ClassVar[Any] = SendingStopQuerySet.as_manager()

    class Meta:
        db_table = "sending_stops"
        verbose_name = _("stop of sending")
        verbose_name_plural = _("stops of sending")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "because"], condition=Q(ended_at=None), name="sending_stops_one_open_for_a_cause"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="sending_stops_have_a_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.because}"
