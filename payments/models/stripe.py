"""The plan's `stripe_dgt_sessions`: a row appears after the provider's answer, and belongs to an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from payments.models.orders import Order


class StripeDgtSession(models.Model):
    """A Checkout Session of Stripe. The plan's figures are copies of the order's quote."""

    id = models.BigAutoField(primary_key=True)
    order = models.OneToOneField(Order, models.PROTECT, related_name="stripe_session")
    session_id = models.CharField(_("session"), max_length=255, unique=True)
    payment_intent_id = models.CharField(_("payment intent"), max_length=255, blank=True, db_index=True)
    url = models.TextField(_("where to pay"), blank=True)
    user_id = models.BigIntegerField(_("member"), null=True)
    package_id = models.CharField(_("package"), max_length=50)
    dgt_amount = models.BigIntegerField(_("DGT"))
    usd_amount = models.DecimalField(_("US dollars"), max_digits=10, decimal_places=2)
    status = models.CharField(_("status"), max_length=20, default="open")
    created_at = models.DateTimeField(_("opened"), db_default=Clock())

    class Meta:
        db_table = "stripe_dgt_sessions"
        verbose_name = _("Stripe session")

    def __str__(self) -> str:
        return self.session_id
