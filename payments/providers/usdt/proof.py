"""Proof that a wallet is a buyer's: a text that names everything it is for, signed by the wallet (EIP-191, U18).

Wallets that are contracts sign otherwise (EIP-1271) and cannot be proved here: nobody is charged by that.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_letters, digits

NONCE_LENGTH = 20
SIGNATURE = re.compile(r"0x[0-9a-fA-F]{130}", re.ASCII)
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: of the two values of s that sign the same the larger is refused (EIP-2)."""


class BadProof(ValueError):
    """`reason` is malformed, malleated or foreign."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Statement:
    """What is signed. Whatever differs in it makes another text, of which a signature is foreign to this one."""

    domain: str
    username: str
    order: str
    chain_id: int
    chain_name: str
    wallet: str
    nonce: str
    issued_at: datetime
    expires_at: datetime

    def text(self) -> str:
        """As the wallet shows it."""
        return "\n".join([
            f"{self.domain} asks you to show that this wallet is yours:",
            self.wallet,
            "",
            f"I am {self.username}, and I pay order {self.order} from it. Signing this moves no money.",
            "",
            f"Site: {self.domain}",
            f"Chain: {self.chain_name}",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {_moment(self.issued_at)}",
            f"Expiration Time: {_moment(self.expires_at)}",
        ])  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_nonce() -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(ascii_letters + digits) for _ in range(NONCE_LENGTH))


def verify(statement: Statement, signature: str) -> None:
    """Raise BadProof unless this is the wallet's own signature of this very text."""
    text = signature.strip()
    if not SIGNATURE.fullmatch(text):
        raise BadProof("malformed")
    if int(text[66:130], 16) > HALF_ORDER:
        raise BadProof("malleated")
    if int(text[130:], 16) not in (0, 1, 27, 28):
        raise BadProof("malformed")
    from eth_account import Account
    from eth_account.messages import encode_defunct

    try:
        signer = Account.recover_message(encode_defunct(text=statement.text()), signature=text)
    except Exception as error:
        raise BadProof("malformed") from error
    if signer != statement.wallet:
        raise BadProof("foreign")
