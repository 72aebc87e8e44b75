"""T4: kill -9 under load, again and again. What was acknowledged is there, once; what was promised happens."""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest

from tests.processes import wait_until
from tests.proof import books
from tests.proof.cast import MAIL_FROM_DGT, WAITING_LEVEL
from tests.proof.clients import Client, any_act
from tests.proof.conftest import Drill
from tests.proof.production import Production

VICTIMS = {
    "PostgreSQL": Production.kill_database,
    "a backend": Production.kill_backend,
    "a web process": Production.kill_web,
    "a worker": Production.kill_worker,
}
ROUNDS_OF_EACH = 6
WRITERS = 12
FREED_PER_ROUND = 2
MEMBERS = 64
WAITING = FREED_PER_ROUND * ROUNDS_OF_EACH * len(VICTIMS)
PATIENCE_SECONDS = 120

NO_LEASES = "update outbox set available_at = clock() where delivered_at is null"
UNDONE = {
    "every mail has left": "select key from outbox where delivered_at is null",
    "every reward is paid": "select user_id, level from level_dgt_rewards_log where state = 'pending'",
    "every journal is sealed": """
        select id from dgt_journal j
        where not exists (select from dgt_seals s where (s.epoch, s.xid) > (j.epoch, j.xid::text::bigint))
    """,
}
LARGE = """
select j.public_id from dgt_journal j join dgt_transactions e on e.journal_id = j.id
where j.kind in ('transfer', 'tip') and e.user_id is not null and e.amount >= %s
"""
PAID = """
select user_id, reference_id, amount from dgt_transactions
where transaction_type = 'level_reward' and user_id = any (%s)
"""
LEVELS = "select level, dgt_reward from level_dgt_rewards where level between 2 and %s"
MESSAGE_ID = re.compile(r"^Message-ID: <(\w+)@", re.MULTILINE)


@pytest.fixture(scope="module")
def survived(drill: Drill) -> Drill:
    """After all rounds, with the books compared at the end of each, and after all that was left to do."""
    victims = list(VICTIMS) * ROUNDS_OF_EACH
    drill.dice.shuffle(victims)
    for number, victim in enumerate(victims):
        print(f"{number + 1:3}  {kill_one(drill, number, victim)}")
        with drill.site.owner() as owner:
            books.check(owner, drill.clients, drill.members)
    finish(drill)
    return drill


def finish(drill: Drill) -> None:
    """Wait until everything that was promised has happened."""
    with drill.site.owner() as owner:
        # A message in the hands of a worker that died waits ten minutes for it. We do not.
        owner.execute(NO_LEASES)
        for what, query in UNDONE.items():
            wait_until(lambda query=query: not owner.execute(query).fetchall(), PATIENCE_SECONDS, what)


def kill_one(drill: Drill, number: int, victim: str) -> str:
    """Load, a kill in the midst of it, recovery, and the same keys again where no answer came. What it met."""
    moment = drill.dice.randint(WRITERS, 4 * WRITERS)
    with writing(drill) as writers:
        let_rewards_go(drill, number)
        wait_until(lambda: sum(len(writer.journal) for writer in writers) >= moment, PATIENCE_SECONDS)
        in_flight = sum(writer.is_waiting for writer in writers)
        VICTIMS[victim](drill.site, drill.dice)
        drill.site.start_missing()
    acknowledged = len(books.done(writers))
    unanswered = [(writer, act) for writer in writers for act in writer.unanswered()]
    with drill.site.owner() as owner:
        committed = books.committed(owner, [act for _writer, act in unanswered])
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda one: one[0].send_until_answered(one[1]), unanswered))
    return (
        f"{victim:13} killed with {in_flight:2} in flight; {acknowledged:3} acknowledged,"
        f" {len(unanswered):2} without an answer, {committed} of them committed"
    )


@contextmanager
def writing(drill: Drill) -> Iterator[list[Client]]:
    """Writers that send while the block runs, each with dice of its own. Who gets no answer stops and remembers it."""
    writers = [drill.client() for _ in range(WRITERS)]
    dice = [random.Random(drill.dice.random()) for _ in writers]
    enough = Event()

    def write(writer: Client, dice: random.Random) -> None:
        while not enough.is_set() and writer.send(any_act(dice, drill.members, drill.threads)):
            pass

    with ThreadPoolExecutor(WRITERS) as pool:
        work = pool.map(write, writers, dice)
        try:
            yield writers
        finally:
            enough.set()
        list(work)


def let_rewards_go(drill: Drill, number: int) -> None:
    """Unfreeze a few wallets, so that workers pay the rewards that waited for it while they are killed."""
    freed = drill.waiting[number * FREED_PER_ROUND :][:FREED_PER_ROUND]
    with drill.site.owner() as owner:
        for user in freed:
            owner.execute("select dgt_unfreeze(%s, %s, 'A drill')", [user, drill.staff])


def test_t4_what_was_acknowledged_is_there_once_and_nothing_else(survived: Drill) -> None:
    with survived.site.owner() as owner:
        books.check(owner, survived.clients, survived.members)
    assert [act for client in survived.clients for act in client.unanswered()] == []


def test_l5_after_kill_9_the_audit_finds_nothing_and_the_chain_of_seals_goes_on(survived: Drill) -> None:
    with survived.site.owner() as owner:
        sealed = owner.execute("select count(*) from dgt_seals").fetchone()
    assert sealed is not None
    assert sealed[0] > len(VICTIMS)
    print(survived.site.run("manage.py", "ledger_audit").splitlines()[-1])


def test_t4_the_xp_of_everybody_follows_from_the_log(survived: Drill) -> None:
    print(survived.site.run("manage.py", "xp_doctor").splitlines()[-1])


def test_l21_every_promised_mail_has_left_and_at_most_as_often_as_it_was_tried(survived: Drill) -> None:
    with survived.site.owner() as owner:
        large = [journal for (journal,) in owner.execute(LARGE, [MAIL_FROM_DGT])]
        tried = {message_id(key): attempts for key, attempts in owner.execute("select key, attempts from outbox")}
    promised = {message_id(f"mail:transfer_{side}:{journal}") for journal in large for side in ("sent", "received")}
    left = Counter(MESSAGE_ID.findall("".join(mail.read_text() for mail in survived.site.mails.iterdir())))
    print(f"{len(promised)} mails, {left.total() - len(left)} of them came a second time")
    assert set(left) == promised == set(tried)
    assert [key for key, times in left.items() if times > tried[key]] == []


def test_l22_rewards_that_waited_were_paid_once_though_each_task_ran_twice(survived: Drill) -> None:
    with survived.site.owner() as owner:
        paid = owner.execute(PAID, [survived.waiting]).fetchall()
        levels = owner.execute(LEVELS, [WAITING_LEVEL]).fetchall()
    assert Counter(paid) == Counter((user, level, dgt) for user in survived.waiting for level, dgt in levels)


def message_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
