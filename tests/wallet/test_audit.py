"""The audit of the ledger: nothing to find where all went through the doors, and what follows where something is."""

import json
import random
import threading
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from degentalk.accounts.models import Notification
from degentalk.core import outbox
from degentalk.core.errors import MemberError
from tests import make
from tests.sealing import seal_everything
from tests.threads import together
from tests.wallet import long_ledger
from tests.wallet.auditing import audit, entry, findings, move_dgt, plant
from wallet import services as wallet
from wallet import tasks
from wallet.models import DgtAudit, DgtJournal, DgtTransaction, UserWallet, WalletFreeze
from wallet.services import audit as audits
from wallet.services.audit import checks, consequences
from wallet.services.audit.ledger import WALLETS


@pytest.fixture
def alice(committed_db):
    return make.verified(make.user("alice"))


@pytest.fixture
def bob(committed_db):
    return make.verified(make.user("bob"))


@pytest.fixture
def ledger(alice, bob, settings):
    settings.AUDIT_FREEZES_WALLETS = False
    move_dgt(alice, bob)


# ── nothing wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_ledger_is_clean(committed_db):
    report, code = audit()
    assert (code, report["findings"], report["examined"]["journals"]) == (0, 0, 0)


def test_a_ledger_of_all_kinds_of_movements_is_clean(ledger):
    report, code = audit()
    assert (code, report["findings"], report["first_bad_block"], report["frozen"]) == (0, 0, None, [])
    names = ["journals", "entries", "supply", "wallets", "sealing", "seals", "rewards"]
    assert [check["name"] for check in report["checks"]] == names
    assert report["examined"] == {
        "journals": DgtJournal.objects.count(),
        "entries": DgtTransaction.objects.count(),
        "wallets": 2,
        "seals": 3,
    }
    assert DgtAudit.objects.get().is_clean


def test_l6_the_report_says_where_all_dgt_are(ledger):
    report, _code = audit()
    members = report["members"]
    assert sum(report["system"].values()) + members["balance"] + members["held"] - members["debt"] == 0


@pytest.mark.parametrize("seed", range(4))
def test_l5_whatever_happened_through_the_doors_is_clean(alice, bob, seed):
    dice = random.Random(seed)
    for number in range(60):
        try:
            at_random(dice, f"random:{number}", alice, bob)
        except MemberError:
            continue  # refused, like any other request
        if dice.random() < 0.1:
            seal_everything()
    seal_everything()
    assert DgtJournal.objects.count() > 20
    assert findings() == {}


def at_random(dice, key, *members):
    one, other = dice.sample(members, 2)
    amount = dice.randrange(1, 60)
    holds = list(DgtJournal.objects.filter(kind="hold").values_list("pk", flat=True)) or [0]
    journals = list(DgtJournal.objects.values_list("pk", flat=True)) or [0]
    plain = {"user": one, "amount": amount, "key": key, "description": ""}
    verbs = [
        lambda: wallet.credit(**plain, source="rewards"),
        lambda: wallet.purchase(**plain, source="stripe"),
        lambda: wallet.debit(**plain, to="shop"),
        lambda: wallet.claw_back(**plain, to="stripe"),
        lambda: wallet.hold(**plain),
        lambda: wallet.release(hold_id=dice.choice(holds), amount=amount, key=key),
        lambda: wallet.capture(hold_id=dice.choice(holds), to="shop", amount=amount, key=key),
        lambda: wallet.transfer(sender=one, receiver=other, amount=amount, key=key),
        lambda: wallet.tip(sender=one, receiver=other, amount=amount, key=key, cause=("post", 1)),
        lambda: wallet.reverse(journal_id=dice.choice(journals), key=key, reason="Wrong", actor=None),
        lambda: wallet.reverse(journal_id=dice.choice(journals), key=key, reason="Wrong", actor=None, into_debt=True),
    ]
    dice.choice(verbs)()


def test_what_moves_meanwhile_is_no_finding(alice, bob):
    for member in (alice, bob):
        wallet.credit(user=member, amount=1_000, source="rewards", key=f"start:{member.pk}", description="")
    done, found = threading.Event(), []

    def pay(sender, receiver):
        for number in range(15):
            wallet.transfer(sender=sender, receiver=receiver, amount=3, key=f"{sender.pk}:{number}")

    def look():
        while not done.is_set():
            tasks.seal()
            found.append(tasks.audit())

    def work():
        try:
            together([lambda: pay(alice, bob), lambda: pay(bob, alice)])
        finally:
            done.set()

    together([look, work])
    assert (set(found), WalletFreeze.objects.count()) == ({0}, 0)


# ── what follows ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def staff(committed_db):
    return make.user("root", is_staff=True, is_superuser=True)


def one_dgt_off(owner, member):
    owner.execute(f"update user_wallet set lifetime_earned = lifetime_earned + 1 where user_id = {member.pk}")


def is_frozen(member):
    return UserWallet.objects.of(member).is_frozen


def test_l23_a_planted_drift_of_one_dgt_stops_that_wallet(ledger, alice, bob, owner, settings):
    settings.AUDIT_FREEZES_WALLETS = True
    owner.execute(f"update user_wallet set dgt_balance = dgt_balance + 1 where user_id = {alice.pk}")
    report, code = audit()
    assert (code, report["frozen"], is_frozen(alice), is_frozen(bob)) == (1, [alice.pk], True, False)
    freeze = WalletFreeze.objects.get()
    assert (freeze.member, freeze.by, bool(freeze.reason)) == (alice, None, True)
    with pytest.raises(MemberError):
        wallet.debit(user=alice, amount=1, to="shop", key="debit:9", description="")
    wallet.credit(user=bob, amount=1, source="rewards", key="credit:9", description="")


def test_a_wallet_that_stands_still_already_is_not_frozen_again(ledger, alice, owner, settings):
    settings.AUDIT_FREEZES_WALLETS = True
    one_dgt_off(owner, alice)
    assert [audit()[0]["frozen"] for _ in range(2)] == [[alice.pk], []]
    assert WalletFreeze.objects.count() == 1


@pytest.mark.parametrize(
    ("setting", "options", "freezes"),
    [(True, [], True), (False, [], False), (True, ["--no-freeze"], False), (False, ["--freeze"], True)],
)
def test_the_setting_decides_unless_one_says_so(ledger, alice, owner, settings, setting, options, freezes):
    settings.AUDIT_FREEZES_WALLETS = setting
    one_dgt_off(owner, alice)
    audit(*options)
    assert is_frozen(alice) is freezes


def test_a_drift_that_is_gone_under_the_lock_freezes_nothing(ledger, alice, bob, owner):
    for member in (alice, bob):
        one_dgt_off(owner, member)
    found = WALLETS.find()
    assert found.members == {alice.pk, bob.pk}
    owner.execute(f"update user_wallet set lifetime_earned = lifetime_earned - 1 where user_id = {alice.pk}")
    assert consequences.freeze({"wallets": WALLETS}, {"wallets": found}).done == [bob.pk]
    assert (is_frozen(alice), WalletFreeze.objects.get().member) == (False, bob)


def test_a_wallet_that_cannot_be_frozen_now_is_named(impatient, ledger, alice, owner, settings):
    settings.AUDIT_FREEZES_WALLETS = True
    one_dgt_off(owner, alice)
    with owner.transaction():  # somebody holds it for longer than the audit may wait for a lock
        owner.execute("select from user_wallet where user_id = %s for update", [alice.pk])
        report, code = audit()
    assert (code, report["frozen"], report["not_frozen"], is_frozen(alice)) == (1, [], [alice.pk], False)


def test_l23_a_member_who_was_paid_twice_is_frozen(ledger, alice, owner, settings):
    settings.AUDIT_FREEZES_WALLETS = True
    owner.execute(
        f"select dgt_write('level_reward', 'level_reward:{alice.pk}:2 again', array [null, {alice.pk}]::bigint[],"
        " array ['rewards', 'member'], array [-50, 50]::bigint[], '')"
    )
    assert audit()[0]["frozen"] == [alice.pk]


def test_l23_staff_who_may_see_audits_are_told_in_every_way(ledger, alice, bob, owner, staff, caplog):
    economist = make.user("economist", is_staff=True)
    economist.groups.set([Group.objects.get(name="economist")])
    make.user("gone", is_staff=True, is_superuser=True, is_active=False)
    moderator = make.moderator()
    one_dgt_off(owner, alice)
    assert tasks.audit() == 1
    told = Notification.objects.filter(key__startswith="dgt_audit:")
    assert {notification.user for notification in told} == {staff, economist}
    assert Notification.objects.of(moderator).count() == 0
    url = reverse("admin:wallet_dgtaudit_change", args=[DgtAudit.objects.get().pk])
    assert {notification.url for notification in told} == {url}
    outbox.deliver_due()
    sent = {message.to[0]: message for message in mail.outbox if "audit" in message.subject}
    assert sorted(sent) == ["economist@example.com", "root@example.com"]
    earned = UserWallet.objects.of(alice).lifetime_earned
    finding = f"member {alice.pk}, earned: stored {earned}, by the entries {earned - 1}"
    assert finding in sent["root@example.com"].body
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [finding in error for error in errors] == [True]


def test_a_clean_audit_tells_nobody(ledger, staff, caplog):
    assert tasks.audit() == 0
    assert Notification.objects.of(staff).count() == 0
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_every_audit_is_kept_with_its_report(ledger, alice, owner):
    tasks.audit()
    one_dgt_off(owner, alice)
    report, _code = audit()
    kept = DgtAudit.objects.order_by("id")
    assert [audit.is_clean for audit in kept] == [True, False]
    assert kept[1].report["findings"] == report["findings"] == 1
    assert kept[1].started_at < kept[1].finished_at


def test_no_report_names_a_member(ledger, alice, owner):
    one_dgt_off(owner, alice)
    audit()
    assert "alice" not in json.dumps(DgtAudit.objects.get().report)


# ── how it says so ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_words_it_names_findings_checks_and_how_much_it_looked_at(ledger, alice, owner):
    out = StringIO()
    call_command("ledger_audit", stdout=out)
    *counts, last = out.getvalue().splitlines()
    assert counts == [
        f"{name}: 0 findings" for name in ("journals", "entries", "supply", "wallets", "sealing", "seals", "rewards")
    ]
    examined = [f"{DgtTransaction.objects.count()} entries", f"{DgtJournal.objects.count()} journals"]
    assert (last.startswith("0 findings in "), [part for part in examined if part not in last]) == (True, [])
    plant(owner, f"update dgt_transactions set amount = amount + 1 where id = {entry('credit:1').pk}")
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("ledger_audit", "--freeze", stdout=out)
    lines = out.getvalue().splitlines()
    row = entry("credit:1").journal_id
    assert end.value.code == 1
    assert f"journal {row} line 2 (block 1): is not what its stored bytes say" in lines
    assert {"first bad block: 1", f"frozen: the wallets of members {alice.pk}"} <= set(lines)


def test_all_findings_are_counted_and_some_are_named(committed_db, owner, settings):
    settings.AUDIT_FREEZES_WALLETS = True
    long_ledger.write(owner, members=120, each=1)
    owner.execute("update user_wallet set lifetime_earned = lifetime_earned + 1")
    report, _code = audit()
    wallets = next(check for check in report["checks"] if check["name"] == "wallets")
    assert (wallets["findings"], len(wallets["named"]), len(report["frozen"])) == (120, checks.NAMED_MAX, 120)


def test_a_mail_names_some_findings_and_counts_the_others(committed_db, owner, staff):
    long_ledger.write(owner, members=12, each=1)
    owner.execute("update user_wallet set lifetime_earned = lifetime_earned + 1")
    tasks.audit()
    outbox.deliver_due()
    message = next(message for message in mail.outbox if "audit" in message.subject)
    html, _kind = message.alternatives[0]
    named = [text.count("stored 11, by the entries 10") for text in (message.body, html)]
    assert (named, "And 2 more." in message.body, "And 2 more." in html) == ([10, 10], True, True)


def test_l23_one_dgt_in_twenty_thousand_entries_is_found(committed_db, owner):
    long_ledger.write(owner, members=1_000, each=10)
    seal_everything()
    assert findings() == {}
    owner.execute("update user_wallet set dgt_balance = dgt_balance + 1 where user_id = 100500")
    assert findings()["wallets"] == ["member 100500, balance"]


def test_an_audit_that_cannot_ask_is_not_a_clean_one(ledger, owner):
    application = connection.settings_dict["USER"]
    owner.execute(f"revoke select on dgt_drift from {application}")
    with pytest.raises(CommandError, match="The audit could not run: permission denied for view dgt_drift") as failed:
        audit()
    assert (failed.value.returncode, DgtAudit.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_it_needs_a_snapshot_of_its_own():
    with pytest.raises(RuntimeError, match="outside of atomic"):
        audits.run()


def test_two_checks_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="Two checks of the audit are called rewards"):
        audits.register("rewards", audits.Query("select 1"))
