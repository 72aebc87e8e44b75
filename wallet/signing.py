"""What a seal says, byte for byte, and who signed it: canonical JSON, SHA-256, Ed25519 (RFC 8032)."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from wallet.models import DgtSeal

VERSION: Final = 1
NO_PREVIOUS: Final = "0" * 64
"""What stands for the hash of the seal before the first."""


def document(seal: DgtSeal) -> dict[str, int | str]:
    """What is hashed and signed. A new version number where anything of it changes."""
    return {
        "version": VERSION,
        "number": seal.number,
        "previous": seal.previous,
        "root": seal.root,
        "journals": seal.journals,
        "entries": seal.entries,
        "epoch": seal.epoch,
        "xid": seal.xid,
        "sealed_at": moment(seal.sealed_at),
    }


def published(seal: DgtSeal) -> dict[str, Any]:
    """A seal as everybody may have it: in the public list, in SEAL_LOG and in receipts."""
    return {
        "seal": document(seal),
        "hash": seal.hash,
        "public_key": seal.public_key,
        "signature": seal.signature,
    }


def moment(at: datetime) -> str:
    """In UTC, always with microseconds: 2026-11-22T12:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write JSON down: sorted keys, no spaces, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON, hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def sign(content: dict[str, Any]) -> str:
    """The signature with SEAL_KEY over the canonical JSON, hex."""
    return _key().sign(canonical(content)).hex()


def is_signed(content: dict[str, Any], *, signature: str, public_key: str) -> bool:
    """Whether the holder of that key signed it; whether the key is to be trusted is another question."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), canonical(content)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> str:
    """The public part of SEAL_KEY, hex."""
    return public_part(settings.SEAL_KEY)


def public_part(seed: bytes) -> str:
    """The public key of a seed of 32 bytes, hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def trusted_keys() -> list[str]:
    """Public keys whose seals are the site's: the one in use first, then earlier ones."""
    return [public_key(), *(key.hex() for key in settings.SEAL_OLD_PUBLIC_KEYS)]


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY)
