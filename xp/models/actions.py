"""What earns XP, and the limits of it. All of it is rules: each change publishes a rule set."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class XpAction(models.Model):
    """Something members do that earns XP. A rule: each change publishes a rule set."""

    name = models.SlugField(_("name"), max_length=100, unique=True, help_text=_("What the code calls it."))
    label = models.CharField(_("label"), max_length=100, help_text=_("What members read."))
    description = models.TextField(_("description"), blank=True)
    default_value = models.PositiveIntegerField(_("base XP"), default=10)
    is_enabled = models.BooleanField(_("on"), default=True)
    cooldown_seconds = models.PositiveIntegerField(_("cooldown in seconds"), default=0)
    daily_cap_xp = models.PositiveIntegerField(
        _("daily cap, XP"), null=True, blank=True, help_text=_("Per member and UTC day. Empty: none.")
    )
    weekly_cap_xp = models.PositiveIntegerField(
        _("weekly cap, XP"), null=True, blank=True, help_text=_("Per member and UTC week, from Monday. Empty: none.")
    )
    pair_daily_cap_xp = models.PositiveIntegerField(
        _("daily cap per pair, XP"),
        null=True,
        blank=True,
        help_text=_("What a member can earn from one other member in a UTC day. Empty: none."),
    )
    min_account_age_hours = models.PositiveIntegerField(
        _("account age in hours"),
        default=0,
        db_default=0,
        help_text=_("How old the account of whoever acts must be: of the member, or of who likes or tips."),
    )
    needs_verified_email = models.BooleanField(
        _("needs a confirmed e-mail"), default=False, db_default=False, help_text=_("Of whoever acts.")
    )
    is_self_triggered = models.BooleanField(
        _("members may trigger it"),
        default=False,
        db_default=False,
        help_text=_("Over the API, for themselves only. Without caps that is XP for the asking."),
    )
    amount_step = models.PositiveIntegerField(
        _("DGT per base XP"),
        null=True,
        blank=True,
        help_text=_("For tips: the base is paid for each of so many DGT. Empty: the base whatever the amount."),
    )
    half_after = models.PositiveIntegerField(
        _("half after, DGT"),
        null=True,
        blank=True,
        help_text=_("For tips: what one member moves to another beyond this in a UTC day counts half. Empty: never."),
    )

    class Meta:
        db_table = "xp_actions"
        verbose_name = _("XP action")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_step=None) | Q(amount_step__gte=1), name="xp_actions_amount_step_positive"
            )
        ]

    def __str__(self) -> str:
        return self.name
