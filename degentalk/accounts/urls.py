"""Below /account/. The first two stand in for allauth's views of the same address, so this comes before its URLs."""

from django.urls import path

from degentalk.accounts import views

app_name = "accounts"

urlpatterns = [
    path("signup/", views.SignupView.as_view()),
    path("email/", views.EmailView.as_view()),
    path("settings", views.settings, name="settings"),
    path("notifications", views.notifications, name="notifications"),
    path("notifications/read", views.read_all, name="read_all"),
    path("notifications/<int:notification_id>/read", views.read, name="read"),
    path("tokens", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke", views.revoke_token, name="revoke_token"),
]
