"""The wallet's section of the rulebook: the policy of transfers, tips and adjustments."""

from collections.abc import Mapping
from typing import Any

from django.forms.models import model_to_dict

from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.registry import Rules
from wallet import rules
from wallet.models import WalletPolicy


def read() -> dict[str, Any]:
    """The policy as the table says now."""
    return model_to_dict(WalletPolicy.objects.current(), exclude=["id"])


def validate(draft: Rules) -> None:
    """Refuse a policy that nobody could follow."""
    validate_policy(draft["wallet"])


def validate_policy(policy: Mapping[str, Any]) -> None:
    """What must hold of the policy."""
    for noun in ("transfer", "tip"):
        least, most = policy[f"{noun}_min_dgt"], policy[f"{noun}_max_dgt"]
        if not 1 <= least <= most:
            raise RuleError(f"The smallest {noun} is at least 1 DGT and not larger than the largest.")
    if policy["fee_bps"] > rules.BASIS_POINTS:
        raise RuleError("A fee is at most 10,000 basis points: as much as the amount.")
    if policy["min_account_age_hours"] > rules.ACCOUNT_AGE_HOURS_MAX:
        raise RuleError("An account is old enough after a year at most.")
    if policy["purchases_locked_days"] > rules.LOCKED_DAYS_MAX:
        raise RuleError("Bought DGT is locked for a year at most.")
    if min(policy["daily_max_dgt"], policy["approval_above_dgt"], policy["mail_from_dgt"]) < 0:
        raise RuleError("Amounts of DGT are not negative.")
    _validate_presets(policy)


def _validate_presets(policy: Mapping[str, Any]) -> None:
    """The amounts offered for tips are amounts that a tip may have."""
    try:
        offered = rules.presets(policy["tip_presets"])
    except ValueError as error:
        raise RuleError(f"The amounts offered for tips: {error}") from error
    if not offered or len(offered) > 6:
        raise RuleError("Offer one to six amounts for tips.")
    if not policy["tip_min_dgt"] <= offered[0] <= offered[-1] <= policy["tip_max_dgt"]:
        raise RuleError("The amounts offered for tips must lie between the smallest and the largest tip.")
