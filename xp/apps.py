from django.apps import AppConfig


class XpConfig(AppConfig):
    name = "xp"
    label = "xp"
    verbose_name = "XP"

    def ready(self) -> None:
        from degentalk.rulebook import registry
        from xp import sections

        registry.register(section="xp", read=sections.read, validate=sections.validate)
