"""`manage.py ledger_audit`: does everything that the ledger says agree with its entries, and they with the seals?"""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.models import DgtAudit
from wallet.services import audit as audits
from wallet.services.audit import findings_of

FINDINGS, COULD_NOT_RUN = 1, 2


class Command(BaseCommand):
    help = (
        "Recomputes sums, balances, lifetime figures, rewards, stored bytes and the chain of seals in one snapshot."
        " The report is kept; with findings, wallets are frozen and staff are told. Ends with 0 if nothing is wrong,"
        " with 1 if something is, with 2 if it could not run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", help="the hash of a seal, a seals.json or a SEAL_LOG that was kept elsewhere (default: SEAL_LOG)"
        )
        parser.add_argument("--json", action="store_true", help="the report as one JSON document")
        parser.add_argument(
            "--freeze", action="store_true", default=None, help="freeze wallets (AUDIT_FREEZES_WALLETS)"
        )
        parser.add_argument("--no-freeze", action="store_false", dest="freeze", help="freeze nothing")

    def handle(self, *, head: str | None, json: bool, freeze: bool | None, **options) -> None:
        try:
            audit = audits.run(head=head, freezes=freeze)
        except Exception as error:  # whatever it was: nobody may take this for a clean ledger, nor for findings
            raise CommandError(f"The audit could not run: {error}".strip(), returncode=COULD_NOT_RUN) from error
        self.stdout.write(_document(audit) if json else _in_words(audit))
        if not audit.is_clean:
            raise SystemExit(FINDINGS)


def _document(audit: DgtAudit) -> str:
    moments = {"audit": audit.pk, "started_at": audit.started_at, "finished_at": audit.finished_at}
    return json.dumps(moments | audit.report, indent=2, default=str)


def _in_words(audit: DgtAudit) -> str:
    """Findings, a line for each check, and how much was looked at."""
    report = audit.report
    lines = findings_of(audit)
    lines += [f"{check['name']}: {check['findings']} findings" for check in report["checks"]]
    if report["frozen"]:
        lines.append(f"frozen: the wallets of members {', '.join(map(str, report['frozen']))}")
    if report["not_frozen"]:
        lines.append(f"NOT frozen, look at them now: members {', '.join(map(str, report['not_frozen']))}")
    if report["first_bad_block"]:
        lines.append(f"first bad block: {report['first_bad_block']}")
    examined = ", ".join(f"{count:,} {what}" for what, count in report["examined"].items())
    lines.append(f"{report['findings']} findings in {examined}.")
    return "\n".join(lines)
