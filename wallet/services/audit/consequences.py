"""What follows from findings: wallets stand still, and staff hear of it in every way there is."""

import logging
from dataclasses import dataclass, field

from django.db import Error, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts import mail
from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from wallet.models import DgtAudit
from wallet.services import staff
from wallet.services.audit.checks import Check, Findings

logger = logging.getLogger(__name__)

PATIENCE = "set local statement_timeout = '30min'"
"""A member with very many entries takes longer than a page may."""

SAID_MAX = 10
"""So many findings are named in the log of the site and in mail; the report names more."""


@dataclass
class Frozen:
    """Members, ascending."""

    done: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    """Something is wrong with their wallets, and they move on: somebody must look."""


def freeze(checks: dict[str, Check], found: dict[str, Findings]) -> Frozen:
    """Stop the wallets that something was found about, if it still is under their lock."""
    frozen = Frozen()
    for member in sorted(set().union(*(findings.members for findings in found.values()))):
        named_by = [checks[name] for name, findings in found.items() if member in findings.members]
        try:
            if _freeze_one(member, named_by):
                frozen.done.append(member)
        except Error:
            logger.exception("ledger_audit: the wallet of member %s could not be frozen", member)
            frozen.failed.append(member)
    return frozen


@transaction.atomic
def _freeze_one(member: int, named_by: list[Check]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    is_new = staff.freeze(user=User(pk=member), reason=_("The audit: see its report."), actor=None)
    if is_new and any(check.concerns(member) for check in named_by):
        return True
    transaction.set_rollback(True)
    return False


def tell(audit: DgtAudit) -> None:
    """Into the log of the site, and to every member of staff who may see audits: a notification and a mail.

    In the caller's transaction.
    """
    said = findings_of(audit)[:SAID_MAX]
    count = audit.report["findings"]
    logger.error("ledger_audit: %d findings. %s", count, "; ".join(said))
    text = ngettext(
        "The audit of the ledger found something that cannot be right.",
        "The audit of the ledger found %(count)s things that cannot be right.",
        count,
    ) % {"count": f"{count:,}"}
    url = reverse("admin:wallet_dgtaudit_change", args=[audit.pk])
    for person in _audience():
        accounts.notify(user=person, kind="security", text=text, url=url, key=f"dgt_audit:{audit.pk}")
        context = {"username": person.username, "text": text, "said": said, "more": count - len(said)}
        mail.send(
            to=person.email, template="wallet/mail/audit", context=context, key=f"dgt_audit:{audit.pk}:{person.pk}"
        )


def findings_of(audit: DgtAudit) -> list[str]:
    """All findings that a report names, as sentences."""
    return [_sentence(finding) for check in audit.report["checks"] for finding in check["named"]]


def _sentence(finding: dict[str, object]) -> str:
    block = f" (block {finding['block']})" if finding["block"] else ""
    return f"{finding['subject']}{block}: {finding['detail']}"


def _audience() -> QuerySet[User]:
    people: QuerySet[User] = User.objects.with_perm(
        "wallet.view_dgtaudit", backend="django.contrib.auth.backends.ModelBackend"
    )
    return people.filter(is_staff=True)
