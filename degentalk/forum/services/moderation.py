"""What moderators do with posts: with a reason, written down, told to the author, and followed by the XP."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.forum.errors import DeletedByAuthor
from degentalk.forum.models import ModerationAct, Post, Thread
from degentalk.forum.services.judging import checked_reason, refuse_unless_may_moderate
from degentalk.forum.services.locks import locked_with_thread, refresh_activity
from degentalk.forum.services.tips_undone import hold_for_undoing, tips_to_undo, undo_with_post
from xp import services as xp

Act = ModerationAct.Act

STATE_AFTER = {Act.HIDE: Post.State.HIDDEN, Act.SPAM: Post.State.SPAM, Act.RESTORE: Post.State.VISIBLE}
NOTICES = {
    Act.HIDE: _("A moderator hid your post in “%(title)s”: %(reason)s"),
    Act.SPAM: _("A moderator removed your post in “%(title)s” as spam: %(reason)s"),
    Act.RESTORE: _("A moderator restored your post in “%(title)s”: %(reason)s"),
}
TAKEN_BACK = ngettext_lazy("(%(points)s XP was taken back.)", "(%(points)s XP were taken back.)", "count")
TIPS_UNDONE = _("(%(dgt)s DGT of its tips went back.)")
GIVEN_BACK = ngettext_lazy("(%(points)s XP is yours again.)", "(%(points)s XP are yours again.)", "count")


def hide(*, post: Post, moderator: User, reason: str, undoes_tips: bool = False) -> ModerationAct | None:
    """Keep a post from members and take back what it earned. None: it was hidden already.

    What it was tipped stays with its author; with `undoes_tips` it goes back, for good, as far as one member of staff
    may decide that. Raises NoReason, OneselfModerated, StaffModerated, DeletedByAuthor, as all verbs here.
    """
    return _moderate(Act.HIDE, post, moderator, reason, undoes_tips=undoes_tips)


def flag_spam(*, post: Post, moderator: User, reason: str, undoes_tips: bool = False) -> ModerationAct | None:
    """The same, called spam. A hidden post can be called spam, and spam only hidden."""
    return _moderate(Act.SPAM, post, moderator, reason, undoes_tips=undoes_tips)


def restore(*, post: Post, moderator: User, reason: str) -> ModerationAct | None:
    """Show a post again and give back exactly what was taken. None: it is visible."""
    return _moderate(Act.RESTORE, post, moderator, reason)


@transaction.atomic
def _moderate(
    act: ModerationAct.Act, post: Post, moderator: User, reason: str, *, undoes_tips: bool = False
) -> ModerationAct | None:
    reason = checked_reason(reason)
    locked = locked_with_thread(post)
    refuse_unless_may_moderate(moderator, locked.author)
    if locked.state == Post.State.DELETED:
        raise DeletedByAuthor
    if locked.state == STATE_AFTER[act]:
        return None
    tips = tips_to_undo(locked) if undoes_tips else []
    hold_for_undoing(tips, moderator)
    _set_state(locked, STATE_AFTER[act])
    written = ModerationAct.objects.create(
        act=act,
        moderator=moderator,
        member=locked.author,
        post=locked,
        reason=reason,
        xp_change=_move_xp(act, locked, moderator, reason),
        dgt_undone=undo_with_post(tips, locked, moderator, reason),
    )
    _tell_author(written, locked)
    return written


def _set_state(post: Post, state: Post.State) -> None:
    post.state = state
    post.save(update_fields=["state"])
    if post.opens_thread:
        Thread.objects.filter(pk=post.thread_id).update(is_removed=not post.is_visible)
    refresh_activity(post.thread)


def _move_xp(act: ModerationAct.Act, post: Post, moderator: User, reason: str) -> int:
    because = f"post_hidden:{post.pk}"
    if act == Act.RESTORE:
        return xp.restore(because=because, actor=moderator, reason=reason).points
    causes: list[tuple[str, object]] = [("post", post.pk)]
    if post.opens_thread:
        causes.append(("thread", post.thread_id))
    return -xp.reverse(because=because, causes=causes, actor=moderator, reason=reason).points


def _tell_author(act: ModerationAct, post: Post) -> None:
    text = str(NOTICES[Act(act.act)]) % {"title": post.thread.title, "reason": act.reason}
    if act.xp_change:
        points = abs(act.xp_change)
        words = GIVEN_BACK if act.xp_change > 0 else TAKEN_BACK
        text += " " + words % {"points": f"{points:,}", "count": points}
    if act.dgt_undone:
        text += " " + TIPS_UNDONE % {"dgt": f"{act.dgt_undone:,}"}
    accounts.notify(
        user=post.author, kind="moderation", text=text, url=post.get_absolute_url(), key=f"moderation:{act.pk}"
    )
