"""Numbers, bytes and addresses as JSON-RPC writes them. https://ethereum.org/developers/docs/apis/json-rpc/#conventions"""

import re

from eth_utils.address import is_checksum_address, to_checksum_address

from degentalk.sandbox.chain.errors import INVALID_PARAMS, RpcError

QUANTITY = re.compile(r"^0x(0|[1-9a-fA-F][0-9a-fA-F]*)$")
DATA = re.compile(r"^0x([0-9a-fA-F]{2})*$")
ADDRESS_BYTES = 20


def quantity(number: int) -> str:
    """A number without leading zeros: 0x0, 0x41."""
    return hex(number)


def hexed(content: bytes) -> str:
    """Bytes with two digits each: 0x, 0x004200."""
    return "0x" + content.hex()


def word(number: int) -> str:
    """A number as a topic or as 32 bytes of data."""
    return hexed(number.to_bytes(32, "big"))


def number_of(text: object) -> int:
    """The number of a quantity. Raises RpcError as nodes do for leading zeros and everything else."""
    if not isinstance(text, str) or not QUANTITY.match(text):
        raise RpcError(f"invalid argument: {text!r} is no hex quantity without leading zeros", INVALID_PARAMS)
    return int(text, 16)


def bytes_of(text: object, size: int | None = None) -> bytes:
    """The bytes of a string. Raises RpcError for anything else, or for another size."""
    if not isinstance(text, str) or not DATA.match(text) or (size is not None and len(text) != 2 + 2 * size):
        raise RpcError(
            f"invalid argument: {text!r} is no hex string{f' of {size} bytes' if size else ''}", INVALID_PARAMS
        )
    return bytes.fromhex(text[2:])


def address_of(text: object) -> bytes:
    """The bytes of an address. Raises RpcError."""
    return bytes_of(text, ADDRESS_BYTES)


def checked_address(text: object) -> bytes:
    """The bytes of an address that a person gave: mixed case must be a right checksum. Raises RpcError."""
    found = address_of(text)
    shown = str(text)[2:]
    if shown not in (shown.lower(), shown.upper()) and not is_checksum_address(text):
        raise RpcError(f"{text} has a wrong checksum", INVALID_PARAMS)
    return found


def checksummed(address: bytes) -> str:
    """An address as people see it."""
    return str(to_checksum_address(address))
