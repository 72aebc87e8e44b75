"""xp_doctor: everything agrees with the log, planted drift is found, and --repair puts it right and says so."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction

from degentalk.core import clock
from tests import make
from tests.extent import extent
from tests.threads import together
from wallet.models import UserWallet
from xp import services as xp
from xp import tasks
from xp.models import LevelDgtRewardLog, Period, StreakDay, UserStreak, UserXp, XpCurveChange, XpLog, XpPeriodTotal
from xp.services import doctor


@pytest.fixture
def staff(committed_db):
    return make.user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def alice(committed_db):
    """A member with awards, one of them taken back, one granted again, an adjustment and a streak."""
    alice, root = make.user("alice"), make.user("staff", is_staff=True)
    for number in range(4):
        award(alice, 40, f"event:{number}")
    xp.reverse(because="post_hidden:1", keys=["event:1", "event:2"])
    xp.restore(because="post_hidden:1")
    xp.reverse(because="post_hidden:2", keys=["event:3"])
    xp.adjust(user=alice, points=-20, reason="Too much", actor=root, key="adjustment:1")
    for days in (3, 2, 0):
        with clock.at(clock.database_time() - timedelta(days=days)):
            xp.visit(user=alice)
    return alice


def award(user, points, key):
    return xp.award(user=user, action="special_event", key=key, cause=("event", key), base=points)


def examine(*options):
    """What the command says, and what it ends with."""
    out, code = StringIO(), 0
    try:
        call_command("xp_doctor", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return out.getvalue().splitlines(), code


def drift():
    found = []
    doctor.examine(lambda row: found.append((row.username, row.kind, row.subject, row.stored, row.rebuilt)))
    return sorted(found)


def plant(owner, *statements):
    """Write past every guard, as only the owner can."""
    tables = ("user_xp", "xp_log", "streak_days", "level_dgt_rewards_log", "xp_withholdings")
    with owner.transaction():
        for table in tables:
            owner.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            owner.execute(statement)
        for table in tables:
            owner.execute(f"alter table {table} enable trigger user")


def assert_repaired(code=0):
    """One repair puts everything right, and a second has nothing to do."""
    lines, ended_with = examine("--repair")
    assert ended_with == code
    again, ended_with = examine("--repair")
    assert (again[-1].split()[0], ended_with) == (lines[-1].split()[0], code)
    return lines


# ── nothing disagrees ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_site_has_no_drift(committed_db):
    assert examine() == (["0 drift in 0 members and 0 rows of the log."], 0)


def test_a13_whatever_happened_through_the_doors_is_no_drift(alice, staff):
    bob = make.user("bob")
    xp.award_tip(giver=alice, receiver=bob, amount=30, key="tip:1", cause=("post", 1))
    xp.award_tip(giver=bob, receiver=alice, amount=10, key="tip:2", cause=("post", 2))
    xp.reverse(because="ban:1", member=bob)
    xp.change_curve(thresholds={2: 5, 3: 10, 4: 200}, pays_rewards=False, reason="Faster", actor=staff)
    tasks.recompute_levels()
    lines, code = examine()
    assert (len(lines), code, lines[0].startswith("0 drift in 2 members and ")) == (1, 0, True)


def test_the_figures_are_those_of_the_log(alice):
    examined = doctor.examine(print)
    assert (examined.members, examined.log_rows, examined.drift) == (1, XpLog.objects.count(), 0)


def test_it_changes_nothing(alice, owner):
    plant(owner, "update user_xp set xp = 7")
    examine()
    assert UserXp.objects.of(alice).xp == 7


# ── each kind of drift ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_total_is_found_and_put_right(alice, owner):
    total = UserXp.objects.of(alice).xp
    plant(owner, f"update user_xp set xp = xp + 1000, level = {xp.curve().level_at(total + 1000).level}")
    before = UserXp.objects.of(alice)
    level = xp.curve().level_at(total).level
    assert ("alice", "total", "", str(before.xp), str(total)) in drift()
    assert ("alice", "level", "", str(before.level), str(level)) in drift()
    assert_repaired()
    after = UserXp.objects.of(alice)
    row = XpLog.objects.of(alice).newest().first()
    assert (after.xp, after.level, row.xp_awarded, row.xp_after, row.level_after, row.actor) == (
        total, level, 0, total, level, None,
    )  # fmt: skip
    assert row.reason.startswith(f"xp_doctor: total {before.xp} → {total}, level {before.level} → {level}")
    assert XpLog.objects.filter(cause_type="xp_doctor").count() == 1


def test_a_member_without_a_total_gets_one(alice, owner):
    total = UserXp.objects.of(alice).xp
    plant(owner, "delete from user_xp")
    assert ("alice", "total", "", "0", str(total)) in drift()
    assert_repaired()
    assert UserXp.objects.of(alice).xp == total


def test_a_level_is_found_and_put_right(alice, owner):
    level, balance = UserXp.objects.of(alice).level, UserWallet.objects.of(alice).dgt_balance
    plant(owner, "update user_xp set level = 1")
    assert drift() == [("alice", "level", "", "1", str(level))]
    assert_repaired()
    assert (UserXp.objects.of(alice).level, UserWallet.objects.of(alice).dgt_balance) == (level, balance)


@pytest.mark.parametrize("period", Period.values)
@pytest.mark.parametrize("damage", ["update xp_period_totals set xp = xp + 5", "delete from xp_period_totals"])
def test_a_running_period_is_found_and_put_right(alice, owner, period, damage):
    total = XpPeriodTotal.objects.filter(user=alice, period=period).latest("starts_on")
    plant(owner, f"{damage} where period = '{period}' and starts_on = '{total.starts_on}'")
    assert [row[:3] for row in drift()] == [("alice", period, str(total.starts_on))]
    assert_repaired()
    again = XpPeriodTotal.objects.filter(user=alice, period=period).latest("starts_on")
    assert (again.starts_on, again.xp) == (total.starts_on, total.xp)


def test_what_is_taken_back_belongs_to_the_period_of_its_award(committed_db):
    alice = make.user("alice")
    with clock.at(clock.database_time() - timedelta(days=400)):
        award(alice, 40, "event:long ago")
    award(alice, 10, "event:today")
    xp.reverse(because="post_hidden:1", keys=["event:long ago"])
    today = XpPeriodTotal.objects.filter(user=alice, period=Period.DAY).latest("starts_on")
    assert (today.xp, drift()) == (10, [])


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("update user_streaks set current = 9", "streak"),
        ("update user_streaks set longest = 1", "longest"),
        ("update user_streaks set last_day = last_day - 1", "last_day"),
        ("update user_streaks set last_day = null", "last_day"),
        ("delete from user_streaks", "streak"),
    ],
)
def test_a_streak_is_found_and_put_right(alice, owner, damage, kind):
    kept = UserStreak.objects.get(user=alice)
    plant(owner, damage)
    assert kind in [row[1] for row in drift()]
    assert_repaired()
    assert UserStreak.objects.filter(
        user=alice, current=kept.current, longest=kept.longest, last_day=kept.last_day
    ).exists()


def test_a_streak_without_days_never_was(alice, owner):
    plant(owner, "delete from streak_days")
    assert [row[1] for row in drift()] == ["last_day", "longest", "streak"]
    assert_repaired()
    row = UserStreak.objects.get(user=alice)
    assert (row.current, row.longest, row.last_day) == (0, 0, None)


def test_streaks_are_rebuilt_as_the_rules_do(committed_db, owner):
    """SQL and Python agree on every shape of visits, frozen and bridged days, and gaps."""
    import random

    dice = random.Random(3)
    kinds = [*StreakDay.Kind.values, None]
    for number in range(25):
        member = make.user(f"member_{number}")
        first = clock.database_time().date() - timedelta(days=40)
        days = [
            (first + timedelta(days=day), dice.choices(kinds, [6, 1, 1, 1])[0]) for day in range(dice.randrange(40))
        ]
        rows = [(day, kind) for day, kind in days if kind]
        for day, kind in rows:
            StreakDay.objects.create(user=member, day=day, kind=kind, time_zone="UTC", created_at=clock.database_time())
        streak = xp.streak_from_days(StreakDay.objects.filter(user=member).order_by("day"))
        UserStreak.objects.create(user=member, current=streak.current, longest=streak.longest, last_day=streak.last_day)
    assert drift() == []


def test_a_chain_of_totals_that_broke_is_found_and_begun_anew(alice, owner):
    award(alice, 5, "event:4")
    row = XpLog.objects.of(alice).newest().first()
    plant(owner, f"update xp_log set xp_after = xp_after + 100 where id = {row.pk}")
    assert drift() == [("alice", "log", str(row.pk), str(row.xp_after + 100), str(row.xp_after))]
    assert_repaired()
    award(alice, 5, "event:5")
    assert drift() == []


def test_a_row_that_is_not_its_arithmetic_is_found_and_left_to_people(alice, owner):
    total = UserXp.objects.of(alice).xp
    row = XpLog.objects.get(key="event:0")
    plant(owner, f"update xp_log set xp_awarded = 1000 where id = {row.pk}")
    assert ("alice", "entry", str(row.pk), "1000", "40") in drift()
    lines = assert_repaired(code=1)
    assert "alice: nothing was put right; see docs/operations.md" in lines
    assert UserXp.objects.of(alice).xp == total


def test_an_award_that_counts_though_it_is_withheld_is_found_and_left_to_people(alice, owner):
    award_id = XpLog.objects.get(key="event:0").pk
    owner.execute("insert into xp_withholdings (award_id, because, created_at) values (%s, 'x:9', clock())", [award_id])
    assert drift() == [("alice", "award", str(award_id), "counts", "taken back")]
    assert_repaired(code=1)


def test_an_award_that_nothing_withholds_any_more_is_found(alice, owner):
    award_id = XpLog.objects.get(key="event:3").pk
    plant(owner, "delete from xp_withholdings")
    assert drift() == [("alice", "award", str(award_id), "taken back", "counts")]


def test_a_level_that_was_reached_and_never_remembered_is_remembered_and_paid_once(alice, owner):
    balance = UserWallet.objects.of(alice).dgt_balance
    plant(owner, "delete from level_dgt_rewards_log where level = 2")
    assert drift() == [("alice", "rewards", "", "1", "2")]
    assert_repaired()
    assert LevelDgtRewardLog.objects.get(user=alice, level=2).state == "paid"
    assert UserWallet.objects.of(alice).dgt_balance == balance  # the ledger knew that it had paid


def test_a_total_that_was_too_low_pays_the_levels_it_hid(committed_db, owner):
    alice = make.user("alice")
    owner.execute("alter table user_xp disable trigger user")
    award(alice, 160, "event:1")
    owner.execute("update user_xp set xp = 0, level = 1")
    owner.execute("alter table user_xp enable trigger user")
    assert_repaired()
    assert (UserXp.objects.of(alice).level, UserWallet.objects.of(alice).dgt_balance) == (3, 50)


def test_everything_at_once_is_put_right_member_by_member(alice, owner):
    bob = make.user("bob")
    award(bob, 40, "event:bob")
    plant(
        owner, "update user_xp set xp = xp + 1, level = 9", "delete from xp_period_totals", "delete from user_streaks"
    )
    lines = assert_repaired()
    assert [line.split(":")[0] for line in lines if ": xp_doctor" in line] == ["alice", "bob"]
    assert lines[-1].startswith("0 drift in 2 members")


# ── how it says so ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_names_member_and_figures_and_ends_with_1(alice, owner):
    total = UserXp.objects.of(alice).xp
    plant(owner, f"update user_xp set xp = {total + 9}")
    rows = XpLog.objects.count()
    assert examine() == (
        [f"alice: total {total + 9} → {total}", f"1 drift in 1 members and {rows} rows of the log."],
        1,
    )


def test_json_is_one_document(alice, owner):
    total = UserXp.objects.of(alice).xp
    plant(owner, f"update user_xp set xp = {total + 9}")
    lines, code = examine("--json", "--repair")
    document = json.loads("\n".join(lines))
    assert (code, document["drift"], document["members"]) == (0, 0, 1)
    assert document["found"] == [
        {
            "user_id": alice.pk, "username": "alice", "kind": "total", "subject": "", "stored": str(total + 9),
            "rebuilt": str(total),
        }
    ]  # fmt: skip
    assert document["repaired"] == {"alice": f"xp_doctor: total {total + 9} → {total}"}


def test_the_nightly_task_complains_in_the_log(alice, owner, caplog):
    assert (tasks.examine(), caplog.records) == (0, [])
    plant(owner, "update user_xp set xp = xp + 9")
    assert tasks.examine() == 1
    assert [(record.levelname, "alice: total" in record.getMessage()) for record in caplog.records] == [("ERROR", True)]


def test_a_repair_of_what_is_right_writes_nothing(alice):
    rows = XpLog.objects.count()
    assert (doctor.repair(user=alice), XpLog.objects.count()) == (None, rows)


@pytest.mark.django_db
def test_it_needs_a_snapshot_of_its_own():
    with pytest.raises(RuntimeError, match="outside of atomic"):
        doctor.examine(print)


# ── while the site is used ──────────────────────────────────────────────────────────────────────────────────────────


def test_awards_in_flight_are_no_drift(alice):
    members, done, found = [alice, *(make.user(f"member_{number}") for number in range(4))], threading.Event(), []

    def earn(member):
        def run():
            for number in range(15):
                award(member, 40, f"event:{member.pk}:{number}")
                if number % 5 == 0:
                    xp.reverse(because=f"post_hidden:{member.pk}", keys=[f"event:{member.pk}:{number}"])
                    xp.restore(because=f"post_hidden:{member.pk}")

        return run

    def look():
        while not done.is_set():
            doctor.examine(found.append)

    def work():
        together([earn(member) for member in members])
        done.set()

    together([look, work])
    assert found == []


def test_levels_that_still_follow_a_change_of_the_curve_are_no_drift(alice, staff, owner):
    xp.change_curve(thresholds={2: 5, 3: 10, 4: 20}, pays_rewards=True, reason="Faster", actor=staff)
    assert drift() == []
    tasks.recompute_levels()
    assert (XpCurveChange.objects.get().finished_at is None, drift()) == (False, [])


def test_parallel_repairs_write_one_row(alice, owner):
    plant(owner, "update user_xp set xp = xp + 1")
    words = together([lambda: doctor.repair(user=alice) for _ in range(6)])
    assert [bool(said) for said in words].count(True) == 1
    assert XpLog.objects.filter(cause_type="xp_doctor").count() == 1


def test_repairs_and_awards_at_once_leave_no_drift(alice, owner):
    plant(owner, "update user_xp set xp = xp + 100")
    awards = [lambda n=n: award(alice, 7, f"event:meanwhile:{n}") for n in range(8)]
    together([*awards, lambda: doctor.repair(user=alice)])
    examine("--repair")
    assert drift() == []


def test_the_application_cannot_write_what_the_doctor_compares(committed_db):
    with pytest.raises(Error, match="permission denied|cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from xp_drift")


# ── a long log ──────────────────────────────────────────────────────────────────────────────────────────────────────

MEMBERS, ROWS_EACH = extent(100, 1_000), 100
# Every tenth award is taken back two rows later; the awards of a member are an hour apart.
LONG_LOG = f"""
insert into users (user_id, username, first_name, last_name, email, password, date_joined, is_active, is_staff,
        is_superuser, about, time_zone, theme, hides_balance, hides_from_boards)
    select 100000 + n, 'member_' || n, '', '', n || '@example.com', '', clock() - interval '1 year', true, false,
        false, '', 'UTC', 'auto', false, false
    from generate_series(1, {MEMBERS}) n;
insert into xp_log (id, user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type,
        cause_id, reason, reverses_id, origin_id, xp_after, level_before, level_after)
    select n * {ROWS_EACH} + i, 100000 + n, a.id, x.points, clock() - make_interval(hours => {ROWS_EACH} - i), '{{}}',
        'seed:' || n || ':' || i, 1, '{{"base": 10, "multipliers": [], "result": 10}}', 'seed', n || ':' || i, '',
        x.reverses, x.reverses, sum(x.points) over (partition by n order by i), 1, 1
    from xp_actions a, generate_series(1, {MEMBERS}) n, generate_series(1, {ROWS_EACH}) i,
        lateral (select case i % 10 when 0 then -10 else 10 end as points,
            case i % 10 when 0 then n * {ROWS_EACH} + i - 2 end as reverses) x
    where a.name = 'post_created';
select setval(pg_get_serial_sequence('xp_log', 'id'), (select max(id) from xp_log));
insert into xp_withholdings (award_id, because, created_at)
    select origin_id, 'seed:' || id, created_at from xp_log where origin_id is not null;
insert into level_dgt_rewards_log (user_id, level, dgt_reward, state, created_at)
    select user_id, level, 0, 'none', clock() from users, generate_series(2, 6) level where user_id > 100000;
insert into user_xp (user_id, xp)
    select user_id, sum(xp_awarded) from xp_log group by user_id order by user_id;
insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
    select p.period, p.starts_on, l.user_id, sum(l.xp_awarded), true
    from xp_log l left join xp_log o on o.id = l.origin_id
    join xp_running_periods p on coalesce(o.created_at, l.created_at) between p.since and p.until
    group by p.period, p.starts_on, l.user_id;
insert into streak_days (user_id, day, kind, time_zone, created_at)
    select 100000 + n, current_date - d, 'visit', 'UTC', clock()
    from generate_series(1, {MEMBERS}) n, generate_series(0, 29) d;
insert into user_streaks (user_id, current, longest, last_day)
    select 100000 + n, 30, 30, current_date from generate_series(1, {MEMBERS}) n;
"""


@pytest.mark.proof
def test_a13_a_hundred_thousand_rows_recompute_to_the_same_numbers(committed_db, owner):
    """In `make test` a tenth of them."""
    owner.execute(LONG_LOG)
    owner.execute("analyze")
    assert examine() == ([f"0 drift in {MEMBERS} members and {MEMBERS * ROWS_EACH} rows of the log."], 0)
    plant(
        owner,
        "update user_xp set xp = xp + 1 where user_id = 100001",
        "update user_xp set level = level + 1 where user_id = 100050",
        "update xp_period_totals set xp = xp + 1 where user_id = 100060 and period = 'month'",
        "update user_streaks set longest = 31 where user_id = 100100",
    )
    assert [row[:2] for row in drift()] == [
        ("member_1", "total"), ("member_100", "longest"), ("member_50", "level"), ("member_60", "month"),
    ]  # fmt: skip
    assert examine("--repair")[1] == 0
