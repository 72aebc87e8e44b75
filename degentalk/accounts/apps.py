from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "degentalk.accounts"
    label = "accounts"
    verbose_name = "Members"

    def ready(self) -> None:
        import_module("degentalk.accounts.mail")  # registers its outbox handler, also in workers
        import_module("degentalk.accounts.receivers")  # hears what allauth says of e-mail addresses
        import_module("degentalk.accounts.schema")  # registers how the OpenAPI document describes signing in
