"""`manage.py new_seal_key`: a key to sign seals with."""

import secrets

from django.core.management.base import BaseCommand

from degentalk.core.environment import KEY_BYTES
from wallet import signing


class Command(BaseCommand):
    help = "Makes a key for SEAL_KEY and shows it with its public part. It is kept nowhere."
    requires_system_checks = []

    def handle(self, **options) -> None:
        seed = secrets.token_bytes(KEY_BYTES)
        self.stdout.write(f"SEAL_KEY={seed.hex()}")
        self.stdout.write(f"public part: {signing.public_part(seed)}")
