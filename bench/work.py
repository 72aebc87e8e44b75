"""The work that is measured: the product's verbs, and the same as a typical Django project and a raw script do it."""

import itertools
import random
import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connections, transaction
from django.db.models import F, Sum
from django.utils import timezone

from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from wallet import services as wallet
from wallet.models import DgtAccount, DgtJournal, DgtTransaction, UserWallet, WalletPolicy
from xp import services as xp
from xp.models import UserXp, XpAction, XpLog, XpPeriodTotal

OWNER = "owner"  # an alias for what the application's role may not do

_numbers = itertools.count(1)
_members: list[User] = []


def _statements(script: str) -> list[str]:
    """The lines of a script between its `begin` and its `commit`."""
    lines = script.strip().splitlines()
    return lines[lines.index("begin;") + 1 : lines.index("commit;")]


# By hand: the policy and both members, the locks, what was bought lately, the journal, both wallets, the entries.
RAW_TRANSFER = """
\\set one random(1, :members - 1)
\\set other :one + 1
begin;
select p.*, switch_is_on('transfers') from wallet_policy p;
select u.user_id, u.is_active, u.date_joined,
    exists (select from account_emailaddress e where e.user_id = u.user_id and e.verified)
    from users u where u.user_id in (:one::bigint, :other::bigint);
select user_id, dgt_balance, debt_dgt, is_frozen, sent_on, sent_dgt
    from user_wallet where user_id in (:one::bigint, :other::bigint) order by user_id for no key update;
select coalesce(sum(e.amount), 0) from dgt_transactions e
    where e.user_id = :one and e.transaction_type = 'purchase' and e.created_at > now() - interval '14 days';
insert into dgt_journal (public_id, kind, key, request_hash, actor_id, reason, created_at)
    values (gen_random_uuid(), 'transfer', gen_random_uuid()::text, '', :one, '', now());
update user_wallet set dgt_balance = dgt_balance - 1, sent_on = current_date, sent_dgt = sent_dgt + 1
    where user_id = :one;
update user_wallet set dgt_balance = dgt_balance + 1 where user_id = :other;
insert into dgt_transactions (journal_id, line, account_id, user_id, amount, transaction_type, reference_type,
    description, created_at, metadata, balance_after, canonical)
    select currval('dgt_journal_id_seq'), leg.line, a.id, w.user_id, leg.amount, 'transfer', '', '', now(), '{}',
        w.dgt_balance, ''
    from (values (1, :one::bigint, -1), (2, :other::bigint, 1)) leg (line, user_id, amount)
    join user_wallet w on w.user_id = leg.user_id
    join dgt_accounts a on a.user_id = leg.user_id and a.kind = 'member';
commit;
"""

# The same work by hand: lock, the newest award and the sums of the day and the week, the row, the totals.
RAW_AWARD = """
\\set one random(1, :members)
begin;
select xp from user_xp where user_id = :one for no key update;
select max(created_at), sum(xp_awarded) filter (where created_at >= date_trunc('day', now(), 'UTC')), sum(xp_awarded)
    from xp_log l join xp_actions a on a.id = l.action_id
    where l.user_id = :one and a.name = 'tip_received' and reverses_id is null
        and created_at >= date_trunc('week', now(), 'UTC');
insert into xp_log (user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id,
    reason, xp_after, level_before, level_after)
    select :one::bigint, a.id, 1, now(), '{}', gen_random_uuid()::text, 1, '{}', 'bench', '1', '', 0, 1, 1
    from xp_actions a where a.name = 'tip_received';
update user_xp set xp = xp + 1, last_xp_event_at = now() where user_id = :one;
insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
    select period, (date_trunc(period, now(), 'UTC') at time zone 'UTC')::date, :one, 1, true
    from unnest(array ['day', 'week', 'month']) period
    on conflict (period, starts_on, user_id) do update set xp = xp_period_totals.xp + 1;
commit;
"""


# A tip is both: the locks, the transfer, and an award to each.
RAW_TIP = "\n".join(
    (
        "\\set one random(1, :members - 1)",
        "\\set other :one + 1",
        "begin;",
        *(_statements(RAW_TRANSFER)),
        *(_statements(RAW_AWARD)),
        *(line.replace(":one", ":other") for line in _statements(RAW_AWARD)),
        "commit;",
    )
)


DOOR_TRANSFER = """
\\set one random(1, :members - 1)
\\set other :one + 1
select dgt_transfer('transfer', gen_random_uuid()::text, :one, :other, 1, null, 'bench');
"""

DOOR_AWARD = """
\\set one random(1, :members)
begin;
select * from xp_read(:one, 'tip_received', gen_random_uuid()::text);
select log_id, xp from xp_post(:one, 'tip_received', 1, gen_random_uuid()::text, 1,
    '{"base":1,"multipliers":[],"result":1}', 'bench', '1');
commit;
"""


def fill(count: int) -> None:
    """Members with a balance and an XP row; awards of one point, so that levels cost nothing here."""
    connections.databases[OWNER] = {**connections.databases["default"], **settings.DATABASE_OWNER}
    long_ago = timezone.now() - timedelta(days=100)
    User.objects.bulk_create(
        User(username=f"member{n}", email=f"member{n}@example.com", password="!", date_joined=long_ago)
        for n in range(1, count + 1)
    )
    _members.extend(User.objects.order_by("pk"))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=member, email=member.email, verified=True, primary=True) for member in _members
    )
    XpAction.objects.update(
        cooldown_seconds=0, default_value=1, weekly_cap_xp=10**9, daily_cap_xp=10**9, amount_step=None, half_after=None
    )
    rulebook.publish(actor=None, reason="bench")
    for member in _members:
        wallet.credit(user=member, amount=10**6, source="rewards", key=f"gift:{member.pk}", description="")
        xp.award(user=member, action="tip_received", key=f"first:{member.pk}", cause=("bench", 0))


def transfer(client: int) -> None:
    one, other = _two()
    wallet.transfer(sender=one, receiver=other, amount=1, key=f"bench:{client}:{next(_numbers)}")


def transfer_inside_atomic(client: int) -> None:
    with transaction.atomic():
        transfer(client)


def reward(client: int) -> None:
    """DGT from the one account that pays all rewards."""
    member = random.choice(_members)
    wallet.credit(user=member, amount=1, source="rewards", key=f"bench:{client}:{next(_numbers)}", description="")


def tip(client: int) -> None:
    """Locks, DGT and the XP of both, in one transaction."""
    one, other = _two()
    key = f"bench_tip:{client}:{next(_numbers)}"
    with transaction.atomic():
        xp.lock_members([one, other])
        wallet.tip(sender=one, receiver=other, amount=1, key=key, cause=("post", 1))
        xp.award_tip(giver=one, receiver=other, amount=1, key=key, cause=("post", 1))


def award(client: int) -> None:
    xp.award(
        user=random.choice(_members),
        action="tip_received",
        key=f"bench:{client}:{next(_numbers)}",
        cause=("bench", client),
    )


def orm_transfer(_client: int) -> None:
    """As most projects write it: look at the policy and both members, lock, check, save both, create the rows."""
    one, other = _two()
    with transaction.atomic(using=OWNER):
        policy = WalletPolicy.objects.using(OWNER).current()
        for member in User.objects.using(OWNER).filter(pk__in=[one.pk, other.pk]):
            old_enough = member.date_joined <= timezone.now() - timedelta(hours=policy.min_account_age_hours)
            if not (member.is_active and old_enough):
                raise ValueError("may not")
            if not EmailAddress.objects.using(OWNER).filter(user=member, verified=True).exists():
                raise ValueError("unverified")
        locked = UserWallet.objects.using(OWNER).select_for_update().filter(user__in=[one, other]).order_by("pk")
        rows = {row.pk: row for row in locked}
        lately = timezone.now() - timedelta(days=policy.purchases_locked_days)
        bought = DgtTransaction.objects.using(OWNER).purchases_of(one).filter(created_at__gt=lately)
        locked_dgt = bought.aggregate(dgt=Sum("amount"))["dgt"] or 0
        if rows[one.pk].dgt_balance - locked_dgt < 1 or rows[one.pk].sent_dgt >= policy.daily_max_dgt:
            raise ValueError("not enough")
        rows[one.pk].dgt_balance -= 1
        rows[one.pk].sent_on, rows[one.pk].sent_dgt = timezone.now().date(), rows[one.pk].sent_dgt + 1
        rows[other.pk].dgt_balance += 1
        moment = timezone.now()
        journal = DgtJournal.objects.using(OWNER).create(
            public_id=uuid.uuid4(),
            kind="transfer",
            key=f"orm:{next(_numbers)}",
            created_at=moment,
            # a trigger writes these, whatever is sent
            xid="0",
            epoch=1,
            posted_at=moment,
        )
        for line, (member, amount) in enumerate(((one, -1), (other, 1)), start=1):
            rows[member.pk].save(using=OWNER)
            DgtTransaction.objects.using(OWNER).create(
                journal=journal,
                line=line,
                account=DgtAccount.objects.using(OWNER).get(user_id=member.pk, kind="member"),
                user_id=member.pk,
                amount=amount,
                transaction_type="transfer",
                created_at=moment,
                balance_after=rows[member.pk].dgt_balance,
                canonical=b"",
            )


def orm_award(client: int) -> None:
    """As most projects write it: look the action up, lock, check key, cooldown, caps; create the row, save totals."""
    member = random.choice(_members)
    key = f"orm:{next(_numbers)}"
    with transaction.atomic(using=OWNER):
        action = XpAction.objects.using(OWNER).get(name="tip_received")
        row = UserXp.objects.using(OWNER).select_for_update().get(user_id=member.pk)
        log = XpLog.objects.using(OWNER)
        if not action.is_enabled or log.filter(key=key).exists():
            return
        mine = log.filter(user=member, action=action, reverses=None)
        mine.order_by("-created_at").first()
        now = timezone.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        starts = {"day": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
        if any(
            (mine.filter(created_at__gte=starts[period]).aggregate(xp=Sum("xp_awarded"))["xp"] or 0) >= cap
            for period, cap in (("day", action.daily_cap_xp), ("week", action.weekly_cap_xp))
        ):
            return
        row.xp += action.default_value
        row.last_xp_event_at = now
        log.create(
            user_id=member.pk,
            action=action,
            xp_awarded=action.default_value,
            created_at=row.last_xp_event_at,
            key=key,
            rule_set_id=1,
            trace={},
            cause_type="bench",
            cause_id=str(client),
            xp_after=row.xp,
            level_before=row.level,
            level_after=row.level,
        )
        row.save(using=OWNER)
        for period, start in starts.items():
            total, _made = XpPeriodTotal.objects.using(OWNER).get_or_create(
                period=period, starts_on=start.date(), user=member, defaults={"xp": 0, "is_listed": True}
            )
            XpPeriodTotal.objects.using(OWNER).filter(pk=total.pk).update(xp=F("xp") + action.default_value)


def _two() -> tuple[User, User]:
    one, other = random.sample(_members, 2)
    return one, other


TRANSFERS = {
    "wallet.transfer, outermost": transfer,
    "wallet.transfer inside atomic()": transfer_inside_atomic,
    "typical ORM": orm_transfer,
}
TIPS = {"a tip: wallet.tip, xp.award_tip": tip}
AWARDS = {"xp.award": award, "typical ORM": orm_award}
