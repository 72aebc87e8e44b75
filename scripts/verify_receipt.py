#!/usr/bin/env python3
"""Does this receipt prove that an entry of the DGT ledger is under a signed seal?

    python verify_receipt.py receipt.json [--public-key HEX] [--seals seals.json]

Needs nothing of the site: Python 3.11 or newer, and the package `cryptography`. What is proved:

1. The readable fields are what the entry's canonical bytes say, and nothing else.
2. The Merkle path (RFC 6962) leads from these bytes to the root of the seal.
3. The hash is that of the seal, and the seal is signed by the public key (Ed25519, RFC 8032).

A receipt brings its key along; whose key it is, it cannot prove. Take the site's key from somewhere else and give it
with --public-key, or download /economy/seals.json yourself and give it with --seals: then the seal must also be the
one that everybody else is shown. Ends with 0 if everything holds, else with 1.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ModuleNotFoundError:
    sys.exit("The package “cryptography” is needed to check the signature: python -m pip install cryptography")

RECEIPT_FIELDS = {"version", "entry", "canonical", "index", "path", "seal"}
ENTRY_FIELDS = {"journal", "key", "kind", "line", "account", "amount", "balance_after", "at"}
SIGNED_FIELDS = {"seal", "hash", "public_key", "signature"}
SEAL_FIELDS = {"version", "number", "previous", "root", "journals", "entries", "epoch", "xid", "sealed_at"}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 reads better beside the import
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Wrong(Exception):
    """The receipt does not prove anything. The sentence says why."""


def verify(receipt: dict, public_key: str | None, published: dict | None) -> Iterator[str]:
    """What holds, sentence by sentence. Raises Wrong at the first thing that does not."""
    fields_are(receipt, RECEIPT_FIELDS, "the receipt")
    fields_are(receipt["entry"], ENTRY_FIELDS, "the entry")
    fields_are(receipt["seal"], SIGNED_FIELDS, "the signed seal")
    signed, seal = receipt["seal"], receipt["seal"]["seal"]
    fields_are(seal, SEAL_FIELDS, "the seal")
    if receipt["version"] != 1 or seal["version"] != 1:
        raise Wrong("This script knows receipts and seals of version 1 only.")

    if from_hex(receipt["canonical"], "the canonical bytes") != canonical_bytes(receipt["entry"]):
        raise Wrong("The readable fields are not what the canonical bytes say.")
    yield f"The entry moves {receipt['entry']['amount']} DGT, in journal {receipt['entry']['journal']}."

    if not leads_to_root(receipt, count=seal["entries"], root=from_hex(seal["root"], "the root", length=32)):
        raise Wrong("The Merkle path does not lead from the entry to the root of the seal.")
    yield f"It is entry {receipt['index'] + 1} of {seal['entries']} under seal {seal['number']}."

    if hashlib.sha256(canonical_json(seal)).hexdigest() != signed["hash"]:
        raise Wrong("The hash is not that of the seal.")
    if not is_signed(signed):
        raise Wrong("The seal is not signed by the public key beside it.")
    yield f"The seal of {seal['sealed_at']} is signed by the key {signed['public_key']}."

    if public_key is not None:
        if public_key.lower() != signed["public_key"]:
            raise Wrong("The seal is signed by another key than the one you gave.")
        yield "That is the key you gave."
    if published is not None:
        yield from is_published(signed, published)
    if public_key is None and published is None:
        yield "That key came with the receipt: compare it with the site's, or give --public-key or --seals."


def is_published(signed: dict, published: dict) -> Iterator[str]:
    """Whether the seal is in the list that everybody is shown, as far as this page of it reaches."""
    if signed["public_key"] not in published["public_keys"]:
        raise Wrong("The seal is signed by a key that is not in the published list.")
    yield "That key is in the published list."
    shown = {seal["seal"]["number"]: seal for seal in [published["newest"], *published["earlier"]] if seal}
    number = signed["seal"]["number"]
    if number > max(shown, default=0):
        raise Wrong(f"The published list ends before seal {number}: it is older than the receipt, or was cut.")
    if number in shown and shown[number] != signed:
        raise Wrong(f"The published seal {number} is another one.")
    if number in shown:
        yield f"The published seal {number} is the same."
    else:
        yield f"This page of the list does not reach back to seal {number}; an older page shows it."


def canonical_bytes(entry: dict) -> bytes:
    """Version byte 1, then each field as UTF-8 with its length in front (4 bytes, big-endian)."""
    names = [entry[name] for name in ("journal", "key", "kind")]
    numbers = [entry[name] for name in ("line", "account", "amount")]
    balance = [] if entry["balance_after"] is None else [entry["balance_after"]]  # system accounts store none
    if {type(name) for name in names} != {str} or {type(number) for number in numbers + balance} != {int}:
        raise Wrong("The readable fields are of another kind than they should be.")
    fields = [*names, *numbers, *(balance or [""]), microseconds(entry["at"])]
    texts = [str(field).encode() for field in fields]
    return b"\x01" + b"".join(len(text).to_bytes(4, "big") + text for text in texts)


def microseconds(at: str) -> int:
    """Since 1970, of a moment like 2026-11-22T12:00:00.000000Z."""
    if not MOMENT.fullmatch(at):
        raise Wrong("The moment is not written as it should be.")
    return (datetime.fromisoformat(at.removesuffix("Z") + "+00:00") - EPOCH) // timedelta(microseconds=1)


def canonical_json(seal: dict) -> bytes:
    """What is hashed and signed: sorted keys, no spaces, ASCII."""
    return json.dumps(seal, sort_keys=True, separators=(",", ":")).encode()


def leads_to_root(receipt: dict, *, count: int, root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: from leaf `index` of `count` up to the root."""
    at, last = receipt["index"], count - 1
    if type(at) is not int or type(last) is not int or not 0 <= at <= last:
        return False
    reached = hashlib.sha256(b"\x00" + bytes.fromhex(receipt["canonical"])).digest()
    for text in receipt["path"]:
        beside = from_hex(text, "a hash of the path", length=32)
        if last == 0:
            return False
        if at % 2 or at == last:
            reached = node(beside, reached)
            while at and at % 2 == 0:
                at, last = at >> 1, last >> 1
        else:
            reached = node(reached, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two halves of a tree."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_signed(signed: dict) -> bool:
    """Whether the holder of the public key signed the seal."""
    key = from_hex(signed["public_key"], "the public key", length=32)
    signature = from_hex(signed["signature"], "the signature", length=64)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical_json(signed["seal"]))
    except (InvalidSignature, ValueError):
        return False
    return True


def fields_are(content: object, fields: set, what: str) -> None:
    """Exactly these, so that nothing stands in a receipt that is not proved."""
    if not isinstance(content, dict) or set(content) != fields:
        raise Wrong(f"{what[0].upper()}{what[1:]} has other fields than {', '.join(sorted(fields))}.")


def from_hex(text: str, what: str, *, length: int | None = None) -> bytes:
    """Bytes of lower-case hex, the one way that the site writes it."""
    if not isinstance(text, str) or not re.fullmatch(r"([0-9a-f]{2})*", text):
        raise Wrong(f"{what[0].upper()}{what[1:]} is not written in hex.")
    if length is not None and len(text) != 2 * length:
        raise Wrong(f"{what[0].upper()}{what[1:]} does not have {length} bytes.")
    return bytes.fromhex(text)


def read(path: Path) -> dict:
    """A JSON file that says each thing once."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except (OSError, ValueError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise Wrong(f"{path} is not what it should be.")
    return content


def once(pairs: list) -> dict:
    """What says a thing twice could show one and prove the other."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("it names a field twice")
    return content


def main() -> int:
    """Say what holds, or why not."""
    parser = argparse.ArgumentParser(description="Check a receipt of the DGT ledger, without the site.")
    parser.add_argument("receipt", type=Path, help="the file that was downloaded")
    parser.add_argument("--public-key", help="the site's key, known from elsewhere; 64 hexadecimal digits")
    parser.add_argument("--seals", type=Path, help="a copy of /economy/seals.json")
    options = parser.parse_args()
    try:
        published = read(options.seals) if options.seals else None
        for sentence in verify(read(options.receipt), options.public_key, published):
            print(sentence)
    except Wrong as wrong:
        print(f"NOT PROVED. {wrong}")
        return 1
    except (KeyError, TypeError, AttributeError) as error:
        print(f"NOT PROVED. Something is missing or of another kind: {error}")
        return 1
    print("PROVED.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
