from importlib import import_module

from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "degentalk.forum"
    label = "forum"
    verbose_name = "Forum"

    def ready(self) -> None:
        import_module("degentalk.forum.receivers")  # hears that a member may come back
