"""Clients of a drill. Each sends acts over HTTP, as a program or as a browser, and writes down what it was answered."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from tests.processes import wait_until

TIMEOUT_SECONDS = 30
PATIENCE_SECONDS = 120
STILL_BUSY = "This is still being worked on."
"""What a form says where the API answers 409."""
CROWD, CROWD_CHANCE = 6, 0.5
SENT, SEE_OTHER, IN_FLIGHT, BROKEN = 201, 303, 409, 500


@dataclass(frozen=True)
class Member:
    """Somebody whom the cast made."""

    id: int
    post: int
    token: str
    session: str


@dataclass(frozen=True)
class Act:
    """Something that a member does. Its key makes it one act, however often it is sent."""

    kind: str
    key: str
    member: Member
    path: str
    fields: Mapping[str, Any]
    receiver: int | None = None

    @property
    def movement(self) -> tuple[str, int, int | None, int]:
        """What the ledger must say of it, once."""
        return self.kind, self.member.id, self.receiver, self.fields["amount"]


def transfer(sender: Member, receiver: Member, amount: int) -> Act:
    """Over the API, with a token."""
    fields = {"receiver_id": receiver.id, "amount": amount}
    return Act("transfer", _new_key(), sender, "/api/wallet/transfer", fields, receiver.id)


def tip(giver: Member, author: Member, amount: int) -> Act:
    """On a page, with a session: the form of a post."""
    return Act("tip", _new_key(), giver, f"/post/{author.post}/tip/give", {"amount": amount, "message": ""}, author.id)


def reply(author: Member, thread: int) -> Act:
    """On a page, with a session. It earns XP, and with it perhaps a level and DGT."""
    key = _new_key()
    return Act("reply", key, author, f"/thread/{thread}/reply", {"body": f"The reply {key}", "seen": ""})


def order(buyer: Member, package: str) -> Act:
    """Of DGT for money, over the API, with a token. What it is answered says where it is paid."""
    return Act("order", _new_key(), buyer, "/api/dgt/purchase/stripe", {"package_id": package})


def any_act(dice: random.Random, members: Sequence[Member], threads: Sequence[int]) -> Act:
    """What somebody may do next: mostly send DGT, and often to the same few, whose wallets many then want at once."""
    one, other = dice.sample(members, 2)
    if dice.random() < CROWD_CHANCE and one not in members[:CROWD]:
        other = dice.choice(members[:CROWD])
    amount = dice.randint(1, 100)
    match dice.choices(["transfer", "tip", "reply"], [5, 3, 2]):
        case ["transfer"]:
            return transfer(one, other, amount)
        case ["tip"]:
            return tip(one, other, amount)
    return reply(one, dice.choice(threads))


def of_another_amount(act: Act) -> Act:
    """Another request with the key of an act."""
    return replace(act, fields={**act.fields, "amount": act.fields["amount"] + 1})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    said: Any
    """The document of the API; where a page leads to."""

    @property
    def is_yes(self) -> bool:
        """Whether the client was told that it is done."""
        return self.status in (SENT, SEE_OTHER)

    @property
    def is_final(self) -> bool:
        """Whether the client knows by it what became of the act."""
        return self.status < BROKEN and self.status != IN_FLIGHT


@dataclass
class Client:
    """One client, and its journal."""

    base: str
    journal: list[tuple[Act, Answer | None]] = field(default_factory=list, repr=False)
    is_waiting: bool = False

    def send(self, act: Act) -> bool:
        """Send an act once. False: the client does not know what became of it."""
        self.is_waiting = True
        try:
            answer = self._answer(act)
        except requests.RequestException:
            answer = None
        finally:
            self.is_waiting = False
        self.journal.append((act, answer))
        return answer is not None and answer.is_final

    def send_until_answered(self, act: Act) -> None:
        """Send an act, always with its key, until the client knows."""
        wait_until(lambda: self.send(act), PATIENCE_SECONDS)

    def unanswered(self) -> list[Act]:
        """What the client does not know about."""
        known = {act.key for act, answer in self.journal if answer and answer.is_final}
        return [act for act, _answer in self.journal if act.key not in known]

    def _answer(self, act: Act) -> Answer:
        url = f"http://{self.base}{act.path}"
        # As from the proxy that ends TLS.
        headers = {"X-Forwarded-Proto": "https"}
        if act.path.startswith("/api/"):
            headers |= {"Authorization": f"Bearer {act.member.token}", "Idempotency-Key": act.key}
            response = requests.post(url, json=act.fields, headers=headers, timeout=TIMEOUT_SECONDS)
            return Answer(response.status_code, response.json())
        csrf = secrets.token_hex(16)
        headers |= {"Origin": f"https://{self.base}", "X-CSRFToken": csrf}
        headers |= {"Cookie": f"__Host-sessionid={act.member.session}; __Host-csrftoken={csrf}"}
        fields = {**act.fields, "key": act.key}
        response = requests.post(url, fields, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        is_busy = STILL_BUSY in response.text
        return Answer(IN_FLIGHT if is_busy else response.status_code, response.headers.get("Location", ""))


def _new_key() -> str:
    return secrets.token_hex(12)
