"""What the ledger refuses, in the member's words."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import Error
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from degentalk.approvals.errors import ApprovalNeeded
from degentalk.core.errors import KeyReused, MemberError, Refused
from degentalk.core.switches import SwitchedOff


class NotEnoughDGT(Refused):
    """The movement would overdraw a wallet."""

    code = "not-enough-dgt"


class BadAmount(Refused):
    """Not a whole number from 1 to 1,000,000,000,000."""

    code = "bad-amount"


class NoSuchAccount(Refused):
    """The other side cannot receive: oneself, missing, suspended, or not an account at all."""

    code = "no-such-account"


class AlreadyReversed(Refused):
    """A journal is reversed at most once, and a hold is released instead."""

    code = "already-reversed"


class NotSoMuchHeld(Refused):
    """A hold has less left than was to be released or captured."""

    code = "not-so-much-held"


class WalletFrozen(Refused):
    """A wallet stands still: the audit or staff stopped it."""

    code = "wallet-frozen"


class NotForYou(Refused):
    """Staff decide nothing about their own DGT, nor may others decide at all."""

    code = "not-for-you"


class TransferRefused(Refused):
    """The policy of transfers and tips says no. Children name the rule."""


class TooLittle(TransferRefused):
    code = "too-little"


class TooMuch(TransferRefused):
    code = "too-much"


class DailyLimit(TransferRefused):
    code = "daily-limit"


class TooNew(TransferRefused):
    code = "too-new"


class Unverified(TransferRefused):
    code = "unverified"


class PaymentDisputed(TransferRefused):
    """Nothing is sent while a payment of the sender's may be taken back."""

    code = "payment-disputed"


class CannotReceive(TransferRefused):
    """The receiver may not get DGT now. Why is nobody's business but theirs."""

    code = "cannot-receive"


class Locked(TransferRefused):
    """DGT that was bought lately is not transferable yet."""

    code = "locked"


class FeeChanged(TransferRefused):
    """The fee is not the one that the sender agreed to."""

    code = "fee-changed"


@contextmanager
def in_words(*, you: int | None = None) -> Iterator[None]:
    """Turn what the doors raise into errors of this module; everything else passes.

    `you` is the member who is told, by id; whatever concerns others is said of “the member”.
    """
    try:
        yield
    except Error as error:
        raise _translated(error, you) from error


def _translated(error: Error, you: int | None) -> Exception:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    diagnosis = getattr(cause, "diag", None)
    said = str(getattr(diagnosis, "message_primary", ""))
    facts = json.loads(getattr(diagnosis, "message_detail", None) or "{}") if (state or "").startswith("DG") else {}
    match state:
        case "DG001":
            return _not_enough(facts, is_you=facts["user"] == you)
        case "DG002":
            return BadAmount(said)
        case "DG003":
            return KeyReused()
        case "DG004":
            return NoSuchAccount(said)
        case "DG005":
            return AlreadyReversed(said)
        case "DG006":
            return REFUSALS[facts["rule"]](facts)
        case "DG007":
            return _frozen(facts["user"], you)
        case "DG008":
            most = _whole(facts["most"])
            return ApprovalNeeded(_("Above %(most)s DGT a second staff member must agree.") % {"most": most})
        case "DG009":
            return NotForYou(said)
        case "DG010":
            return NotSoMuchHeld(_("Only %(left)s DGT are still held.") % {"left": _whole(facts["left"])})
        case "23505" if getattr(diagnosis, "constraint_name", "") == "dgt_journal_reverses_id_key":
            return AlreadyReversed(_("This movement has been reversed already."))
        case _:
            return error


def _not_enough(facts: dict[str, Any], *, is_you: bool) -> NotEnoughDGT:
    if facts["debt"] and is_you:
        return owing(facts["debt"])
    figures = {name: _whole(facts[name]) for name in ("balance", "wanted")}
    figures["short"] = _whole(facts["wanted"] - facts["balance"])
    if is_you:
        sentence = _("You have %(balance)s DGT; this needs %(wanted)s: %(short)s DGT short.")
    else:
        sentence = _("The member has %(balance)s DGT; this needs %(wanted)s.")
    return NotEnoughDGT(sentence % figures)


def _frozen(user_id: int, you: int | None) -> MemberError:
    if user_id == you:
        return frozen()
    if you is not None:
        return _cannot_receive()
    return WalletFrozen(_("That wallet is frozen and can neither send nor receive DGT."))


def _cannot_receive() -> MemberError:
    return CannotReceive(_("That member cannot receive DGT at the moment."))


def _too_new(facts: dict[str, Any]) -> MemberError:
    if facts["who"] == "receiver":
        return _cannot_receive()
    return too_new(datetime.fromisoformat(facts["from"]))


def _unverified(facts: dict[str, Any]) -> MemberError:
    if facts["who"] == "receiver":
        return _cannot_receive()
    return unverified()


# ── Said of members themselves, also before they try ────────────────────────────────────────────────────────────────


def too_new(opens_at: datetime) -> TooNew:
    """The moment is told in the member's time zone."""
    moment = date_format(timezone.localtime(opens_at), "j M Y, H:i T")
    return TooNew(_("Your account is too new to send DGT. You can from %(moment)s on.") % {"moment": moment})


def unverified() -> Unverified:
    """No e-mail address of the account is confirmed."""
    return Unverified(_("Confirm your e-mail address first; then you can send DGT."))


def disputed() -> PaymentDisputed:
    """What the member paid with a card may be taken back."""
    return PaymentDisputed(
        _("A card payment of yours is disputed: until that is decided you can neither send DGT nor give gifts.")
    )


def frozen() -> WalletFrozen:
    """The member's own wallet."""
    return WalletFrozen(_("Your wallet is frozen while staff look into it. Nothing can move until then."))


def owing(debt_dgt: int) -> NotEnoughDGT:
    """A debt leaves no balance."""
    sentence = _("You owe %(debt)s DGT, which the next DGT you get repays. Until then you can spend none.")
    return NotEnoughDGT(sentence % {"debt": _whole(debt_dgt)})


# ── By the rule ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _said(kind: type[MemberError], sentence: Callable[[], str]) -> Callable[[dict[str, Any]], MemberError]:
    """A refusal whose sentence shows figures of the door's."""
    return lambda facts: kind(
        sentence() % {name: _whole(figure) for name, figure in facts.items() if type(figure) is int}
    )


REFUSALS: dict[str, Callable[[dict[str, Any]], MemberError]] = {
    "oneself": _said(NoSuchAccount, lambda: _("You cannot send DGT to yourself.")),
    "suspended": _said(NoSuchAccount, lambda: _("That account is suspended and cannot send or receive DGT.")),
    "switched-off": lambda facts: SwitchedOff(facts["switch"]),
    "too-little": _said(TooLittle, lambda: _("Send at least %(least)s DGT.")),
    "too-much": _said(TooMuch, lambda: _("Send at most %(most)s DGT at once.")),
    "daily-limit": _said(
        DailyLimit, lambda: _("You can send %(most)s DGT in a day (UTC), and %(left)s of it are left today.")
    ),
    "locked": _said(
        Locked,
        lambda: _(
            "Of your balance %(transferable)s DGT can be sent now; the rest was bought lately. This needs %(wanted)s."
        ),
    ),
    "fee-changed": _said(
        FeeChanged, lambda: _("The fee is %(fee)s DGT now. Nothing was sent: look again and confirm.")
    ),
    "too-new": _too_new,
    "unverified": _unverified,
    "disputed": lambda _facts: disputed(),
}
"""By the rule's name, as the door `dgt_transfer` says it."""


def _whole(figure: int) -> str:
    return f"{figure:,}"
