from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "degentalk.accounts"
    label = "accounts"
    verbose_name = "Members"
