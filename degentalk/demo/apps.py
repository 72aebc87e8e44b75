from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "degentalk.demo"
    label = "demo"
    verbose_name = "Demo data"
