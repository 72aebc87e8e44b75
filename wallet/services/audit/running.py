"""One run of the audit: all checks in one snapshot, a report that stays, and what follows from it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from degentalk.core.clock import database_time
from wallet.models import DgtAudit
from wallet.services.audit import chain, consequences, heads, ledger
from wallet.services.audit.checks import Check, Findings, Walk, registered
from wallet.services.audit.consequences import Frozen
from wallet.services.audit.heads import Head

# It may take its time. Between two statements Python may add up a big block.
SNAPSHOT = (
    "set transaction isolation level repeatable read, read only",
    "set local statement_timeout = '30min'",
    "set local idle_in_transaction_session_timeout = '30min'",
)
OF_THE_LEDGER: dict[str, Check] = {
    "journals": ledger.JOURNALS,
    "entries": ledger.ENTRIES,
    "supply": ledger.SUPPLY,
    "wallets": ledger.WALLETS,
    "sealing": ledger.UNSEALED,
    "seals": Walk(chain.verify),
}


def run(*, head: str | None = None, freezes: bool | None = None) -> DgtAudit:
    """Ask all checks, keep the report, and where something is wrong freeze the wallets it is about and tell staff.

    `head` is the hash of a seal or a file of seals that was kept elsewhere: all of it must be in the chain. Without
    one, SEAL_LOG is compared. `freezes` overrides AUDIT_FREEZES_WALLETS. Raises HeadUnreadable.
    """
    if connection.in_atomic_block:
        raise RuntimeError("run() opens transactions of its own; call it outside of atomic().")
    checks = OF_THE_LEDGER | registered
    if kept := _head(head):
        checks["head"] = Walk(kept.compare)
    started_at, found, figures = _examine(checks)
    if freezes is None:
        freezes = settings.AUDIT_FREEZES_WALLETS
    frozen = consequences.freeze(checks, found) if freezes else Frozen()
    return _keep(started_at, _report(found, figures, frozen))


def _head(given: str | None) -> Head | None:
    """Opened before the snapshot begins."""
    if given is not None:
        return heads.given(given)
    return heads.of_log(settings.SEAL_LOG) if settings.SEAL_LOG else None


def _examine(checks: dict[str, Check]) -> tuple[datetime, dict[str, Findings], dict[str, Any]]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in SNAPSHOT:
                cursor.execute(statement)
        return database_time(), {name: check.find() for name, check in checks.items()}, ledger.figures()


def _report(found: dict[str, Findings], figures: dict[str, Any], frozen: Frozen) -> dict[str, Any]:
    blocks = [findings.first_block for findings in found.values() if findings.first_block]
    return {
        "findings": sum(findings.total for findings in found.values()),
        "first_bad_block": min(blocks, default=None),
        "frozen": frozen.done,
        "not_frozen": frozen.failed,
        "checks": [
            {"name": name, "findings": findings.total, "named": [asdict(finding) for finding in findings.named]}
            for name, findings in found.items()
        ],
        **figures,
    }


@transaction.atomic
def _keep(started_at: datetime, report: dict[str, Any]) -> DgtAudit:
    audit = DgtAudit.objects.create(
        started_at=started_at, finished_at=database_time(), is_clean=report["findings"] == 0, report=report
    )
    if not audit.is_clean:
        consequences.tell(audit)
    return audit
