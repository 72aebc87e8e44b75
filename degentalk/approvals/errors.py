"""What the queue refuses, and what sends somebody to it."""

from degentalk.core.errors import Conflict, Refused


class ApprovalNeeded(Refused):
    """A second member of staff must agree first."""

    code = "approval-needed"


class MayNotDecide(Refused):
    """Whoever asks is not the second person that this takes."""

    code = "may-not-decide"


class AlreadyDecided(Conflict):
    """Somebody decided first, or nobody did in time."""

    code = "already-decided"
