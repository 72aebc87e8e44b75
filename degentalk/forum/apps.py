from django.apps import AppConfig


class ForumConfig(AppConfig):
    name = "degentalk.forum"
    label = "forum"
    verbose_name = "Forum"
