from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    name = "degentalk.core"
    label = "core"
    verbose_name = "Core"
    default = True

    def ready(self) -> None:
        import_module("degentalk.core.checks")


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "degentalk.core.admin_site.DegentalkAdminSite"
