"""Versions of all tunable rules. Knows no rule itself: the apps register their sections."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def newest(self) -> "RuleSetQuerySet":
        return self.order_by("-number")


class RuleSet(models.Model):
    """One immutable version of every tunable rule. The newest is the one in force."""

    number = models.BigIntegerField(_("number"), primary_key=True)
    rules = models.JSONField(_("rules"))
    sha256 = models.CharField(_("hash"), max_length=64)
    created_at = models.DateTimeField(_("published"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(_("reason"))

    objects: ClassVar = RuleSetQuerySet.as_manager()

    class Meta:
        db_table = "rule_sets"
        verbose_name = _("rule set")

    def __str__(self) -> str:
        return f"{self.number}"
