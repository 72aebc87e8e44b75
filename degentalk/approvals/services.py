"""Asking a second member of staff, and what they decide. What is approved is done in the same transaction."""

import json
from datetime import timedelta
from typing import Any, Never

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts import rules as texts
from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.approvals.errors import AlreadyDecided, MayNotDecide
from degentalk.approvals.models import Approval
from degentalk.approvals.registry import Kind, kinds
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import KeyReused, Refused

PENDING_FOR = timedelta(days=7)
"""What nobody decided in this time expires: whoever still wants it asks again."""

PERMISSIONS = "django.contrib.auth.backends.ModelBackend"

# One statement: of two that ask with one key the second waits, and finds the first one's row.
INSERT = """
INSERT INTO approvals (
    kind, about_id, request, summary, reason, key, asked_by_id, created_at, state, decision_reason, result
) VALUES (%s, %s, %s::jsonb, %s, %s, %s, %s, clock(), 'pending', '', '')
ON CONFLICT (key) DO NOTHING
"""

State = Approval.State


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask(
    *, kind: str, actor: User, about: User | None, request: dict[str, Any], summary: str, reason: str, key: str
) -> Approval:
    """Ask for something that takes two people, once per key; everybody who can decide it is told.

    `request` is everything that decides what will be done, as JSON without floats; `summary` says it in a sentence.
    Raises Refused without a reason, MayNotDecide for who lacks the permission or is the member concerned, and KeyReused
    for a key that asked for something else.
    """
    registered, reason, exact = kinds[kind], _reason(reason), _exact(request)
    _refuse_without_permission(registered, actor)
    if about is not None and about.person_id == actor.person_id:
        raise MayNotDecide(_("This is about yourself: somebody else must ask for it."))
    about_id = about.pk if about else None
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [kind, about_id, json.dumps(exact), str(summary), reason, key, actor.pk])
        is_new = bool(cursor.rowcount)
    row = Approval.objects.select_related("about", "asked_by").get(key=key)
    if (row.kind, row.about_id, row.request, row.reason, row.asked_by_id) != (kind, about_id, exact, reason, actor.pk):
        raise KeyReused
    if is_new:
        _log(actor, row, ADDITION, _("Asked for. Reason: %(reason)s") % {"reason": reason})
        _tell_deciders(row, registered)
    return row


def _exact(request: dict[str, Any]) -> Any:
    """The request as the database gives it back. Raises ValueError for a float, which is never quite what it says."""
    return json.loads(json.dumps(request, allow_nan=False), parse_float=_refuse_float)


def _refuse_float(text: str) -> Never:
    raise ValueError(f"What is asked for is exact: {text} is not.")


def _tell_deciders(row: Approval, kind: Kind) -> None:
    text = _("%(name)s asks for a second person: %(summary)s") % {
        "name": row.asked_by.username, "summary": row.summary,
    }  # fmt: skip
    for decider in _deciders(row, kind):
        accounts.notify(user=decider, kind="approval", text=text, url=_url(row), key=f"approval:{row.pk}")


def _deciders(row: Approval, kind: Kind) -> QuerySet[User]:
    """Active staff with the permission, except the persons that it is between."""
    involved = {row.asked_by.person_id, row.about.person_id if row.about else None}
    may = User.objects.with_perm(kind.permission, backend=PERMISSIONS).filter(is_staff=True)
    return may.alias(person=Coalesce("same_person_as", "pk")).exclude(person__in=involved - {None}).order_by("pk")


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def approve(*, approval: Approval, actor: User) -> Approval:
    """Agree, as the second person, and do it: once, whoever presses how often. Both or neither is committed.

    Raises MayNotDecide, AlreadyDecided, and what the verb refuses: then it goes on waiting.
    """
    row, decider = _locked(approval, actor)
    if not _is_open(row, State.APPROVED, decider):
        return row
    _refuse_decider(row, decider)
    if row.about is not None and row.about.person_id == row.asked_by.person_id:
        raise MayNotDecide(_("Whoever asked for it is the member concerned by now: it can only be rejected."))
    result = kinds[row.kind].execute(row, decider)
    return _decided(row, State.APPROVED, by=decider, result=result)


@transaction.atomic
def reject(*, approval: Approval, actor: User, reason: str) -> Approval:
    """Say no, as the second person, and why. Raises MayNotDecide, AlreadyDecided, and Refused without a reason."""
    reason = _reason(reason)
    row, decider = _locked(approval, actor)
    if not _is_open(row, State.REJECTED, decider):
        return row
    _refuse_decider(row, decider)
    return _decided(row, State.REJECTED, by=decider, reason=reason)


@transaction.atomic
def withdraw(*, approval: Approval, actor: User) -> Approval:
    """Take back what one asked for. Raises MayNotDecide for anybody else, and AlreadyDecided."""
    row, asker = _locked(approval, actor)
    if not _is_open(row, State.WITHDRAWN, asker):
        return row
    if row.asked_by_id != asker.pk:
        raise MayNotDecide(_("Only %(name)s can withdraw this.") % {"name": row.asked_by.username})
    return _decided(row, State.WITHDRAWN, by=asker)


@transaction.atomic
def expire_old() -> int:
    """Close what has waited too long; who asked is told. How many there were."""
    old = Approval.objects.pending().filter(created_at__lt=Clock() - PENDING_FOR).select_related("asked_by")
    rows = list(old.order_by("pk").select_for_update(no_key=True, skip_locked=True, of=("self",)))
    for row in rows:
        _decided(row, State.EXPIRED, by=None)
    return len(rows)


def why_not(row: Approval, user: User) -> str | None:
    """Why somebody may not decide about this, in a sentence; None if they may."""
    kind = kinds.get(row.kind)
    if kind is None:
        return _("The site does not know any more how to do this.")
    if not _may(kind, user):
        return _("This takes a member of staff with the permission “%(name)s”.") % {"name": kind.permission}
    if row.asked_by.person_id == user.person_id:
        return _("You asked for this: it takes somebody else.")
    if row.about is not None and row.about.person_id == user.person_id:
        return _("This is about yourself: it takes somebody else.")
    return None


def _locked(approval: Approval, actor: User) -> tuple[Approval, User]:
    """The row, locked, with everybody in it as they are now; and who decides.

    The people are not locked: what is done may lock other things before them, by the one order of locks.
    """
    row = Approval.objects.select_for_update(no_key=True).get(pk=approval.pk)
    people = User.objects.in_bulk([row.asked_by_id, row.about_id or actor.pk, actor.pk])
    row.asked_by = people[row.asked_by_id]
    row.about = people[row.about_id] if row.about_id else None
    return row, people[actor.pk]


def _is_open(row: Approval, wanted: Approval.State, actor: User) -> bool:
    """Whether it still waits. False if the same person decided the same before; raises AlreadyDecided otherwise."""
    if row.is_pending:
        return True
    if (row.state, row.decided_by_id) == (wanted, actor.pk):
        return False
    raise AlreadyDecided(_("This does not wait any more: %(state)s.") % {"state": row.get_state_display()})


def _refuse_decider(row: Approval, decider: User) -> None:
    if sentence := why_not(row, decider):
        raise MayNotDecide(sentence)


def _refuse_without_permission(kind: Kind, actor: User) -> None:
    if not _may(kind, actor):
        raise MayNotDecide(
            _("This takes a member of staff with the permission “%(name)s”.") % {"name": kind.permission}
        )


def _may(kind: Kind, user: User) -> bool:
    return user.is_staff and user.has_perm(kind.permission)  # of who is suspended every permission is false


def _reason(text: str) -> str:
    reason = texts.clean_text(text)
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    return reason


# ── what is written and told ────────────────────────────────────────────────────────────────────────────────────────


def _decided(row: Approval, state: Approval.State, *, by: User | None, reason: str = "", result: str = "") -> Approval:
    row.state, row.decided_by, row.decided_at = state, by, database_time()
    row.decision_reason, row.result = reason, result
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "result"])
    if by is not None:
        words = {State.REJECTED: _("Rejected. Reason: %(reason)s"), State.WITHDRAWN: _("Withdrawn.")}
        _log(by, row, CHANGE, words.get(state, _("Approved. %(result)s")) % {"reason": reason, "result": result})
    if by != row.asked_by:
        _tell_asker(row)
    return row


def _tell_asker(row: Approval) -> None:
    words = {
        State.APPROVED: _("%(name)s approved: %(summary)s"),
        State.REJECTED: _("%(name)s rejected: %(summary)s Reason: %(reason)s"),
        State.EXPIRED: _("Nobody decided within %(days)d days: %(summary)s"),
    }
    text = words[State(row.state)] % {
        "name": row.decided_by.username if row.decided_by else "",
        "summary": row.summary,
        "reason": row.decision_reason,
        "days": PENDING_FOR.days,
    }
    accounts.notify(user=row.asked_by, kind="approval", text=text, url=_url(row), key=f"approval_decided:{row.pk}")


def _log(actor: User, row: Approval, flag: int, text: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [row], flag, text, single_object=True)


def _url(row: Approval) -> str:
    return reverse("admin:approvals_approval_change", args=[row.pk])
