"""That a buyer holds a wallet: a text that they sign with it (EIP-191, `personal_sign`).

Readable as EIP-4361 is, but of our own: it signs nobody in, and names the order it is for. Whoever changes the site,
member, order, chain, nonce or a time in it gets a text that another address has signed. Only wallets with a key of
their own can sign it; those that are contracts (EIP-1271) cannot prove themselves here.
"""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from payments.providers.usdt.addresses import checked

HALF_OF_N = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0  # secp256k1: of s and n - s, the lower
SIGNATURE = re.compile(r"(?:0x)?([0-9a-fA-F]{130})")
NONCE_LENGTH = 24  # of 62 letters and digits: 142 bits

TEXT = """\
{site} asks you to show that this wallet is yours.

Signing this moves no money, costs nothing and gives no one leave to move any.

Site: {site}
Member: {member}
Order: {order}
Chain: {chain_name} ({chain_id})
Wallet: {wallet}
Nonce: {nonce}
Issued at: {issued_at}
Valid until: {expires_at}"""


class BadProof(ValueError):
    """The signature proves nothing. `reason` is why."""

    def __init__(self, reason: Literal["malformed", "malleated", "foreign"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Statement:
    """What a wallet signs. `order` is its public id, times have a zone. Raises ValueError for two lines in a field."""

    domain: str
    username: str
    order: str
    chain_id: int
    chain_name: str
    wallet: str
    nonce: str
    issued_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        said = (self.domain, self.username, self.order, self.chain_name, self.nonce)
        if not all(said) or not all(part.isprintable() for part in said):
            raise ValueError("A field is one line, and not empty.")  # or one field could pretend to be two
        checked(self.wallet)
        if self.issued_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("Times have a zone.")

    def text(self) -> str:
        """The same text for the same facts, however the wallet's address is written and whatever zone a time has."""
        return TEXT.format(
            site=self.domain,
            member=self.username,
            order=self.order,
            chain_name=self.chain_name,
            chain_id=self.chain_id,
            wallet=checked(self.wallet),
            nonce=self.nonce,
            issued_at=_written(self.issued_at),
            expires_at=_written(self.expires_at),
        )


def verify(statement: Statement, signature: str) -> None:
    """Raises BadProof unless the statement's wallet signed its text.

    `malformed` is not 65 bytes in hex; `malleated` is another form of a signature that wallets do not make, with which
    one signature could pass for two; `foreign` is signed by another wallet, or for another text. That the statement has
    not expired and its nonce was not used before is the caller's to ask.
    """
    found = SIGNATURE.fullmatch(signature)
    if found is None:
        raise BadProof("malformed")
    raw = bytes.fromhex(found[1])
    if int.from_bytes(raw[32:64], "big") > HALF_OF_N or raw[64] not in (0, 1, 27, 28):
        raise BadProof("malleated")
    if _signer(statement.text(), raw) != statement.wallet.lower():
        raise BadProof("foreign")


def new_nonce() -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(NONCE_LENGTH))


def _signer(text: str, signature: bytes) -> str | None:
    """Whose signature it is, in lower case; None if it is nobody's."""
    from eth_account import Account
    from eth_account.messages import encode_defunct
    from eth_keys.exceptions import BadSignature

    try:
        return str(Account.recover_message(encode_defunct(text=text), signature=signature)).lower()
    except BadSignature:  # no point of the curve has such numbers
        return None


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
