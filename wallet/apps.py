from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletConfig(AppConfig):
    name = "wallet"
    label = "wallet"
    verbose_name = "DGT wallet"

    def ready(self) -> None:
        from degentalk.approvals import registry as approvals
        from degentalk.core import switches
        from degentalk.rulebook import registry
        from wallet import sections
        from wallet.services import second_person

        for kind in second_person.KINDS:
            approvals.register(kind)
        registry.register(section="wallet", read=sections.read, validate=sections.validate)
        switches.register(
            "transfers",
            label=_("Transfers between members"),
            effect=_("Members cannot send each other DGT. Tips go on."),
        )
        switches.register(
            "tips",
            label=_("Tips"),
            effect=_("Members cannot tip each other. What was tipped stays where it is."),
        )
        switches.register(
            "rewards",
            label=_("Rewards"),
            effect=_("Rewards are not paid. They wait, and are paid once this is on again."),
        )
