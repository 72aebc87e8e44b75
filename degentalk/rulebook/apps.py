from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "degentalk.rulebook"
    label = "rulebook"
    verbose_name = "Rulebook"

    def ready(self) -> None:
        from degentalk.core import after_migrate
        from degentalk.rulebook import services

        after_migrate.register(services.ensure_current)
