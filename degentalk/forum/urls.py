"""Mounted at the root."""

from django.urls import path

from degentalk.forum import views

app_name = "forum"

urlpatterns = [
    path("threads", views.threads, name="threads"),
    path("threads/new", views.new, name="new"),
    path("thread/<int:thread_id>/reply", views.reply, name="reply"),
    path("thread/<int:thread_id>/<slug:slug>", views.thread, name="thread"),
    path("post/<int:post_id>", views.post, name="post"),
    path("post/<int:post_id>/like", views.like, name="like"),
    path("post/<int:post_id>/unlike", views.unlike, name="unlike"),
    path("post/<int:post_id>/tip", views.tip, name="tip"),
    path("post/<int:post_id>/tip/give", views.give, name="give"),
    path("post/<int:post_id>/tips", views.tips, name="tips"),
    path("tip/<int:tip_id>/undo", views.undo_tip, name="undo-tip"),
    path("post/<int:post_id>/edit", views.edit, name="edit"),
    path("post/<int:post_id>/delete", views.delete, name="delete"),
    path("post/<int:post_id>/moderate", views.moderate, name="moderate"),
    path("moderation", views.acts, name="acts"),
    path("moderation/members/<slug:username>/ban", views.ban, name="ban"),
    path("moderation/members/<slug:username>/unban", views.unban, name="unban"),
]
