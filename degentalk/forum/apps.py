from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "degentalk.forum"
    label = "forum"
    verbose_name = "Forum"

    def ready(self) -> None:
        from degentalk.approvals import registry as approvals
        from degentalk.forum.places import posts_seen_by
        from degentalk.forum.services.tips_undone import UNDOING, taken_back_here, undo_approved
        from wallet import places, taken_back

        approvals.register(
            approvals.Kind(UNDOING, _("Undoing a tip"), permission="forum.undo_tip", execute=undo_approved)
        )
        places.register("post", posts_seen_by)
        taken_back.register(taken_back_here)
        import_module("degentalk.forum.receivers")  # hears that a member may come back
