"""What XP refuses. A refused award is no error: it is a Gain that says why."""


class UnknownAction(LookupError):
    """A mistake in our own code: the rules do not know that action."""
