"""A3: the same or nearly the same text earns nothing within 24 hours, whatever became of the earlier one."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from degentalk.accounts import services as accounts
from degentalk.core import clock
from degentalk.forum import rules
from degentalk.forum import services as forum
from degentalk.forum.models import Post
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp.models import UserXp, XpAction, XpLog, XpRefusal

MAY_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(hours=24)
TEXT = """Funding turned negative on three venues last night while open interest kept climbing, which is the setup that
has marked every squeeze since March. I am not short here, and I would think twice before fading it with leverage."""
OTHER = """My node fell out of sync after the update. If you run the same client, prune before you restart: it took four
hours with pruning and more than a day without, and the attestations that were missed cost about what a coffee does."""

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
NOISE = st.sampled_from([" ", "\n\n", "!", "…", "**", "_", "\u200b", "\u2060", "🚀 ", ", ", "(", ")"])


# ── The rule ──


@given(TEXTS)
def test_a_text_is_a_repost_of_itself(text):
    assert rules.is_repost(text, [text])


@given(TEXTS, st.data())
def test_case_punctuation_spaces_and_invisible_characters_make_nothing_new(text, data):
    pieces = [character + (data.draw(NOISE) if data.draw(st.integers(0, 5)) == 0 else "") for character in text]
    assert rules.is_repost("".join(pieces).upper(), [text])


@given(TEXTS, TEXTS)
def test_likeness_has_no_direction(one, other):
    assert rules.is_repost(one, [other]) == rules.is_repost(other, [one])


@given(st.lists(st.text("abcdefgh", min_size=3, max_size=6), min_size=25, max_size=40), st.data())
def test_one_exchanged_word_makes_nothing_new(words, data):
    place = data.draw(st.integers(0, len(words) - 1))
    changed = [*words[:place], data.draw(st.text("xyz", min_size=1, max_size=3)), *words[place + 1 :]]
    assert rules.is_repost(" ".join(changed), [" ".join(words)])


@given(st.permutations(TEXT.split()))
def test_the_same_words_in_another_order_are_nothing_new(words):
    assert rules.is_repost(" ".join(words), [TEXT])


@given(st.text("abcdefghij ", min_size=1, max_size=200), st.text("klmnopqrst ", min_size=1, max_size=200))
def test_texts_without_a_common_letter_are_new(one, other):
    if one.strip() and other.strip():
        assert not rules.is_repost(one, [other])


@pytest.mark.parametrize(
    ("earlier", "text", "is_repost"),
    [
        (TEXT, OTHER, False),
        (TEXT, TEXT + " Good luck out there!", True),
        (TEXT, TEXT.replace("three venues", "four venues"), True),
        (TEXT, TEXT.replace("e", "é"), True),
        (TEXT, TEXT + "\n\n" + OTHER, False),
        (TEXT, TEXT.split(".", maxsplit=1)[0], False),
        ("gm", "GM!", True),
        ("gm", "gn", False),
        ("Yes", "No", False),
        ("Reply 2", "Reply 3", False),
        ("long btc short eth", "short btc long eth", False),
        ("🚀🚀🚀", "🚀🚀🚀", True),
        ("🚀🚀🚀", "🦀🦀🦀", False),
        ("Газ дёшев", "ГАЗ ДЕШЕВ", True),
    ],
)
def test_examples(earlier, text, is_repost):
    assert rules.is_repost(text, [earlier]) is is_repost


def test_the_worst_case_takes_a_bounded_time():
    nearly = ["a b" * 3_300 + "c" * n for n in range(rules.REPOST_TEXTS_MAX * 2)]
    started = time.perf_counter()
    rules.is_repost("a c" * 3_300, nearly)
    assert time.perf_counter() - started < 3


# ── Posting ──


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def thread(db):
    with clock.at(MAY_DAY):
        return make.thread(make.user("bob"), body="Elsewhere")


def reply(author, thread, body, *, at):
    with clock.at(at):
        return forum.reply(author=author, thread=thread, body=body)


def later(author, thread, *, after=timedelta(hours=1), body=TEXT):
    """What the same text earns once more."""
    return reply(author, thread, body, at=MAY_DAY + after).gain


def test_a3_the_same_text_within_a_day_earns_nothing(alice, thread):
    assert reply(alice, thread, TEXT, at=MAY_DAY).gain.points == 10
    gain = later(alice, thread)
    assert (gain.points, gain.refused) == (0, "repost")
    assert (Post.objects.by(alice).count(), UserXp.objects.of(alice).xp) == (2, 10)
    assert XpRefusal.objects.of(alice).get().reason == "repost"


def test_a3_nearly_the_same_text_earns_nothing(alice, thread):
    reply(alice, thread, TEXT, at=MAY_DAY)
    assert later(alice, thread, body=f"**{TEXT.upper()}** indeed").refused == "repost"


@pytest.mark.parametrize(("after", "refused"), [(DAY, "repost"), (DAY + SECOND, None)])
def test_a3_after_a_day_it_may_be_said_again(alice, thread, after, refused):
    reply(alice, thread, TEXT, at=MAY_DAY)
    assert later(alice, thread, after=after).refused == refused


def test_a3_a_thread_with_the_text_of_a_reply_earns_nothing(alice, thread):
    reply(alice, thread, TEXT, at=MAY_DAY)
    with clock.at(MAY_DAY + timedelta(hours=1)):
        started = forum.start_thread(author=alice, title="Once more", body=TEXT)
    assert started.gain.refused == "repost"


def test_others_may_say_the_same(alice, thread):
    reply(make.user("carol"), thread, TEXT, at=MAY_DAY)
    assert later(alice, thread).points == 10


def test_a3_delete_and_repost_earns_nothing(alice, thread):
    first = reply(alice, thread, TEXT, at=MAY_DAY).post
    forum.delete_post(post=first, author=alice)
    assert later(alice, thread).refused == "repost"
    assert UserXp.objects.of(alice).xp == 0


def test_a3_a_hidden_text_is_not_new_either(alice, thread):
    first = reply(alice, thread, TEXT, at=MAY_DAY).post
    forum.flag_spam(post=first, moderator=make.moderator(), reason="Spam")
    assert later(alice, thread).refused == "repost"


def test_a3_edit_and_repost_earns_nothing(alice, thread):
    first = reply(alice, thread, TEXT, at=MAY_DAY).post
    with clock.at(MAY_DAY + timedelta(minutes=1)):
        forum.edit_post(post=first, author=alice, body="Never mind", revision=0)
    assert later(alice, thread).refused == "repost"


def test_a3_what_an_older_post_was_edited_to_is_not_new(alice, thread):
    first = reply(alice, thread, "Never mind", at=MAY_DAY).post
    with clock.at(MAY_DAY + DAY):
        forum.edit_post(post=first, author=alice, body=TEXT, revision=0)
    assert later(alice, thread, after=DAY + timedelta(hours=1)).refused == "repost"


def test_a3_a_second_account_of_the_same_person_says_nothing_new(alice, thread):
    twin = make.user("twin")
    admin = make.user("root", is_staff=True, is_superuser=True)
    accounts.declare_one_person(user=twin, other=alice, actor=admin, reason="Same wallet")
    reply(alice, thread, TEXT, at=MAY_DAY)
    twin.refresh_from_db()
    assert later(twin, thread).refused == "repost"


def test_only_the_newest_texts_are_looked_at(alice, thread, django_assert_max_num_queries):
    reply(alice, thread, TEXT, at=MAY_DAY)
    Post.objects.bulk_create(
        Post(thread=thread, author=alice, number=number, body="x", html=f"<p>{number}</p>", created_at=MAY_DAY)
        for number in range(10, 10 + rules.REPOST_TEXTS_MAX)
    )
    with django_assert_max_num_queries(25):
        assert later(alice, thread).points == 10


def test_a3_of_equal_texts_at_the_same_moment_one_earns(committed_db):
    XpAction.objects.update(cooldown_seconds=0)
    rulebook.publish(actor=None, reason="test")
    alice, bob = make.user("alice"), make.user("bob")
    threads = [make.thread(bob, title=f"Thread {n}", body=f"{n}" * 9) for n in range(8)]
    together([partial(forum.reply, author=alice, thread=thread, body=TEXT) for thread in threads])
    assert XpLog.objects.of(alice).count() == 1
    assert Post.objects.by(alice).count() == 8
