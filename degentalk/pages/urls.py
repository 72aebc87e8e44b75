"""Mounted at the root of the site."""

from django.urls import path

from degentalk.pages import gallery, views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("me", views.me, name="me"),
    path("profile/<str:username>", views.member, name="profile"),
    path("leaderboards", views.leaderboards, name="leaderboards"),
    path("paths", views.all_paths, name="paths"),
    path("paths/<slug:path_id>", views.one_path, name="path"),
    path("healthz", views.healthz, name="healthz"),
    path("dev/components", gallery.gallery, name="gallery"),
]
