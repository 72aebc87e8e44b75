"""Why the forum says no, in sentences for members."""

from django.utils.translation import gettext_lazy as _

from degentalk.core.errors import Refused


class ThreadLocked(Refused):
    """Nobody replies to a locked thread."""

    code = "thread-locked"

    def __init__(self) -> None:
        super().__init__(_("This thread is locked: nobody can reply to it any more."))


class NothingWritten(Refused):
    """Markdown that renders to nothing, such as only link definitions or zero-width characters."""

    code = "nothing-written"

    def __init__(self) -> None:
        super().__init__(_("Nothing of this would be seen. Write something first."))
