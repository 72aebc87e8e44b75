"""What is sold for money."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CENTS_MIN, CENTS_MAX = 50, 99_999_99
"""What the card provider takes at least and at most for one payment, in cents."""

DGT_MAX = 10**9


class DgtPackageQuerySet(models.QuerySet["DgtPackage"]):
    def on_sale(self) -> Self:
        return self.filter(is_active=True)


class DgtPackage(models.Model):
    """An amount of DGT with its price. US dollars only (S24)."""

    id = models.SlugField(
        _("id"),
        max_length=50,
        primary_key=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Small letters, digits and hyphens."))],
        help_text=_("Stays for ever: orders name it."),
    )
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)
    dgt_amount = models.BigIntegerField(_("DGT"), validators=[MinValueValidator(1), MaxValueValidator(DGT_MAX)])
    bonus_dgt = models.BigIntegerField(
        _("bonus, DGT"), default=0, validators=[MinValueValidator(0), MaxValueValidator(DGT_MAX)]
    )
    price_cents = models.PositiveIntegerField(
        _("price, US cents"), validators=[MinValueValidator(CENTS_MIN), MaxValueValidator(CENTS_MAX)]
    )
    price_usdt = models.DecimalField(
        _("price, USDT"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)],
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, default="usd", editable=False)
    is_active = models.BooleanField(_("on sale"), default=True)
    position = models.PositiveSmallIntegerField(_("place"), default=100)

    objects: ClassVar[Any] = DgtPackageQuerySet.as_manager()

    class Meta:
        db_table = "dgt_packages"
        verbose_name = _("package of DGT")
        verbose_name_plural = _("packages of DGT")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dgt_amount__gte=1, dgt_amount__lte=DGT_MAX, bonus_dgt__gte=0, bonus_dgt__lte=DGT_MAX),
                name="dgt_packages_dgt",
            ),
            models.CheckConstraint(
                condition=Q(price_cents__gte=CENTS_MIN, price_cents__lte=CENTS_MAX), name="dgt_packages_price"
            ),
            models.CheckConstraint(condition=Q(price_usdt__gt=0), name="dgt_packages_price_usdt"),
            models.CheckConstraint(condition=Q(currency="usd"), name="dgt_packages_in_dollars"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def total_dgt(self) -> int:
        """What the buyer gets, the bonus with it."""
        return int(self.dgt_amount + self.bonus_dgt)
