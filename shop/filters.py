"""What the shop can be filtered by, as an address says it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from degentalk import unlocks
from degentalk.core.errors import MemberError
from shop.models import Rarity


class UnknownFilter(MemberError, BadRequest):
    """The address asks for something that the shop cannot be filtered by."""

    status = 400
    code = "unknown-filter"


YES, NO = "1", "0"


@dataclass(frozen=True)
class Filters:
    """What an address asks for. Those about the member ask nothing of a visitor."""

    type: str = ""
    rarity: str = ""
    affordable: bool | None = None
    owned: bool | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """`?type=badge&rarity=epic&affordable=1&owned=0`; empty values ask for nothing. Raises UnknownFilter."""
        kind, rarity = query.get("type", ""), query.get("rarity", "")
        if kind and unlocks.find(kind) is None:
            raise UnknownFilter(_("There is no such type of unlocks."))
        if rarity and rarity not in Rarity.values:
            raise UnknownFilter(_("There is no such rarity."))
        return cls(kind, rarity, _yes_or_no(query.get("affordable", "")), _yes_or_no(query.get("owned", "")))

    @property
    def count(self) -> int:
        """How many there are."""
        return sum((bool(self.type), bool(self.rarity), self.affordable is not None, self.owned is not None))


def _yes_or_no(value: str) -> bool | None:
    if value not in {"", YES, NO}:
        raise UnknownFilter(_("“affordable” and “owned” are 1 or 0."))
    return None if value == "" else value == YES
