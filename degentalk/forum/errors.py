"""Why the forum says no, in sentences for members."""

from django.utils.translation import gettext_lazy as _

from degentalk.core.errors import Conflict, NotFound, Refused


class ThreadLocked(Refused):
    """Nobody writes in a locked thread."""

    code = "thread-locked"

    def __init__(self) -> None:
        super().__init__(_("This thread is locked: nobody can reply to it any more."))


class ThreadFrozen(Refused):
    """Nobody changes what stands in a locked thread."""

    code = "thread-locked"

    def __init__(self) -> None:
        super().__init__(_("This thread is locked: what stands in it stays as it is."))


class ThreadRemoved(Refused):
    """A thread whose opening post is gone."""

    code = "thread-removed"

    def __init__(self) -> None:
        super().__init__(_("This thread was removed."))


class NothingWritten(Refused):
    """Markdown that renders to nothing, such as only link definitions or zero-width characters."""

    code = "nothing-written"

    def __init__(self) -> None:
        super().__init__(_("Nothing of this would be seen. Write something first."))


class NotYourPost(NotFound):
    """Somebody else's post, or none: to whoever wants to change it both are the same."""

    def __init__(self) -> None:
        super().__init__(_("You have no such post."))


class PostRemoved(Refused):
    """A moderator hid it, or its author deleted it."""

    code = "post-removed"

    def __init__(self) -> None:
        super().__init__(_("This post was removed."))


class TextChanged(Conflict):
    """The text is another one than the form was filled with."""

    code = "text-changed"

    def __init__(self) -> None:
        super().__init__(
            _("This post was edited since you opened it, perhaps in another window. Your text is not saved yet.")
        )


class OthersReplied(Refused):
    """A thread belongs to everybody who wrote in it."""

    code = "others-replied"

    def __init__(self) -> None:
        super().__init__(_("Others have replied, so the first post stays. You can still edit it."))


class OwnPost(Refused):
    """Nobody likes their own posts."""

    code = "own-post"

    def __init__(self) -> None:
        super().__init__(_("You cannot like your own post."))


class OwnTip(Refused):
    """Nobody tips themselves, whichever of their accounts they use (A1)."""

    code = "own-tip"


class TipUndone(Refused):
    """A tip is undone once."""

    code = "tip-undone"

    def __init__(self) -> None:
        super().__init__(_("This tip was undone already."))


class Suspended(Refused):
    """The account was suspended a moment ago."""

    code = "suspended"

    def __init__(self) -> None:
        super().__init__(_("Your account is suspended."))


class OneselfModerated(Refused):
    """Nobody decides in their own affairs."""

    code = "oneself"

    def __init__(self) -> None:
        super().__init__(_("Nobody moderates themselves. You can delete your own posts."))


class StaffModerated(Refused):
    """Moderators look after members; staff answer to an admin."""

    code = "staff"

    def __init__(self) -> None:
        super().__init__(_("Only an admin can moderate members of staff."))


class DeletedByAuthor(Refused):
    """What an author deleted is not brought back, and needs no hiding."""

    code = "deleted-by-author"

    def __init__(self) -> None:
        super().__init__(_("Its author deleted this post."))


class NoReason(Refused):
    """Whoever is moderated has a right to know why."""

    code = "no-reason"

    def __init__(self) -> None:
        super().__init__(_("Say why. The reason is kept, and told to the member."))
