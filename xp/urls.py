"""Mounted at the root of the site: events, and under /xp components for HTMX."""

from django.urls import path

from xp import views

app_name = "xp"

urlpatterns = [
    path("events", views.events, name="events"),
    path("events/<slug:slug>", views.event, name="event"),
    path("events/<slug:slug>/join", views.join_event, name="join-event"),
    path("xp/users/<int:user_id>/progress-bar", views.progress_bar, name="progress-bar"),
    path("xp/users/<int:user_id>/history", views.history, name="history"),
    path("xp/me/refusals", views.refusals, name="refusals"),
    path("xp/leaderboard", views.leaderboard, name="leaderboard"),
]
