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
from xp.rules.periods import ALL_TIME, SPANS, Span, bucket_of, span_at
from xp.rules.replay import Past, replay

__all__ = [
    "ALL_TIME",
    "AWARD_MAX",
    "ONE",
    "SPANS",
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
    "Past",
    "Refusal",
    "Scale",
    "Span",
    "Standing",
    "Trace",
    "bucket_of",
    "evaluate",
    "multiply",
    "occasions",
    "replay",
    "span_at",
    "standing",
]
