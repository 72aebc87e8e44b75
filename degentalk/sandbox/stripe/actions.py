"""What tests and the dashboard can make happen on Stripe's side, in Python; control.py offers the same over HTTP.

Objects are named by their ids and come back as JSON documents, as they are then.
"""

from typing import Any

from degentalk.sandbox.stripe import books, checkout, disputes, refunds, webhooks
from degentalk.sandbox.stripe.disputes import Kind, Result
from degentalk.sandbox.stripe.errors import Missing
from degentalk.sandbox.stripe.events import emit
from degentalk.sandbox.stripe.faults import ApiFailure, Moment
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

PREFIXES = {"cs": "session", "pi": "payment_intent", "ch": "charge", "py": "charge", "re": "refund", "pyr": "refund"}
PREFIXES |= {"du": "dispute", "evt": "event", "txn": "balance_transaction"}
MAX_ROUNDS = 100


class Actions:
    """The verbs. Raises errors.ApiError for what cannot happen in the state that things are in."""

    def __init__(self, world: World) -> None:
        self.world = world

    def pay(self, session: str) -> Json:
        """The buyer pays with a card that works."""
        with self.world.change():
            return checkout.pay(self.world, session)

    def pay_later(self, session: str) -> Json:
        """The buyer pays by bank debit: complete and unpaid until `settle`."""
        with self.world.change():
            return checkout.pay_later(self.world, session)

    def settle(self, session: str, *, ok: bool = True) -> Json:
        """The money of a bank debit arrives, or not."""
        with self.world.change():
            return checkout.settle(self.world, session, ok=ok)

    def decline(self, session: str) -> Json:
        """The buyer tries a card that is declined; the session stays open."""
        with self.world.change():
            return checkout.decline(self.world, session)

    def expire(self, session: str) -> Json:
        """Close an open session unpaid."""
        with self.world.change():
            return checkout.expire(self.world, session)

    def refund(self, of: str, amount: int | None = None, *, status: str = "", reason: str | None = None) -> Json:
        """Give back so many cents, or all that is left, of a session, payment intent or charge."""
        with self.world.change():
            return refunds.refund(self.world, self._charge(of), amount, status=status, reason=reason)

    def succeed_refund(self, refund: str) -> Json:
        """A pending refund arrives."""
        with self.world.change():
            return refunds.succeed(self.world, refund)

    def fail_refund(self, refund: str, *, why: str = "expired_or_canceled_card") -> Json:
        """A refund fails, pending or long after it succeeded."""
        with self.world.change():
            return refunds.fail(self.world, refund, why=why)

    def cancel_refund(self, refund: str) -> Json:
        """Stop a pending refund."""
        with self.world.change():
            return refunds.cancel(self.world, refund)

    def dispute(
        self, of: str, *, reason: str = "fraudulent", kind: Kind = "dispute", amount: int | None = None
    ) -> Json:
        """A bank disputes the charge of a session, payment intent or charge; kind inquiry only asks first."""
        with self.world.change():
            return disputes.open_dispute(self.world, self._charge(of), reason=reason, kind=kind, amount=amount)

    def respond(self, dispute: str) -> Json:
        """Evidence was sent: under review."""
        with self.world.change():
            return disputes.respond(self.world, dispute)

    def escalate(self, dispute: str) -> Json:
        """An inquiry becomes a dispute that takes the money."""
        with self.world.change():
            return disputes.escalate(self.world, dispute)

    def close_dispute(self, dispute: str, result: Result) -> Json:
        """won, lost or prevented; of an inquiry warning_closed or prevented."""
        with self.world.change():
            return disputes.close(self.world, dispute, result)

    def reinstate(self, dispute: str) -> Json:
        """The money of a lost dispute comes back after all."""
        with self.world.change():
            return disputes.reinstate(self.world, dispute)

    def advance(self, seconds: int) -> int:
        """Move the sandbox's clock on; what is due by then expires. The new time."""
        with self.world.change():
            self.world.clock.advance(seconds)
            self.world.remember_settings()
            checkout.expire_due(self.world)
            return self.world.clock.now()

    def books(self) -> dict[str, dict[str, Any]]:
        """Stripe's side of the books for each client_reference_id: paid, refunded, withdrawn, lost, in cents."""
        with self.world.change():
            return books.snapshot(self.world)

    def get(self, identity: str) -> Json:
        """Any object."""
        with self.world.change():
            return self.world.get(PREFIXES.get(identity.split("_", 1)[0], "object"), identity)

    def alter(self, identity: str, **changes: Any) -> Json:
        """Make an object say something else, without an event: to see who trusts what."""
        with self.world.change():
            changed = self.get(identity) | changes
            self.world.store.put(PREFIXES[identity.split("_", 1)[0]], changed)
            return changed

    def announce(self, name: str, of: str | Json, **changes: Any) -> Json:
        """An event of any type about an object, or about a document of the caller's; with another `api_version`,
        `livemode=True`, an `account` or whatever else `changes` says."""
        with self.world.change():
            return emit(self.world, name, self.get(of) if isinstance(of, str) else of, **changes)

    def foreign_session(self, *, cents: int = 1000, reference: str | None = None) -> Json:
        """A paid session on the same account that somebody else made."""
        name = {"name": "Something from another shop"}
        price = {"currency": "usd", "unit_amount": cents, "product_data": name}
        wanted: Json = {"line_items": [{"quantity": 1, "price_data": price}], "success_url": "https://example.com/"}
        if reference is not None:
            wanted["client_reference_id"] = reference
        with self.world.change():
            return checkout.pay(self.world, checkout.create(self.world, wanted)["id"])

    def events(self, name: str = "") -> list[Json]:
        """All events, or those of one type, oldest first."""
        with self.world.change():
            return self.world.store.oldest("event", lambda event: name in ("", event["type"]))

    def pending(self) -> list[str]:
        """The ids of events whose webhooks are still to be sent, oldest first."""
        return webhooks.pending(self.world)

    def delivery(self, event: str) -> Json:
        """What became of the webhook of an event: its state and every try."""
        with self.world.change():
            return webhooks.delivery_of(self.world, event)

    def deliver(self, event: str, *, times: int = 1, signed_at: int | None = None) -> Json:
        """Send the webhook of an event now, so often, whatever was sent before and whatever the faults say."""
        if times < 1:
            raise ValueError("at least once")
        return [webhooks.send(self.world, event, signed_at=signed_at) for _ in range(times)][-1]

    def deliver_all(self) -> list[Json]:
        """Send all webhooks that are due, as the faults have it, until none is left."""
        sent: list[Json] = []
        for _ in range(MAX_ROUNDS):
            round_ = webhooks.send_due(self.world)
            if not round_:
                break
            sent += round_
        return sent

    def fail_next(self, kind: ApiFailure, *, times: int = 1, moment: Moment = "before", seconds: float = 12.0) -> None:
        """The next calls to the API answer 500 or 429, hang, or close the connection, before or after their work."""
        with self.world.change():
            self.world.faults.fail_next(kind, times=times, moment=moment, seconds=seconds)
            self.world.remember_settings()

    def set_webhook_faults(self, **chances: float) -> None:
        """Chances from 0 to 1: duplicate, drop, delay (with delay_seconds), reorder."""
        with self.world.change():
            self.world.faults.set({"webhooks": chances})
            self.world.remember_settings()

    def clear_faults(self) -> None:
        """Everything works again."""
        with self.world.change():
            self.world.faults.clear()
            self.world.remember_settings()

    def _charge(self, of: str) -> str:
        found = self.get(of)
        if found["object"] == "checkout.session":
            if not found["payment_intent"]:
                raise Missing("payment of this session", of, "of")
            found = self.get(found["payment_intent"])
        return str(found["latest_charge"] if found["object"] == "payment_intent" else found["id"])
