"""The queue and the switches in a real Chromium: they fit, have no barriers, break no policy, and work."""

from django.urls import reverse

from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from degentalk.core import switches
from tests import browsing, make
from tests.approvals.asking import ask, economist
from tests.browsing import barriers
from tests.extent import in_proof_only
from xp import services as xp
from xp.models import UserXp

pytestmark = browsing.MARKS


def everything(otto) -> list[str]:
    """Pages of every state: what waits for otto, what he asked for, what is decided, and a switch that is off."""
    econ = economist("econ")
    alice = make.user("alice_with_24_characters")
    xp.award(user=alice, action="special_event", key="event:1", cause=("event", 1), base=60)
    waits = xp.ask_to_adjust(user=alice, points=250_000, reason="A reason that is long. " * 12, actor=econ, key="a:1")
    mine = xp.ask_to_adjust(user=alice, points=-20_000, reason="Farmed", actor=otto, key="a:2")
    done = ask(econ, make.user("bob"), key="greeting:1")
    approvals.reject(approval=done, actor=otto, reason="They are not new")
    switches.set_switch(name="transfers", is_on=False, actor=otto, reason="Somebody farms the fee of transfers. " * 4)
    rows = [reverse("admin:approvals_approval_change", args=[row.pk]) for row in (waits, mine, done)]
    return [
        reverse("admin:index"),
        reverse("admin:approvals_approval_changelist"),
        *rows,
        reverse("admin:core_switch_changelist"),
        reverse("admin:core_switch_change", args=["transfers"]),
        reverse("admin:core_switch_change", args=["tips"]),
        reverse("admin:xp_userxp_adjust", args=[alice.pk]),
        reverse("admin:xp_xppolicy_change", args=[1]),
    ]


@in_proof_only
def test_the_pages_have_no_barriers(windows):
    otto = economist("otto")
    paths, page = everything(otto), windows.open(otto)
    for path in paths:
        page.goto(path)
        # Django labels the search field of a list by a picture with a text of its own, which this rule does not count.
        assert barriers(page, except_for=("label-title-only",)) == []


def test_a_second_person_finds_what_waits_on_the_first_page_and_approves_it(windows):
    econ, otto, alice = economist("econ"), economist("otto"), make.user("alice")
    xp.ask_to_adjust(user=alice, points=20_000, reason="Found the bug", actor=econ, key="adjustment:1")
    page = windows.open(otto)
    page.goto("/admin/")
    page.click("text=1 request waits for you.")
    page.click("text=Add 20,000 XP to alice.")
    page.click("text=Approve")
    assert "Adjusted by +20,000 XP: alice has 20,000 XP now." in page.inner_text(".messagelist")
    assert page.evaluate("violations") == []
    assert (Approval.objects.get().state, UserXp.objects.of(alice).xp) == ("approved", 20_000)
