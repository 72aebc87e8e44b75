"""manage.py usdt_read_from CHAIN BLOCK"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.models import UsdtChain
from payments.providers.usdt.chains import all_chains
from payments.providers.usdt.reading import read_from


class Command(BaseCommand):
    """Read a chain again from a block, after a provider had invented blocks or the chain became another one."""

    help = "Read a chain again from a block on: where no provider knows the newest block that was read (U12)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which chain, and from where."""
        parser.add_argument("chain", type=int, help="its chain id")
        parser.add_argument("block", type=int, help="the first block to read again, one that an explorer shows too")

    def handle(self, *args: Any, chain: int, block: int, **options: Any) -> None:
        """Say what the worker will do."""
        ours = next((one for one in all_chains() if one.chain_id == chain), None)
        read = UsdtChain.objects.filter(pk=chain).values_list("cursor_number", flat=True).first()
        if ours is None or read is None:
            raise CommandError(f"No chain {chain} is read here.")
        if not 0 < block <= read:
            raise CommandError(f"{ours.name} was read up to block {read}: name one up to there.")
        read_from(ours, block)
        self.stdout.write(f"The worker reads {ours.name} again from block {block}. It had been read up to {read}.")
