"""Paths over the API, mounted at /api. A member's summary comes from above: it tells their XP too."""

from django.urls import path

from paths.api.boards import Leaderboard
from paths.api.catalogue import OnePath, Paths
from paths.api.members import ChoosePrimary, MemberPath, MyPaths, MyPrimary

urlpatterns = [
    path("paths", Paths.as_view(), name="api-paths"),
    path("paths/user/me", MyPaths.as_view(), name="api-paths-me"),
    path("paths/user/me/primary", MyPrimary.as_view(), name="api-paths-primary"),
    path("paths/user/me/primary/<slug:path_id>", ChoosePrimary.as_view(), name="api-paths-choose"),
    path("paths/user/<int:user_id>/<slug:path_id>", MemberPath.as_view(), name="api-paths-user"),
    path("paths/<slug:path_id>", OnePath.as_view(), name="api-path"),
    path("paths/<slug:path_id>/leaderboard", Leaderboard.as_view(), name="api-path-leaderboard"),
]
