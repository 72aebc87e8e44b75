"""Sample paths for the gallery: a card in every state, progress, a summary, a switch to confirm."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from paths.models import Colour
from paths.rules import PathLevel, PathRules
from paths.rules.progress import progress

ANALYST = PathRules(
    "analyst", "Analyst", True, {}, (PathLevel(1, 0, "Chart gazer"), PathLevel(2, 500, "Wick reader"),
                                     PathLevel(3, 2_000, "Oracle of the order book"))
)  # fmt: skip
MULTIPLIES = (
    SimpleNamespace(label="Thread started", times="×1.5", is_more=True),
    SimpleNamespace(label="Reply written", times="×1.25", is_more=True),
    SimpleNamespace(label="Like received", times="×0.8", is_more=False),
)
STATES = ("primary", "first", "choosable", "token", "cooldown", "paused", "idle")
NAMES = ("Analyst", "Builder", "Caller", "Jester", "Patron", "Archivist of forgotten chains", "Guide")
ICONS = ("chart-candlestick", "hammer", "megaphone", "drama", "coins", "hash", "users")


def samples(now: datetime) -> dict[str, object]:
    """What the gallery shows of paths."""
    cards = [_card(state, now, place) for place, state in enumerate(STATES)]
    cards[1].forecast = SimpleNamespace(points=1_204, difference=163)
    cards[2].forecast = SimpleNamespace(points=998, difference=-43)
    cards[3].forecast = SimpleNamespace(points=1_041, difference=0)
    return {
        "path_cards": cards,
        "path_progress": [progress(ANALYST, xp) for xp in (0, 1_240, 48_213_579)],
        "path_change": _change(cards[2], cards[0], now),
        "path_token_change": _change(cards[3], cards[0], now, tokens=2),
        "path_summary": SimpleNamespace(
            primary=_had(cards[0], 1_240), others=[_had(cards[1], 640), _had(cards[5], 12)]
        ),
        "no_paths": SimpleNamespace(primary=None, others=[]),
    }


def _card(state: str, now: datetime, place: int) -> SimpleNamespace:
    return SimpleNamespace(
        id=f"sample-{place}",
        name=NAMES[place],
        tagline="Long threads with numbers in them." if place % 2 else "For who explains why the chart did that.",
        icon=ICONS[place],
        color=Colour.values[place],
        url="#main",
        is_active=state != "paused",
        multiplies=MULTIPLIES[: place % 3 + 1] if place != 4 else (),
        state=state,
        progress=progress(ANALYST, 1_240) if state in {"primary", "paused"} else None,
        again_at=now + timedelta(days=12) if state in {"primary", "cooldown", "token"} else None,
        forecast=None,
    )


def _change(to: SimpleNamespace, left: SimpleNamespace, now: datetime, *, tokens: int = 0) -> SimpleNamespace:
    return SimpleNamespace(to=to, left=left, tokens=tokens, waits=True, again_at=now + timedelta(days=30))


def _had(card: SimpleNamespace, xp: int) -> SimpleNamespace:
    facts = {"progress": progress(ANALYST, xp), "multiplies": card.multiplies}
    return SimpleNamespace(path=card, url="#main", **facts)
