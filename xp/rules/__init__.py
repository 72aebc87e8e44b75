"""XP as pure arithmetic: no Django, no clock, no database. Points are whole, multipliers are basis points."""

from xp.rules.awards import (
    AWARD_MAX,
    ONE,
    Action,
    Counterparty,
    Decision,
    Event,
    Limit,
    MemberState,
    Multiplier,
    Refusal,
    Scale,
    Trace,
    evaluate,
    multiply,
)
from xp.rules.curve import Curve, Level, Standing, standing
from xp.rules.occasions import Occasion, occasions

__all__ = [
    "AWARD_MAX",
    "ONE",
    "Action",
    "Counterparty",
    "Curve",
    "Decision",
    "Event",
    "Level",
    "Limit",
    "MemberState",
    "Multiplier",
    "Occasion",
    "Refusal",
    "Scale",
    "Standing",
    "Trace",
    "evaluate",
    "multiply",
    "occasions",
    "standing",
]
