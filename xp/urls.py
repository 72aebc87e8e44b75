"""Mounted at /xp: components for HTMX."""

from django.urls import path

from xp import views

app_name = "xp"

urlpatterns = [
    path("users/<int:user_id>/progress-bar", views.progress_bar, name="progress-bar"),
    path("users/<int:user_id>/history", views.history, name="history"),
    path("leaderboard", views.leaderboard, name="leaderboard"),
]
