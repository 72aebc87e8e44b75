"""Lets the history happen: every step goes through the same doors as the site's, at its own moment."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts.models import Notification, User
from degentalk.core import clock
from degentalk.demo.conversations import Conversation
from degentalk.demo.steps import Award, Grant, Like, Post, Step, Transfer
from degentalk.forum import services as forum
from degentalk.forum.models import Post as ForumPost
from degentalk.forum.models import Thread
from degentalk.rulebook.services import RuleSetFacts
from wallet import services as wallet
from wallet.accounts import ADJUSTMENTS
from wallet.models import UserWallet
from xp import rules
from xp.rules import Curve, Event, MemberState

PAYER = "otto_supply"
SMALLEST_DGT = 5
KEPT = 3
"""Nobody sends more than this part of what they have."""
BATCH = 1_000

SET_CLOCK = "select set_config('degentalk.now', %s, false)"

# CASE makes sure that the clock is set before the door opens. The doors see what the rows before them did.
POST_AWARDS = """
select user_id, at, (posted).level_before, (posted).level_after from (
    select user_id, at, case when set_config('degentalk.now', at, false) = at then
        xp_post(user_id, action, points, key, %s, trace::jsonb, cause_type, cause_id)
    end as posted
    from unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
        as awards (at, user_id, action, points, key, trace, cause_type, cause_id)
) as awarded
where (posted).level_after > (posted).level_before
"""


class World:
    """Plays steps, which must come in the order of their moments, in the caller's transaction."""

    def __init__(self, users: Mapping[str, User], threads: Sequence[Conversation], rule_set: RuleSetFacts) -> None:
        self._users, self._plan, self._rule_set = users, threads, rule_set
        self._pages = {user.pk: user.get_absolute_url() for user in users.values()}
        self._curve = Curve.of(rule_set.rules)
        self._threads: dict[int, Thread] = {}
        self._posts: dict[tuple[int, int], ForumPost] = {}
        self._waiting: list[tuple[str, int, str, int, str, str, str, str]] = []
        self._movements = 0

    def play(self, steps: Sequence[Step]) -> None:
        """All of them. The clock is as before afterwards."""
        with clock.at(steps[0].at):
            for step in steps:
                self._play(step)
            self._flush()

    def _play(self, step: Step) -> None:
        match step:
            case Award():
                self._award(step)
            case Like():
                self._like(step)
            case Post():
                self._turn_to(step.at)
                self._write(step)
            case Transfer():
                self._turn_to(step.at)
                self._transfer(step)
            case Grant():
                self._turn_to(step.at)
                self._grant(step)

    def _turn_to(self, moment: datetime) -> None:
        """Finish what came before; then it is that moment."""
        self._flush()
        with connection.cursor() as cursor:
            cursor.execute(SET_CLOCK, [moment.isoformat()])

    # ── forum ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, step: Post) -> None:
        plan = self._plan[step.thread]
        written = plan.posts[step.index]
        author = self._users[written.author.username]
        if step.index:
            replied = forum.reply(author=author, thread=self._threads[step.thread], body=written.body)
            self._posts[step.thread, step.index] = replied.post
            return
        started = forum.start_thread(author=author, title=plan.title, body=written.body)
        self._threads[step.thread], self._posts[step.thread, 0] = started.thread, started.post
        if plan.is_locked:
            forum.set_lock(thread=started.thread, is_locked=True)

    # ── XP ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _award(self, award: Award) -> None:
        user = self._users[award.username]
        decision = rules.evaluate(self._rule_set.rules, MemberState(), Event(award.action, award.at))
        if decision.trace is None:  # staff have switched the action off
            return
        base = decision.trace.base
        trace = rules.Trace(base, award.multipliers, rules.multiply(base, award.multipliers))
        cause_type, cause_id = award.cause
        self._waiting.append(
            (
                award.at.isoformat(),
                user.pk,
                award.action,
                trace.result,
                award.key.format(user=user.pk),
                json.dumps(trace.as_json()),
                cause_type,
                cause_id.format(user=user.pk),
            )
        )
        if len(self._waiting) >= BATCH:
            self._flush()

    def _like(self, like: Like) -> None:
        post = self._posts[like.thread, like.index]
        author = self._plan[like.thread].posts[like.index].author.username
        key = f"like:{post.pk}:{self._users[like.liker].pk}"
        self._award(Award(like.at, author, "like_received", key, ("post", str(post.pk))))

    def _flush(self) -> None:
        """Open the door for all awards that wait."""
        if not self._waiting:
            return
        columns = [list(column) for column in zip(*self._waiting, strict=True)]
        self._waiting.clear()
        with connection.cursor() as cursor:
            cursor.execute(POST_AWARDS, [self._rule_set.number, *columns])
            Notification.objects.bulk_create([self._level_up(*row) for row in cursor.fetchall()], ignore_conflicts=True)

    def _level_up(self, user_id: int, at: str, before: int, after: int) -> Notification:
        """What `xp.award` tells members who reach a level."""
        standing = self._curve.level(after)
        rewards = self._rule_set.rules["xp"]["rewards"]
        dgt = sum(rewards.get(str(level), 0) for level in range(before + 1, after + 1))
        text = _("You reached level %(level)d, %(rank)s.") % {"level": after, "rank": standing.rank_name}
        if dgt:
            text += " " + ngettext("%(dgt)s DGT is yours.", "%(dgt)s DGT are yours.", dgt) % {"dgt": f"{dgt:,}"}
        return Notification(
            user_id=user_id,
            kind="level_up",
            text=text,
            url=self._pages[user_id],
            key=f"level:{after}",
            created_at=datetime.fromisoformat(at),
        )

    # ── DGT ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _transfer(self, step: Transfer) -> None:
        sender = self._users[step.sender]
        amount = min(step.wish_dgt, UserWallet.objects.of(sender).dgt_balance // KEPT)
        if amount < SMALLEST_DGT:
            return
        self._movements += 1
        wallet.transfer(
            sender=sender,
            receiver=self._users[step.receiver],
            amount=amount,
            key=f"demo_transfer:{self._movements}",
            description=step.description,
        )

    def _grant(self, step: Grant) -> None:
        self._movements += 1
        wallet.credit(
            user=self._users[step.receiver],
            amount=step.amount_dgt,
            source=ADJUSTMENTS,
            key=f"demo_grant:{self._movements}",
            description=step.description,
            actor=self._users[PAYER],
        )
