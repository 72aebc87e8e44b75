from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "degentalk.pages"
    label = "pages"
    verbose_name = "Pages"
