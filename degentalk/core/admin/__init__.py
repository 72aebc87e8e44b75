"""What the admin pages of all apps share, and core's own pages of switches."""

from degentalk.core.admin import switches
from degentalk.core.admin.shared import (
    COUNTED_MAX,
    BigTableAdmin,
    BoundedPaginator,
    ReadOnlyAdmin,
    ReadOnlyMixin,
    link,
    link_to,
    list_link,
    pretty_json,
)

__all__ = [
    "COUNTED_MAX",
    "BigTableAdmin",
    "BoundedPaginator",
    "ReadOnlyAdmin",
    "ReadOnlyMixin",
    "link",
    "link_to",
    "list_link",
    "pretty_json",
    "switches",
]
