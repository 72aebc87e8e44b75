"""Banning and unbanning over requests."""

import re

import pytest
from django.test import Client

from degentalk.accounts.models import Suspension
from degentalk.forum import services as forum
from degentalk.forum.models import ModerationAct
from tests import make
from xp.models import UserXp

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def desk(committed_db, sign_in) -> Client:
    return sign_in(make.moderator())


@pytest.fixture
def mallory(committed_db):
    member = make.user("mallory")
    make.thread(member)
    return member


def send(client, path, **fields):
    return client.post(f"/moderation/members/mallory/{path}", {"reason": "Farming", "key": "k1"} | fields)


def test_a_ban_with_its_xp(desk, sign_in, mallory):
    browser = sign_in(mallory)
    answer = send(desk, "ban", takes_back_xp="on")
    assert (answer.status_code, answer["Location"]) == (303, "/profile/mallory")
    assert "20 XP were taken back." in desk.get("/profile/mallory").content.decode()
    assert UserXp.objects.of(mallory).xp == 0
    assert browser.get("/me").status_code == 302


def test_a_ban_leaves_the_xp_unless_asked(desk, mallory):
    send(desk, "ban")
    assert UserXp.objects.of(mallory).xp == 20
    assert ModerationAct.objects.get().xp_change == 0


def test_sending_it_twice_bans_once(desk, mallory):
    assert [send(desk, "ban").status_code for _ in range(2)] == [303, 303]
    assert (Suspension.objects.count(), ModerationAct.objects.count()) == (1, 1)


def test_a_refused_form_says_why_and_keeps_the_reason(desk, mallory):
    send(desk, "ban")
    answer = send(desk, "ban", key="k2", reason="Again")
    assert answer.status_code == 422
    assert "This account is suspended already." in answer.content.decode()


@pytest.mark.parametrize("fields", [{"reason": " "}, {"key": ""}])
def test_a_form_that_says_too_little_bans_nobody(desk, mallory, fields):
    answer = send(desk, "ban", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Suspension.objects.exists()


def test_unbanning_gives_back_the_xp(desk, mallory):
    send(desk, "ban", takes_back_xp="on")
    shown = desk.get("/moderation/members/mallory/unban").content.decode()
    assert "The ban changed XP by −20." in " ".join(shown.split())
    answer = send(desk, "unban", reason="A mistake")
    assert (answer.status_code, answer["Location"]) == (303, "/profile/mallory")
    assert UserXp.objects.of(mallory).xp == 20
    assert "20 XP were given back." in desk.get("/profile/mallory").content.decode()


def test_a_lost_race_is_a_sentence(desk, mallory):
    form = desk.get("/moderation/members/mallory/ban").content.decode()
    forum.ban(member=mallory, moderator=make.moderator("other"), reason="First", takes_back_xp=False)
    key = re.search(r'name="key" value="([^"]*)"', form)[1]
    assert send(desk, "ban", key=key).status_code == 422
    assert ModerationAct.objects.count() == 1
