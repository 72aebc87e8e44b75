"""Mounted at the root."""

from django.urls import path

from degentalk.forum import views

app_name = "forum"

urlpatterns = [
    path("threads", views.threads, name="threads"),
    path("threads/new", views.new, name="new"),
    path("thread/<int:thread_id>/reply", views.reply, name="reply"),
    path("thread/<int:thread_id>/<slug:slug>", views.thread, name="thread"),
]
