"""Two people: whoever decides is another than who asked and than whom it is about; done once (A16, W10)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import Error, IntegrityError, connection, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from degentalk.approvals import registry, tasks
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import AlreadyDecided, MayNotDecide
from degentalk.approvals.models import Approval
from degentalk.core import clock
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from tests import make
from tests.approvals.asking import ask, economist
from tests.threads import together


@pytest.fixture
def econ(db):
    return economist("econ")


@pytest.fixture
def otto(db):
    return economist("otto")


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def row(econ, otto, alice):
    return ask(econ, alice)


def stored(row):
    return Approval.objects.get(pk=row.pk)


def greetings():
    return list(Notification.objects.filter(kind="greeting").values_list("text", flat=True))


def told(user):
    return list(Notification.objects.filter(user=user, kind="approval").order_by("id").values_list("text", flat=True))


def reject(row, actor, reason="They are not new"):
    return approvals.reject(approval=row, actor=actor, reason=reason)


def approve(row, actor):
    return approvals.approve(approval=row, actor=actor)


def withdraw(row, actor):
    return approvals.withdraw(approval=row, actor=actor)


# ── approving ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_w10_what_a_second_person_approves_is_done_in_both_names(row, econ, otto):
    done = approve(row, otto)
    assert greetings() == ["Hello from econ and otto"]
    assert (done.state, done.decided_by, done.decided_at, done.result) == (
        "approved", otto, database_time(), "Greeted alice.",
    )  # fmt: skip
    assert stored(row).result == "Greeted alice."
    assert told(econ) == ["otto approved: Say Hello to alice."]


def test_approving_twice_is_approving_once(row, econ, otto):
    assert approve(row, otto) == approve(stored(row), otto) == approve(row, otto)
    assert (greetings(), len(told(econ))) == (["Hello from econ and otto"], 1)
    assert LogEntry.objects.filter(user=otto).count() == 1


def test_w10_two_who_approve_at_once_do_it_once(committed_db):
    econ, alice = economist("econ"), make.user("alice")
    staff = [economist(f"staff_{number}") for number in range(6)]
    row = ask(econ, alice)
    answers = together([lambda who=who: approve(row, who) for who in staff * 2], refusals=AlreadyDecided)
    (decided_by,) = {answer.decided_by for answer in answers if isinstance(answer, Approval)}
    assert greetings() == [f"Hello from econ and {decided_by.username}"]
    assert sum(isinstance(answer, AlreadyDecided) for answer in answers) == 10


def test_approving_and_withdrawing_at_once_is_one_of_both(committed_db):
    econ, otto, alice = economist("econ"), economist("otto"), make.user("alice")
    for number in range(6):
        row = ask(econ, alice, key=f"greeting:{number}")
        answers = together(
            [lambda row=row: approve(row, otto), lambda row=row: withdraw(row, econ)], refusals=AlreadyDecided
        )
        assert sum(isinstance(answer, AlreadyDecided) for answer in answers) == 1
        done = Notification.objects.filter(kind="greeting", key__startswith=f"greeting:{number}:").exists()
        assert done == (stored(row).state == "approved")


def test_a_verb_that_refuses_leaves_it_waiting_and_says_why(econ, otto, alice):
    row = ask(econ, alice, impossible=True)
    with pytest.raises(Refused, match="The member does not want it."):
        approve(row, otto)
    assert (stored(row).state, greetings(), told(econ)) == ("pending", [], [])
    assert reject(row, otto).state == "rejected"


def test_a_verb_that_breaks_leaves_it_waiting(econ, otto, alice, monkeypatch):
    def broken(approval, decider):
        accounts.notify(user=alice, kind="greeting", text="Half", key="half:1")
        raise ZeroDivisionError

    row = ask(econ, alice)
    monkeypatch.setitem(registry.kinds, "greeting", registry.Kind("greeting", "Greeting", "xp.adjust_xp", broken))
    with pytest.raises(ZeroDivisionError):
        approve(row, otto)
    assert (stored(row).state, greetings()) == ("pending", [])


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(row, who):
    sentences = []
    for verb in (approve, reject):
        with pytest.raises(MayNotDecide) as refusal:
            verb(row, who)
        sentences.append(str(refusal.value))
    assert (stored(row).state, greetings()) == ("pending", [])
    assert sentences[0] == sentences[1] == approvals.why_not(stored(row), who)
    return sentences[0]


def test_a16_who_asked_does_not_decide(row, econ):
    assert refused(row, econ) == "You asked for this: it takes somebody else."


def test_a16_another_account_of_who_asked_does_not_decide(row, econ, otto):
    root = make.user("root", is_staff=True, is_superuser=True)
    accounts.declare_one_person(user=econ, other=otto, actor=root, reason="Same keyboard")
    assert refused(row, otto) == "You asked for this: it takes somebody else."


def test_a16_the_member_concerned_does_not_decide(econ, otto):
    row = ask(econ, otto)
    assert refused(row, otto) == "This is about yourself: it takes somebody else."


def test_a16_another_account_of_the_member_concerned_does_not_decide(row, alice):
    double = economist("double", same_person_as=alice)
    assert refused(row, double) == "This is about yourself: it takes somebody else."


@pytest.mark.parametrize("who", ["moderator", "member", "retired", "suspended"])
def test_deciding_takes_active_staff_with_the_permission(row, who):
    decider = {
        "moderator": lambda: make.moderator(),
        "member": lambda: make.user("mallory"),
        "retired": lambda: make.user("retired", is_superuser=True),
        "suspended": lambda: economist("suspended", is_active=False),
    }[who]()
    assert refused(row, decider) == "This takes a member of staff with the permission “xp.adjust_xp”."


def test_who_was_suspended_since_the_page_was_drawn_does_not_decide(row, otto):
    """The decider is read anew: what the caller still holds in memory does not count."""
    root = make.user("root", is_staff=True, is_superuser=True)
    assert otto.has_perm("xp.adjust_xp")
    accounts.suspend(member=type(otto).objects.get(pk=otto.pk), actor=root, reason="Left the team")
    with pytest.raises(MayNotDecide):
        approve(row, otto)


def test_a16_what_came_to_be_about_the_asker_is_only_rejected(row, econ, otto, alice):
    root = make.user("root", is_staff=True, is_superuser=True)
    accounts.declare_one_person(user=alice, other=econ, actor=root, reason="Same wallet")
    with pytest.raises(MayNotDecide, match="can only be rejected"):
        approve(row, otto)
    assert reject(row, otto).state == "rejected"


def test_a_kind_that_the_site_forgot_is_not_decided(row, otto, monkeypatch):
    monkeypatch.delitem(registry.kinds, "greeting")
    assert refused(row, otto) == "The site does not know any more how to do this."


# ── rejecting, withdrawing, expiring ────────────────────────────────────────────────────────────────────────────────


def test_what_is_rejected_is_not_done_and_who_asked_reads_why(row, econ, otto):
    done = reject(row, otto)
    assert (done.state, done.decided_by, done.decision_reason, done.result) == (
        "rejected", otto, "They are not new", "",
    )  # fmt: skip
    assert greetings() == []
    assert told(econ) == ["otto rejected: Say Hello to alice. Reason: They are not new"]
    assert reject(row, otto) == done


@pytest.mark.parametrize("reason", ["", " \n", "\x07"])
def test_rejecting_takes_a_reason(row, otto, reason):
    with pytest.raises(Refused, match="Say why"):
        reject(row, otto, reason)
    assert stored(row).state == "pending"


def test_who_asked_withdraws_and_nobody_else(row, econ, otto):
    with pytest.raises(MayNotDecide, match="Only econ can withdraw this."):
        withdraw(row, otto)
    done = withdraw(row, econ)
    assert (done.state, done.decided_by, told(econ)) == ("withdrawn", econ, [])
    assert withdraw(row, econ) == done


@pytest.mark.parametrize("first", ["approved", "rejected", "withdrawn", "expired"])
def test_what_is_decided_stays_decided(row, econ, otto, first):
    third = economist("third")
    {
        "approved": lambda: approve(row, otto),
        "rejected": lambda: reject(row, otto),
        "withdrawn": lambda: withdraw(row, econ),
        "expired": lambda: expire(days=8),
    }[first]()
    before = Approval.objects.filter(pk=row.pk).values().get()
    for again in (lambda: approve(row, third), lambda: reject(row, third), lambda: withdraw(row, third)):
        with pytest.raises(AlreadyDecided) as refusal:
            again()
        assert str(refusal.value) == f"This does not wait any more: {stored(row).get_state_display()}."
    assert Approval.objects.filter(pk=row.pk).values().get() == before


def expire(**later):
    with clock.at(database_time() + timedelta(**later)):
        return tasks.expire_old()


def test_what_nobody_decided_in_seven_days_expires_and_who_asked_is_told(row, econ):
    assert (expire(days=7), stored(row).state) == (0, "pending")
    assert expire(days=7, seconds=1) == 1
    done = stored(row)
    assert (done.state, done.decided_by, done.decided_at is None) == ("expired", None, False)
    assert told(econ) == ["Nobody decided within 7 days: Say Hello to alice."]
    assert expire(days=9) == 0


def test_expiring_passes_over_what_is_being_decided(committed_db):
    econ, otto, alice = economist("econ"), economist("otto"), make.user("alice")
    row = ask(econ, alice)
    with transaction.atomic():
        approve(row, otto)
        assert together([lambda: expire(days=8)]) == [0]
    assert stored(row).state == "approved"


def test_the_staffs_log_has_every_decision(econ, otto, alice):
    rows = [ask(econ, alice, key=f"greeting:{number}") for number in range(3)]
    approve(rows[0], otto)
    reject(rows[1], otto)
    withdraw(rows[2], econ)
    entries = LogEntry.objects.order_by("id")[3:]
    assert [(entry.user, entry.object_id, entry.get_change_message()) for entry in entries] == [
        (otto, str(rows[0].pk), "Approved. Greeted alice."),
        (otto, str(rows[1].pk), "Rejected. Reason: They are not new"),
        (econ, str(rows[2].pk), "Withdrawn."),
    ]


# ── what the database refuses ───────────────────────────────────────────────────────────────────────────────────────

DECIDED = "update approvals set state = %s, decided_by_id = %s, decided_at = clock(), decision_reason = %s, result = %s"


def write(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refuses(statement, *values, match):
    with pytest.raises(Error, match=match), transaction.atomic():
        write(statement, *values)


def test_w10_the_database_takes_no_decision_by_who_asked_or_whom_it_is_about(row, econ, otto, alice):
    double = make.user("double", same_person_as=econ)
    for who in (econ, alice, double):
        for state, reason, result in (("approved", "", "Done."), ("rejected", "No", "")):
            refuses(DECIDED, state, who.pk, reason, result, match="approvals_|takes two persons")
    write(DECIDED, "approved", otto.pk, "", "Done.")
    assert stored(row).state == "approved"


def test_the_database_takes_no_request_about_who_asks(econ):
    double = make.user("double", same_person_as=econ)
    for about in (econ, double):
        with pytest.raises(IntegrityError, match="two persons"), transaction.atomic():
            Approval.objects.create(
                kind="greeting", about=about, request={}, summary="x", reason="x", key="x:1", asked_by=econ
            )


@pytest.mark.parametrize(
    ("state", "reason", "result"),
    [
        ("approved", "", ""),
        ("rejected", "", ""),
        ("rejected", "No", "Done."),
        ("unheard", "", ""),
        ("withdrawn", "", ""),
    ],
)
def test_the_database_takes_no_half_decision(row, otto, state, reason, result):
    refuses(DECIDED, state, otto.pk, reason, result, match="approvals_are_decided_whole")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved'",
        "state = 'expired'",
        "state = 'expired', decided_at = clock(), decided_by_id = (select user_id from users where username = 'otto')",
        "decided_at = clock()",
        "decision_reason = 'No'",
        "result = 'Done.'",
    ],
)
def test_the_database_takes_decisions_whole_only(row, otto, change):
    refuses(f"update approvals set {change}", match="approvals_are_decided_whole|never changed")


def test_nothing_is_asked_for_and_decided_at_once(econ, otto):
    with pytest.raises(Error, match="waits first"), transaction.atomic():
        Approval.objects.create(
            kind="greeting", request={}, summary="x", reason="x", key="x:1", asked_by=econ, state="approved",
            decided_by=otto, decided_at=database_time(), result="Done.",
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "update approvals set state = 'pending', decided_by_id = null, decided_at = null, result = ''",
        "update approvals set decision_reason = 'Another'",
        "update approvals set request = '{}'",
        "update approvals set created_at = created_at - interval '1 day'",
        "delete from approvals",
        "truncate approvals",
    ],
)
def test_the_owner_cannot_rewrite_what_was_decided(committed_db, owner, statement):
    otto = economist("otto")
    row = ask(economist("econ"), make.user("alice"))
    approve(row, otto)
    with pytest.raises(Exception, match="never changed|only grow"):
        owner.execute(statement)
    assert stored(row).state == "approved"


@pytest.mark.parametrize("column", ["request = '{}'", "reason = 'x'", "key = 'x'", "kind = 'x'", "summary = 'x'"])
def test_the_owner_cannot_change_what_waits(committed_db, owner, column):
    ask(economist("econ"), make.user("alice"))
    with pytest.raises(Exception, match="never changed"):
        owner.execute(f"update approvals set {column}")


@pytest.mark.parametrize(
    "statement", ["update approvals set request = '{}'", "delete from approvals", "truncate approvals"]
)
def test_the_application_may_only_decide(row, statement):
    refuses(statement, match="permission denied")
