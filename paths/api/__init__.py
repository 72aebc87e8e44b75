"""Paths over the API, mounted at /api/paths. A member's summary comes from above: it tells their XP too."""

from django.urls import path

from paths.api.boards import Leaderboard
from paths.api.catalogue import OnePath, Paths
from paths.api.members import ChoosePrimary, MemberPath, MyPaths, MyPrimary

urlpatterns = [
    path("", Paths.as_view(), name="api-paths"),
    path("/user/me", MyPaths.as_view(), name="api-paths-me"),
    path("/user/me/primary", MyPrimary.as_view(), name="api-paths-primary"),
    path("/user/me/primary/<slug:path_id>", ChoosePrimary.as_view(), name="api-paths-choose"),
    path("/user/<int:user_id>/<slug:path_id>", MemberPath.as_view(), name="api-paths-user"),
    path("/<slug:path_id>", OnePath.as_view(), name="api-path"),
    path("/<slug:path_id>/leaderboard", Leaderboard.as_view(), name="api-path-leaderboard"),
]
