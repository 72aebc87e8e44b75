from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    name = "shop"
    label = "shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        from degentalk import unlocks
        from degentalk.approvals import registry as approvals
        from degentalk.core import switches
        from degentalk.rulebook import registry
        from shop import sections
        from shop.services.refunds import KIND, refund_approved, taken_back_here
        from wallet import taken_back

        unlocks.discover()
        registry.register(section="shop", read=sections.read, validate=sections.validate)
        approvals.register(
            approvals.Kind(KIND, _("Refund of a purchase"), permission="shop.refund_unlock", execute=refund_approved)
        )
        taken_back.register(taken_back_here)
        switches.register(
            "shop",
            label=_("The shop"),
            effect=_("Nothing can be bought or given. What members have keeps working."),
        )
