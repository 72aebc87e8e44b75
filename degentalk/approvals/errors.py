"""What the queue refuses, and what sends somebody to it."""

from degentalk.core.errors import Refused


class ApprovalNeeded(Refused):
    """A second member of staff must agree first."""

    code = "approval-needed"
