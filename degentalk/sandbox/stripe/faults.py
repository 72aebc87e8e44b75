"""What goes wrong on purpose: webhooks that come twice, late, in another order or never; an API that fails."""

import random
from collections import deque
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

ApiFailure = Literal["500", "429", "hang", "close"]
Moment = Literal["before", "after"]


@dataclass(frozen=True)
class ApiFault:
    """How one call to the API fails, and whether its work was done by then."""

    kind: ApiFailure
    moment: Moment = "before"
    seconds: float = 12.0  # how long it hangs: longer than the client waits


@dataclass
class WebhookFaults:
    """Chances from 0 to 1 for each delivery that was not asked for by name; `reorder` is one per round."""

    duplicate: float = 0.0
    drop: float = 0.0
    delay: float = 0.0
    delay_seconds: int = 600  # at most, of the sandbox's time
    reorder: float = 0.0

    def __post_init__(self) -> None:
        for chance in ("duplicate", "drop", "delay", "reorder"):
            if not 0 <= float(getattr(self, chance)) <= 1:
                raise ValueError(f"{chance} is a chance from 0 to 1")


class Faults:
    """The switches, and the dice that they are thrown with."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.webhooks = WebhookFaults()
        self._api: deque[ApiFault] = deque()

    def fail_next(self, kind: ApiFailure, *, times: int = 1, moment: Moment = "before", seconds: float = 12.0) -> None:
        """The next so many calls to the API fail like this, after those that were ordered before."""
        if kind not in get_args(ApiFailure) or moment not in get_args(Moment):
            raise ValueError(f"no such fault: {kind} {moment}")
        self._api.extend([ApiFault(kind, moment, float(seconds))] * times)

    def next_of_api(self) -> ApiFault | None:
        """The fault of this call, used up."""
        return self._api.popleft() if self._api else None

    def happens(self, chance: float) -> bool:
        """Throw the dice; certain things do not touch them."""
        return chance >= 1 or (chance > 0 and self.dice.random() < chance)

    def state(self) -> dict[str, Any]:
        """All switches as JSON."""
        return {"webhooks": asdict(self.webhooks), "api": [asdict(fault) for fault in self._api]}

    def set(self, state: dict[str, Any]) -> None:
        """Turn the named switches. Raises ValueError or TypeError for what is none; then nothing is turned."""
        known = {item.name for item in fields(WebhookFaults)}
        wanted = state.get("webhooks", {})
        if set(wanted) - known or set(state) - {"webhooks", "api"}:
            raise ValueError(f"the switches are: {', '.join(sorted(known))}, under webhooks; and a list under api")
        webhooks = WebhookFaults(**(asdict(self.webhooks) | wanted))
        if "api" in state:
            before, self._api = self._api, deque()
            try:
                for fault in state["api"]:
                    self.fail_next(**fault)
            except (TypeError, ValueError):
                self._api = before
                raise
        self.webhooks = webhooks

    def clear(self) -> None:
        """Everything works again."""
        self.webhooks = WebhookFaults()
        self._api.clear()
