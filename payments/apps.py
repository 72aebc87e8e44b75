from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        from degentalk.core import switches
        from payments.services import events  # noqa: F401 registers the handler of its outbox topic

        switches.register(
            "stripe",
            label=_("Buying DGT by card"),
            effect=_("No order can be placed or paid by card. What was paid before is credited all the same."),
        )
