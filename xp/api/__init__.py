"""XP over the API: one's own figures, what everybody may read, and awards that other programs ask for."""

from django.urls import path

from xp.api.awards import Award
from xp.api.boards import Leaderboard
from xp.api.members import Me, Member, MyLog
from xp.api.tunables import Actions, Levels

urlpatterns = [
    path("actions", Actions.as_view(), name="api-xp-actions"),
    path("levels", Levels.as_view(), name="api-xp-levels"),
    path("me", Me.as_view(), name="api-xp-me"),
    path("me/log", MyLog.as_view(), name="api-xp-me-log"),
    path("leaderboard", Leaderboard.as_view(), name="api-xp-leaderboard"),
    path("users/<int:user_id>", Member.as_view(), name="api-xp-user"),
    path("award", Award.as_view(), name="api-xp-award"),
]
