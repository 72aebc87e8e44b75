"""The contracts of token/ as compiled: how they are deployed and called, and the names of their events."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

FOLDER = Path(__file__).resolve().parent / "token"
TRANSFER = keccak(text="Transfer(address,address,uint256)")
APPROVAL = keccak(text="Approval(address,address,uint256)")


@cache
def artefact(name: str) -> dict[str, Any]:
    """What token/compile.py wrote: abi, bytecode, compiler, source_sha256."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def creation(name: str, *arguments: Any) -> bytes:
    """The data of the transaction that deploys a contract."""
    constructor = [part for part in artefact(name)["abi"] if part["type"] == "constructor"]
    kinds = [given["type"] for given in constructor[0]["inputs"]] if constructor else []
    return bytes.fromhex(artefact(name)["bytecode"][2:]) + encode(kinds, arguments)


def call(signature: str, *arguments: Any) -> bytes:
    """The data of a call, such as call("transfer(address,uint256)", to, 5)."""
    inside = signature[signature.index("(") + 1 : -1]
    return keccak(text=signature)[:4] + encode(inside.split(",") if inside else [], arguments)
