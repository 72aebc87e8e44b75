from django.apps import AppConfig


class PathsConfig(AppConfig):
    name = "paths"
    label = "paths"
    verbose_name = "Paths"
