from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "paths"
    label = "paths"
    verbose_name = "Paths"

    def ready(self) -> None:
        from degentalk.rulebook import registry
        from paths import sections

        registry.register(section="paths", read=sections.read, validate=sections.validate)
