"""Facts that accounts announces, inside the transaction. Receivers may write rows; they never call outside.

The rows of the members in a fact are locked when it is announced: a receiver takes its locks after them, as everywhere.
"""

from django.dispatch import Signal

profile_completed = Signal()
"""A member's profile became complete (rules.is_complete). Sent with `user`.

It is sent each time it becomes complete, so also after a member has emptied and refilled it: receivers carry a key.
"""

time_zone_changed = Signal()
"""A member moved to another time zone. Sent with `user`, saved already, and the IANA names `before` and `after`."""

one_person_declared = Signal()
"""Staff said that two accounts are one person's. Sent with `user` and `other`, once for each pair that became one."""

one_person_withdrawn = Signal()
"""Staff took that back. Sent with `user` and `other`, once for each pair that is two people again."""

suspended = Signal()
"""Staff keep a member out. Sent with `suspension` (models.Suspension), whose `member` is not active any more."""

reinstated = Signal()
"""Staff let a member in again, on whichever page. Sent with `suspension`, which has ended."""
