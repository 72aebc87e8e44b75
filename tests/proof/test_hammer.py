"""T3: many clients over real HTTP against several processes, then the books are compared."""

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.proof import books
from tests.proof.cast import FEE_BPS, OPENING_DGT
from tests.proof.clients import Act, Answer, Client, any_act, of_another_amount, transfer
from tests.proof.conftest import Drill
from tests.threads import together

CLIENTS = 16
ACTS = 800
MEMBERS = 66
WAITING = 0

DUPLICATES = 50
PRICE = 800
SPENDS = 29
"""More than a purse lasts for, and fewer than a member may try in a minute."""


@pytest.fixture(scope="module")
def hammered(drill: Drill) -> Drill:
    """After the load. What was sent and answered is in the clients' journals."""
    acts = deque(planned(drill))
    print(f"{len(acts)} requests by {CLIENTS} clients")

    def work(client: Client) -> None:
        while True:
            try:
                act = acts.popleft()
            except IndexError:
                return
            client.send_until_answered(act)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, [drill.client() for _ in range(CLIENTS)]))
    kinds = Counter((act.kind, answer and answer.status) for client in drill.clients for act, answer in client.journal)
    print(", ".join(f"{count} {kind} {status}" for (kind, status), count in kinds.most_common()))
    return drill


def planned(drill: Drill) -> list[Act]:
    """Acts in the order of sending. Some come several times in a row, so that several clients send them at once; and
    some keys come again with another amount."""
    acts = []
    for _ in range(ACTS):
        act = any_act(drill.dice, drill.members[2:], drill.threads)
        acts += [act] * drill.dice.choice([1, 1, 1, 2, 4])
        if act.kind == "transfer" and drill.dice.random() < 0.1:
            acts.append(of_another_amount(act))
    return acts


@pytest.fixture(scope="module")
def spent(hammered: Drill) -> list[Answer | None]:
    """What a member was answered who spent one balance many times at the same moment."""
    spender, shop, *_others = hammered.members
    acts = [transfer(spender, shop, PRICE) for _ in range(SPENDS)]
    return at_once(hammered, acts)


@pytest.fixture(scope="module")
def repeated(hammered: Drill) -> list[Answer | None]:
    """What one request was answered that came many times at the same moment."""
    _spender, sender, receiver, *_others = hammered.members
    return at_once(hammered, [transfer(sender, receiver, PRICE)] * DUPLICATES)


def at_once(drill: Drill, acts: list[Act]) -> list[Answer | None]:
    clients = [drill.client() for _ in acts]
    together([partial(client.send_until_answered, act) for client, act in zip(clients, acts, strict=True)])
    return [client.journal[-1][1] for client in clients]


def test_t3_nobody_sees_an_error(hammered: Drill) -> None:
    lines = [line for client in hammered.clients for line in client.journal]
    assert [(act, answer) for act, answer in lines if answer is None or answer.status >= 500] == []


def test_l10_what_was_refused_had_the_key_of_another_request(hammered: Drill) -> None:
    answers = [
        answer for client in hammered.clients[:CLIENTS] for act, answer in client.journal if act.kind == "transfer"
    ]
    refused = [answer for answer in answers if answer and answer.is_final and not answer.is_yes]
    assert {(answer.status, answer.said["code"]) for answer in refused} == {(422, "key-reused")}


def test_l9_a_request_that_comes_fifty_times_at_once_has_one_answer(repeated: list[Answer]) -> None:
    assert repeated == [repeated[0]] * DUPLICATES
    assert repeated[0].is_yes


def test_l13_a_balance_that_is_spent_at_once_from_everywhere_lasts_as_often_as_it_can(spent: list[Answer]) -> None:
    lasts = OPENING_DGT // (PRICE + PRICE * FEE_BPS // 10_000)
    codes = [answer.said.get("code", "sent") for answer in spent]
    assert (codes.count("sent"), codes.count("not-enough-dgt")) == (lasts, SPENDS - lasts)


@pytest.mark.usefixtures("spent", "repeated")
def test_t3_what_was_acknowledged_exists_once_and_nothing_else_does(hammered: Drill) -> None:
    assert len(books.done(hammered.clients)) > ACTS
    with hammered.site.owner() as owner:
        books.check(owner, hammered.clients, hammered.members)


@pytest.mark.usefixtures("spent", "repeated")
def test_t3_audit_and_doctor_find_nothing(hammered: Drill) -> None:
    for command in ("ledger_audit", "xp_doctor"):
        print(hammered.site.run("manage.py", command).splitlines()[-1])
    print(f"{hammered.site.deadlocks()} deadlocks, which nobody saw")
