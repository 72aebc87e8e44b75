from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        from degentalk.approvals import registry as approvals
        from degentalk.core import switches
        from payments import checks  # noqa: F401 registers the check of the chains
        from payments.providers.usdt import hinting  # noqa: F401 registers the handler of its outbox topic
        from payments.services import (
            events,  # noqa: F401 registers the handler of its outbox topic
            keys,
        )
        from payments.services.reviews import KIND
        from payments.services.second_person import credit_approved
        from payments.services.settling import taken_back_here
        from wallet import taken_back

        approvals.register(
            approvals.Kind(KIND, _("Credit of a reviewed payment"), "payments.decide_review", credit_approved)
        )
        approvals.register(
            approvals.Kind(keys.KIND, _("Key that USDT goes to"), "payments.approve_key", keys.key_approved)
        )
        taken_back.register(taken_back_here)
        switches.register(
            "stripe",
            label=_("Buying DGT by card"),
            effect=_("No order can be placed or paid by card. What was paid before is credited all the same."),
        )
        switches.register(
            "usdt",
            label=_("Buying DGT with USDT"),
            effect=_("No order can be placed with USDT. What is paid all the same is found and credited."),
        )
