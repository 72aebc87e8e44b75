"""What staff tune about adjustments. Rules: each change publishes a rule set."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class XpPolicyQuerySet(models.QuerySet["XpPolicy"]):
    def current(self) -> XpPolicy:
        return self.get(pk=1)


class XpPolicy(models.Model):
    """The one row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    approval_above_xp = models.BigIntegerField(
        _("a second staff member agrees above, XP"),
        default=10_000,
        help_text=_("Counted over what one staff member adjusted alone within 24 hours, both ways. 0: each time."),
    )

    objects: ClassVar[Any] = XpPolicyQuerySet.as_manager()

    class Meta:
        db_table = "xp_policy"
        verbose_name = _("XP policy")
        verbose_name_plural = _("XP policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="xp_policy_one_row"),
            models.CheckConstraint(condition=Q(approval_above_xp__gte=0), name="xp_policy_limit"),
        ]

    def __str__(self) -> str:
        return str(_("XP policy"))
