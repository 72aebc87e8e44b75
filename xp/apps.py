from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class XpConfig(AppConfig):
    name = "xp"
    label = "xp"
    verbose_name = "XP"

    def ready(self) -> None:
        from degentalk.approvals import registry as approvals
        from degentalk.rulebook import registry
        from wallet.services import audit
        from xp import audits, sections
        from xp.services.approvals import ADJUSTMENT, adjust_approved

        registry.register(section="xp", read=sections.read, validate=sections.validate)
        audit.register("rewards", audits.REWARDS)
        approvals.register(
            approvals.Kind(ADJUSTMENT, _("Adjustment of XP"), permission="xp.adjust_xp", execute=adjust_approved)
        )
        import_module("xp.receivers")  # hears what accounts says of profiles, time zones and persons
