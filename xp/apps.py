from importlib import import_module

from django.apps import AppConfig


class XpConfig(AppConfig):
    name = "xp"
    label = "xp"
    verbose_name = "XP"

    def ready(self) -> None:
        from degentalk.rulebook import registry
        from xp import sections

        registry.register(section="xp", read=sections.read, validate=sections.validate)
        import_module("xp.receivers")  # hears what accounts says of profiles, time zones and persons
