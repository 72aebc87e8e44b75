"""Lets the history happen: every step goes through the same doors as the site's, at its own moment.

What happens by the thousand (visits, old likes, joining old events) is decided by the same rules and posted in sets;
of the last days all likes and joins go through the services, with all that these tell members.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import singledispatchmethod
from itertools import islice

from allauth.account.models import EmailAddress
from django.db import connection

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core import clock
from degentalk.demo import steps
from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.awards import Awards
from degentalk.demo.conversations import Conversation
from degentalk.demo.steps import Step
from degentalk.forum import services as forum
from degentalk.forum.models import Like, ModerationAct, Post, Thread, Tip
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.services import RuleSetFacts
from degentalk.unlocks import Wearable
from paths import services as paths
from shop import catalogue
from shop import services as shop
from shop.filters import Filters
from wallet import services as wallet
from wallet.models import UserWallet
from xp import services as xp
from xp.models import EventParticipation, SpecialEvent, StreakDay, StreakFreeze, UserStreak, UserXp
from xp.rules.streaks import Streak
from xp.services.events import ACTION, participation_key

ADMIN = "ada_root"
MODERATOR = "juno_keeper"
ECONOMIST = "otto_supply"
LIVE_DAYS = 3
"""So long ago the services take over from awards in sets."""
ROUND_XP = 10
SMALLEST_DGT = 5
ACCOUNT_NAMES = {account.username for account in ACCOUNTS}
KEPT = 3
"""Nobody sends more than this part of what they have."""

PLANS_LAST = 300
"""Moments. All tables were empty when the doors' statements were planned, and nothing analyses them meanwhile."""

SET_CLOCK = "select set_config('degentalk.now', %s, false)"
ADD_LIKES = """
update posts set like_count = like_count + added.likes
from unnest(%s::bigint[], %s::int[]) as added (id, likes) where posts.id = added.id
"""

Place = tuple[int, int]
"""A conversation, and a post of it."""

MODERATE: Mapping[str, Callable[..., ModerationAct | None]] = {
    "hide": forum.hide,
    "spam": forum.flag_spam,
    "restore": forum.restore,
}


class World:
    """Plays steps, which must come in the order of their moments, in the caller's transaction."""

    def __init__(
        self, users: Mapping[str, User], threads: Sequence[Conversation], rule_set: RuleSetFacts, now: datetime
    ) -> None:
        self._users, self._plan = users, threads
        self._live_from = now - timedelta(days=LIVE_DAYS)
        self._awards = Awards(users, rule_set, now)
        self._threads: dict[int, Thread] = {}
        self._posts: dict[Place, Post] = {}
        self._removed: set[Place] = set()
        self._tips: list[Tip] = []
        self._likes: list[Like] = []
        self._events: dict[str, SpecialEvent] = {}
        self._participations: list[EventParticipation] = []
        self._days: list[StreakDay] = []
        self._streaks: dict[int, Streak] = {}
        self._freezes: defaultdict[int, deque[StreakFreeze]] = defaultdict(deque)
        self._used: list[StreakFreeze] = []
        self._moments = self._serial = 0

    def play(self, history: Sequence[Step]) -> None:
        """All of them. The clock is as before afterwards."""
        with clock.at(history[0].at):
            for step in history:
                self._play(step)
            self._go_live()
            self._awards.finish()
            self._write_streaks()

    @singledispatchmethod
    def _play(self, step: Step) -> None:
        raise TypeError(f"Nobody knows how to play {step!r}.")

    def _turn_to(self, moment: datetime) -> None:
        """Finish what came before; then it is that moment."""
        self._awards.flush()
        if moment >= self._live_from:
            self._go_live()
        self._moments += 1
        with connection.cursor() as cursor:
            if self._moments % PLANS_LAST == 0:
                cursor.execute("discard plans")
            cursor.execute(SET_CLOCK, [moment.isoformat()])

    def _go_live(self) -> None:
        """What the services are to find from here on."""
        Like.objects.bulk_create(self._likes)
        counts = Counter(like.post_id for like in self._likes)
        if counts:
            with connection.cursor() as cursor:
                cursor.execute(ADD_LIKES, [list(counts.keys()), list(counts.values())])
        EventParticipation.objects.bulk_create(self._participations)
        self._likes, self._participations = [], []

    def _is_live(self, moment: datetime) -> bool:
        if moment >= self._live_from:
            self._turn_to(moment)
            return True
        return False

    def _key(self, noun: str) -> str:
        self._serial += 1
        return f"demo_{noun}:{self._serial}"

    # ── The forum ───────────────────────────────────────────────────────────────────────────────────────────────────

    @_play.register
    def _write(self, step: steps.Post) -> None:
        self._turn_to(step.at)
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

    @_play.register
    def _edit(self, step: steps.Edit) -> None:
        self._turn_to(step.at)
        post = self._posts[step.thread, step.index]
        body = f"{post.body}\n\n{step.addition}"
        forum.edit_post(post=post, author=post.author, body=body, revision=post.revision_count)

    @_play.register
    def _delete(self, step: steps.Delete) -> None:
        self._turn_to(step.at)
        post = self._posts[step.thread, step.index]
        forum.delete_post(post=post, author=post.author)
        self._removed.add((step.thread, step.index))

    @_play.register
    def _moderate(self, step: steps.Moderate) -> None:
        self._turn_to(step.at)
        place = step.thread, step.index
        MODERATE[step.act](post=self._posts[place], moderator=self._users[MODERATOR], reason=step.reason)
        if step.act == "restore":
            self._removed.discard(place)
        else:
            self._removed.add(place)

    @_play.register
    def _ban(self, step: steps.Ban) -> None:
        self._turn_to(step.at)
        member = self._users[step.username]
        forum.ban(member=member, moderator=self._users[MODERATOR], reason=step.reason, takes_back_xp=step.takes_back_xp)
        self._awards.memory.suspended.add(member.pk)

    @_play.register
    def _like(self, step: steps.Like) -> None:
        place, member = (step.thread, step.index), self._users[step.liker]
        if place in self._removed or member.pk in self._awards.memory.suspended:
            return
        post = self._posts[place]
        if self._is_live(step.at):
            (forum.like if step.is_liked else forum.unlike)(member=member, post=post)
            return
        self._likes.append(Like(post=post, member=member, created_at=step.at, changed_at=step.at))
        self._awards.award(
            at=step.at,
            user=post.author,
            action="like_received",
            key=f"like:{post.pk}:{member.pk}",
            cause=("post", post.pk),
            giver=member,
        )

    # ── XP ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @_play.register
    def _confirm(self, step: steps.Confirm) -> None:
        self._turn_to(step.at)
        user = self._users[step.username]
        EmailAddress.objects.filter(user=user).update(verified=True)
        accounts.address_confirmed(user=user)
        self._awards.memory.verified.add(user.pk)

    @_play.register
    def _visit(self, step: steps.Visit) -> None:
        user = self._users[step.username]
        self._streaks[user.pk] = step.streak
        for day in step.frozen:
            freeze = self._freezes[user.pk].popleft()
            freeze.used_for = day
            self._used.append(freeze)
        kinds = {**dict.fromkeys(step.frozen, StreakDay.Kind.FREEZE), step.day: StreakDay.Kind.VISIT}
        self._days += [
            StreakDay(user=user, day=day, kind=kind, time_zone=user.time_zone, created_at=step.at)
            for day, kind in kinds.items()
        ]
        cause = ("day", step.day)
        self._awards.award(at=step.at, user=user, action="daily_login", key=f"login:{user.pk}:{step.day}", cause=cause)
        if step.milestone_xp:
            self._awards.award(
                at=step.at,
                user=user,
                action="streak_maintained",
                key=f"streak:{user.pk}:{step.day}",
                cause=cause,
                base=step.milestone_xp,
            )

    def _write_streaks(self) -> None:
        StreakDay.objects.bulk_create(self._days)
        StreakFreeze.objects.bulk_update(self._used, ["used_for"])
        UserStreak.objects.bulk_create(
            UserStreak(user_id=user_id, current=streak.current, longest=streak.longest, last_day=streak.last_day)
            for user_id, streak in self._streaks.items()
        )

    @_play.register
    def _announce(self, step: steps.Announce) -> None:
        self._turn_to(step.at)
        for occasion in step.occasions:
            self._events[occasion.slug] = SpecialEvent.objects.create(**vars(occasion))
        reason = f"Announced {len(step.occasions)} events"
        self._awards.rule_set = rulebook.publish(actor=self._users[ADMIN], reason=reason)

    @_play.register
    def _join(self, step: steps.Join) -> None:
        user, event = self._users[step.username], self._events[step.slug]
        if self._is_live(step.at):
            xp.join_event(user=user, event=event)
        else:
            self._participations.append(EventParticipation(event=event, user=user, joined_at=step.at))
            if event.participation_xp:
                self._awards.award(
                    at=step.at,
                    user=user,
                    action=ACTION,
                    key=participation_key(event.pk, user),
                    cause=("event", event.pk),
                    base=event.participation_xp,
                )
        self._awards.memory.joined(user, event.pk, event.ends_at)

    @_play.register
    def _boost(self, step: steps.Boost) -> None:
        self._turn_to(step.at)
        boost = xp.give_boost(
            user=self._users[step.username],
            multiplier_bps=step.multiplier_bps,
            starts_at=step.at,
            ends_at=step.ends_at,
            actor=self._staff_for(step.username),
            reason=step.reason,
            key=self._key("boost"),
        )
        self._awards.memory.boosted(boost)

    @_play.register
    def _freeze(self, step: steps.Freeze) -> None:
        self._turn_to(step.at)
        user = self._users[step.username]
        staff, key = self._staff_for(step.username), self._key("freeze")
        freeze = xp.give_streak_freeze(user=user, actor=staff, reason="The site was down for hours.", key=key)
        self._freezes[user.pk].append(freeze)

    @_play.register
    def _adjust(self, step: steps.Adjust) -> None:
        self._turn_to(step.at)
        self._change_xp(step.username, step.points, step.reason, approver=None)

    @_play.register
    def _adjust_to(self, step: steps.AdjustTo) -> None:
        self._turn_to(step.at)
        missing = step.xp - UserXp.objects.of(self._users[step.username]).xp
        if missing >= ROUND_XP:
            self._change_xp(
                step.username, missing - missing % ROUND_XP, step.reason, approver=self._second(step.username)
            )

    def _change_xp(self, username: str, points: int, reason: str, *, approver: User | None) -> None:
        user, staff, key = self._users[username], self._staff_for(username), self._key("adjustment")
        xp.adjust(user=user, points=points, reason=reason, actor=staff, approver=approver, key=key)

    def _staff_for(self, username: str) -> User:
        """Nobody decides about themselves."""
        return self._users[ADMIN if username == ECONOMIST else ECONOMIST]

    def _second(self, username: str) -> User:
        """A member of staff who is neither that member nor `_staff_for` them."""
        return self._users[MODERATOR if username in {ADMIN, ECONOMIST} else ADMIN]

    @_play.register
    def _choose_path(self, step: steps.ChoosePath) -> None:
        self._turn_to(step.at)
        user = self._users[step.username]
        if user.pk not in self._awards.memory.suspended:
            paths.choose_primary(user=user, path_id=step.path)
            self._awards.memory.paths[user.pk] = step.path

    # ── The shop ────────────────────────────────────────────────────────────────────────────────────────────────────

    @_play.register
    def _shop(self, step: steps.Shop) -> None:
        self._turn_to(step.at)
        user, receiver = self._users[step.username], self._users[step.to] if step.to else None
        owner = receiver or user
        cards = [card for card in catalogue.cards(owner, Filters()) if isinstance(card.kind, Wearable)]
        purse = UserWallet.objects.of(user).dgt_balance // KEPT
        offered = [card for card in cards if card.state in {"available", "short"} and card.price <= purse]
        if not offered or not {user.pk, owner.pk}.isdisjoint(self._awards.memory.suspended):
            return
        card = sorted(offered, key=lambda card: (card.price, card.unlock.pk))[int(step.luck * len(offered))]
        if receiver and not card.unlock.is_giftable:
            return
        bought = shop.purchase(
            user=user, unlock_id=card.unlock.pk, price=card.price, key=self._key("unlock"), to=receiver
        )
        shop.equip(user=owner, item_id=bought.item.pk)

    # ── DGT ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    @_play.register
    def _transfer(self, step: steps.Transfer) -> None:
        self._turn_to(step.at)
        sender = self._users[step.sender]
        amount = min(step.wish_dgt, UserWallet.objects.of(sender).dgt_balance // KEPT)
        if amount < SMALLEST_DGT:
            return
        wallet.transfer(
            sender=sender,
            receiver=self._users[step.receiver],
            amount=amount,
            key=self._key("transfer"),
            description=step.description,
        )

    @_play.register
    def _tip(self, step: steps.Tip) -> None:
        self._turn_to(step.at)
        place, giver = (step.thread, step.index), self._users[step.giver]
        post = self._posts[place]
        amount = min(step.wish_dgt, UserWallet.objects.of(giver).dgt_balance // KEPT)
        is_gone = not {place, (step.thread, 0)}.isdisjoint(self._removed)
        if amount < SMALLEST_DGT or is_gone or not {giver.pk, post.author_id}.isdisjoint(self._awards.memory.suspended):
            return
        tipped = forum.tip(post=post, giver=giver, amount=amount, key=self._key("tip"), message=step.message)
        self._tips.append(tipped.tip)

    @_play.register
    def _undo_tip(self, step: steps.UndoTip) -> None:
        self._turn_to(step.at)
        tips = (tip for tip in reversed(self._tips) if not {tip.giver.username, tip.receiver.username} & ACCOUNT_NAMES)
        for tip in islice(tips, 1):
            forum.undo_tip(tip=tip, actor=self._users[MODERATOR], reason=step.reason)

    @_play.register
    def _grant(self, step: steps.Grant) -> None:
        self._turn_to(step.at)
        wallet.adjust(
            user=self._users[step.receiver],
            amount=step.amount_dgt,
            reason=step.description,
            actor=self._users[ECONOMIST],
            key=self._key("grant"),
        )
