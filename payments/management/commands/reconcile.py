"""manage.py reconcile --provider stripe [--report] [--days N]"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from degentalk.core.errors import MemberError
from payments import providers
from payments import services as payments
from payments.services.reconciling import SWEEP


class Command(BaseCommand):
    """Compare a provider's payments with ours and mend what was missed."""

    help = "Compare a provider's payments with ours, mend what was missed, and print every difference (S22, S27)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which provider, how far back, and whether only to read our own books."""
        parser.add_argument("--provider", choices=providers.NAMES, required=True)
        parser.add_argument("--days", type=int, default=SWEEP.days, help="how far back to look (default: %(default)s)")
        parser.add_argument(
            "--report", action="store_true", help="say also that there is none, and end with 1 if there is"
        )

    def handle(self, *args: Any, provider: str, days: int, report: bool, **options: Any) -> None:
        """Print one line for each difference. Nothing on a clean day."""
        try:
            found = payments.sweep(provider, days=days)
        except MemberError as error:
            raise CommandError(f"{provider} could not be compared: {error}") from error
        for difference in found:
            self.stdout.write(f"{difference.order.public_id if difference.order else '-'}\t{difference.what}")
        if report:
            self.stderr.write(f"{len(found)} differences with {provider} in {days} days")
            if found:
                raise CommandError("There were differences.", returncode=1)
