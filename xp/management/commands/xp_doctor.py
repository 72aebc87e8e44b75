"""`manage.py xp_doctor`: does everything agree with the XP log?"""

import json

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError

from degentalk.accounts.models import User
from xp.services import doctor
from xp.services.doctor import Drift, Examined


class Command(BaseCommand):
    help = (
        "Rebuilds totals, levels, running periods and streaks from the log, checks reversals and the log itself, and"
        " reports what disagrees. Ends with 1 if anything does (with --repair: if anything is left), else with 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what can be, with a row in the log")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of sentences")

    def handle(self, *, repair: bool, json: bool, **options) -> None:
        found: list[Drift] = []
        examined = doctor.examine(found.append if json else self.say(found))
        repaired = self.repair(found, silent=json) if repair else {}
        if repair and found:
            examined = doctor.examine(lambda _drift: None)
        if json:
            self.write_json(examined, found, repaired)
        else:
            self.stdout.write(self.summary(examined))
        if examined.drift:
            raise SystemExit(1)

    def say(self, found: list[Drift]):
        """Report each thing at once, and remember it."""

        def report(drift: Drift) -> None:
            found.append(drift)
            self.stdout.write(str(drift))

        return report

    def repair(self, found: list[Drift], *, silent: bool) -> dict[str, str | None]:
        """What was put right, in words, by member."""
        repaired: dict[str, str | None] = {}
        for user_id, username in {drift.user_id: drift.username for drift in found}.items():
            try:
                words = doctor.repair(user=User(pk=user_id))
            except OperationalError as error:
                words = f"waited too long for the member, run it again: {error}".strip()
            repaired[username] = words
            if not silent:
                self.stdout.write(f"{username}: {words or 'nothing was put right; see docs/operations.md'}")
        return repaired

    def summary(self, examined: Examined) -> str:
        """The last line."""
        return f"{examined.drift} drift in {examined.members} members and {examined.log_rows} rows of the log."

    def write_json(self, examined: Examined, found: list[Drift], repaired: dict[str, str | None]) -> None:
        """Everything for a program."""
        document = {
            "drift": examined.drift,
            "members": examined.members,
            "log_rows": examined.log_rows,
            "found": [drift.as_json() for drift in found],
            "repaired": repaired,
        }
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
