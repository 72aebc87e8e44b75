"""Mounted at the root of the site: choosing, and components for HTMX. The pages of paths are in degentalk.pages."""

from django.urls import path

from paths import views

app_name = "paths"

urlpatterns = [
    path("paths/user/<int:user_id>/summary", views.summary, name="summary"),
    path("paths/user/<int:user_id>/<slug:path_id>", views.progress, name="progress"),
    path("paths/<slug:path_id>/leaderboard", views.leaderboard, name="leaderboard"),
    path("paths/<slug:path_id>/choose", views.choose, name="choose"),
]
