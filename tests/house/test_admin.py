"""What staff can see and do in the admin: facts are read-only, rules change with a reason and a new version."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from degentalk.core.admin import BoundedPaginator
from degentalk.rulebook import registry
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet
from tests import make
from wallet import services as wallet
from wallet.models import DgtAccount, DgtJournal, DgtTransaction, UserWallet
from xp import services as xp
from xp.models import LevelDgtReward, LevelDgtRewardLog, UserXp, XpAction, XpLevel, XpLog

pytestmark = pytest.mark.django_db
FACTS = [UserXp, XpLog, LevelDgtRewardLog, UserWallet, DgtAccount, DgtJournal, DgtTransaction, RuleSet]
RULES = [XpAction, XpLevel, LevelDgtReward]
WITH_MEMBERS = [UserXp, XpLog, LevelDgtRewardLog, UserWallet, DgtAccount, DgtTransaction]


def url_of(model, page, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def name_of(model):
    return model.__name__


def busy(username, levels=1):
    """A member with XP, levels, rewards, entries and a transfer."""
    member = make.user(username)
    for number in range(levels):
        xp.award(user=member, action="special_event", key=f"event:{username}:{number}", cause=("event", number))
    return member


@pytest.fixture
def staff(client):
    """An admin, signed in."""
    return make.signed_in(client, make.user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def alice(staff):
    return busy("alice", levels=2)


def fields_of(action, **changes):
    return {
        "label": action.label,
        "description": action.description,
        "default_value": action.default_value,
        "cooldown_seconds": action.cooldown_seconds,
        "daily_cap_xp": action.daily_cap_xp or "",
        "weekly_cap_xp": action.weekly_cap_xp or "",
        "min_account_age_hours": action.min_account_age_hours,
        "is_enabled": "on" if action.is_enabled else "",
        "reason": "Replies were worth too little",
    } | changes


def save_reply(client, **changes):
    """Send the form of the action post_created with these changes."""
    action = XpAction.objects.get(name="post_created")
    return client.post(url_of(XpAction, "change", action.pk), fields_of(action, **changes), follow=True)


# ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", FACTS, ids=name_of)
def test_w18_facts_are_shown(client, alice, model):
    row = model.objects.first()
    assert client.get(url_of(model, "changelist")).status_code == 200
    assert client.get(url_of(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", FACTS, ids=name_of)
def test_w18_ledger_and_log_rows_are_read_only(client, alice, model):
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())
    answers = [
        client.get(url_of(model, "add")),
        client.post(url_of(model, "add"), {"xp": 1, "dgt_balance": 1, "amount": 1}),
        client.post(url_of(model, "change", row.pk), {"xp": 1_000_000, "dgt_balance": 1_000_000, "amount": 1_000_000}),
        client.get(url_of(model, "delete", row.pk)),
        client.post(url_of(model, "delete", row.pk), {"post": "yes"}),
        client.post(
            url_of(model, "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        ),
    ]
    assert [answer.status_code for answer in answers[:5]] == [403] * 5
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", [*FACTS, *RULES], ids=name_of)
def test_a_list_takes_the_same_queries_however_long_it_is(client, alice, model):
    with CaptureQueriesContext(connection) as few:
        client.get(url_of(model, "changelist"))
    for number in range(5):
        busy(f"member_{number}", levels=3)
        publish(number)
    with CaptureQueriesContext(connection) as many:
        client.get(url_of(model, "changelist"))
    assert len(many) == len(few)


def test_a_journal_takes_the_same_queries_however_many_entries_it_has(client, staff):
    bob = busy("bob", levels=1)
    two = wallet.credit(user=bob, amount=30, source="rewards", key="credit:1", description="")
    with connection.cursor() as cursor:
        cursor.execute(
            "select journal_id from dgt_post('credit', 'credit:2', array [null, %s, %s, %s]::bigint[],"
            " array ['rewards', 'member', 'member', 'member'], array [-6, 1, 2, 3], 'hash')",
            [bob.pk, busy("carol").pk, busy("dave").pk],
        )
        (four,) = cursor.fetchone()
    client.get(url_of(DgtJournal, "change", two.id))  # Django reads its content types once
    counts = []
    for journal in (two.id, four):
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(DgtJournal, "change", journal))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", WITH_MEMBERS, ids=name_of)
def test_searching_for_a_member_finds_only_their_rows(client, alice, model):
    busy("bob", levels=3)
    found = client.get(url_of(model, "changelist"), {"q": " ALICE "}).context["cl"].queryset
    assert {row.user_id for row in found} == {alice.pk}


@pytest.mark.parametrize(
    ("model", "key"),
    [(XpLog, "event:alice:1"), (DgtJournal, "level_reward:{}:2"), (DgtTransaction, "level_reward:{}:2")],
)
def test_searching_for_a_key_finds_what_it_did(client, alice, model, key):
    key = key.format(alice.pk)
    found = client.get(url_of(model, "changelist"), {"q": key}).context["cl"].queryset
    keys = {row.journal.key if model is DgtTransaction else row.key for row in found}
    assert keys == {key}


@pytest.mark.parametrize("model", [*FACTS, *RULES], ids=name_of)
def test_a_search_that_finds_nothing_is_an_empty_list(client, alice, model):
    terms = ["'; --", "9" * 40, "\x00", "١٢", "nobody", "<b>x</b>"]
    answers = [client.get(url_of(model, "changelist"), {"q": term}) for term in terms]
    assert [(answer.status_code, "<b>x</b>" in answer.text) for answer in answers] == [(200, False)] * len(terms)


def test_a_long_list_is_counted_to_a_limit_and_says_so(client, staff, monkeypatch):
    for number in range(4):
        busy(f"member_{number}")
    monkeypatch.setattr(BoundedPaginator, "counted_max", 3)
    page = client.get(url_of(XpLog, "changelist"))
    assert page.context["cl"].result_count == 3
    assert "The first 3 XP log; search or filter for the others." in page.text


def test_an_award_shows_its_arithmetic(client, alice):
    row = XpLog.objects.of(alice).first()
    page = client.get(url_of(XpLog, "change", row.pk)).text
    assert "<div>Base: 100</div><div>Result: = 100</div>" in page


def test_rows_lead_to_the_rows_behind_them(client, alice):
    reward = LevelDgtRewardLog.objects.get(user=alice, level=2)
    award, entry = XpLog.objects.of(alice).first(), DgtTransaction.objects.of(alice).first()
    links = {
        url_of(XpLog, "changelist"): url_of(UserXp, "change", alice.pk),
        url_of(XpLog, "change", award.pk): url_of(RuleSet, "change", award.rule_set_id),
        url_of(LevelDgtRewardLog, "changelist"): url_of(DgtJournal, "change", reward.journal_id),
        url_of(DgtTransaction, "changelist"): url_of(DgtJournal, "change", entry.journal_id),
        url_of(DgtTransaction, "change", entry.pk): url_of(UserWallet, "change", alice.pk),
        url_of(DgtJournal, "change", entry.journal_id): url_of(DgtTransaction, "change", entry.pk),
        url_of(UserWallet, "change", alice.pk): f"{url_of(DgtTransaction, 'changelist')}?user__id__exact={alice.pk}",
        url_of(UserXp, "change", alice.pk): f"{url_of(XpLog, 'changelist')}?user__id__exact={alice.pk}",
    }
    assert [page for page, link in links.items() if f'href="{link}"' not in client.get(page).text] == []
    lists = [link for link in links.values() if "?" in link]
    assert [client.get(link).context["cl"].queryset.count() > 0 for link in lists] == [True, True]


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(number):
    """A new version of the rules, as staff make one."""
    XpAction.objects.filter(name="post_created").update(default_value=100 + number)
    return rulebook.publish(actor=None, reason=f"Version {number}")


def test_saving_an_action_publishes_a_rule_set_with_who_and_why(client, staff):
    page = save_reply(client, default_value="15")
    newest = RuleSet.objects.newest().first()
    assert "Rule set 2 is in force." in page.text
    assert (newest.number, newest.created_by, newest.reason) == (2, staff, "Replies were worth too little")
    assert newest.rules["xp"]["actions"]["post_created"]["base"] == 15
    alice = make.user("alice")
    assert xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1)).points == 15


def test_the_staffs_log_says_before_after_and_why(client, staff):
    save_reply(client, default_value="15")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.get_change_message()) == (
        staff,
        "Base XP: 10 → 15. Reason: Replies were worth too little",
    )


def test_a_rule_set_says_what_it_changed(client, staff):
    save_reply(client, default_value="15")
    page = client.get(url_of(RuleSet, "change", 2)).text
    assert "xp › actions › post_created › base: 10 → 15" in page


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_change_without_a_reason_changes_nothing(client, staff, reason):
    page = save_reply(client, default_value="15", reason=reason)
    assert page.context["adminform"].form.errors == {"reason": ["This field is required."]}
    assert (XpAction.objects.get(name="post_created").default_value, RuleSet.objects.count()) == (10, 1)


def test_saving_what_is_no_rule_publishes_nothing(client, staff):
    page = save_reply(client, description="Answering somebody.")
    assert "Rule set 1 stays." in page.text
    assert (XpAction.objects.get(name="post_created").description, RuleSet.objects.count()) == (
        "Answering somebody.",
        1,
    )


def test_a_draft_that_a_section_refuses_changes_nothing(client, staff, monkeypatch):
    def refuse(draft):
        if draft["xp"]["actions"]["post_created"]["base"] > 1_000:
            raise RuleError("Nobody writes that well.")

    monkeypatch.setattr(registry.registry, "sections", dict(registry.registry.sections))
    registry.register(section="taste", read=dict, validate=refuse)
    page = save_reply(client, default_value="1001")
    assert "Nobody writes that well." in page.text
    assert (XpAction.objects.get(name="post_created").default_value, RuleSet.objects.count()) == (10, 1)


@pytest.mark.parametrize("number", ["-1", "1e3", "1_000", "1,000", "１２", "٣", "5.0", "", "9" * 19])
def test_l8_only_whole_numbers_are_read(client, staff, number):
    page = save_reply(client, default_value=number)
    assert list(page.context["adminform"].form.errors) == ["default_value"]
    assert RuleSet.objects.count() == 1


def test_an_actions_name_stays(client, staff):
    save_reply(client, name="post_deleted", label="Answer written")
    action = XpAction.objects.get(label="Answer written")
    assert action.name == "post_created"


def save_level(client, **changes):
    level = XpLevel.objects.get(level=5)
    fields = {"rank_name": level.rank_name, "description": "", "tier": level.tier, "color_code": level.color_code}
    return client.post(url_of(XpLevel, "change", 5), fields | {"reason": "A nicer name"} | changes, follow=True)


def test_a_levels_name_and_colour_are_rules(client, staff):
    save_level(client, rank_name="Prawn", color_code="#aabbcc")
    newest = RuleSet.objects.newest().first()
    assert (newest.number, newest.rules["xp"]["levels"][4]) == (2, [5, 500, "Prawn", "shrimp", "#aabbcc"])


def test_the_curve_is_not_changed_here(client, staff):
    save_level(client, level="7", xp_required="1")
    assert list(XpLevel.objects.filter(level__in=(5, 7)).values_list("level", "xp_required")) == [(5, 500), (7, 1050)]


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", '"><script>', "url(//x)"])
def test_a_colour_is_six_hexadecimal_digits(client, staff, color):
    page = save_level(client, color_code=color)
    assert list(page.context["adminform"].form.errors) == ["color_code"]


def save_reward(client, amount):
    url = url_of(LevelDgtReward, "change", 5)
    return client.post(url, {"dgt_reward": amount, "description": "", "reason": "Inflation"}, follow=True)


def test_a_changed_reward_is_what_the_next_member_gets(client, staff):
    save_reward(client, "7")
    alice = busy("alice", levels=5)
    assert LevelDgtRewardLog.objects.get(user=alice, level=5).dgt_reward == 7
    assert RuleSet.objects.newest().first().rules["xp"]["rewards"]["5"] == 7


@pytest.mark.parametrize("amount", ["0", "-5", "1000000000001", "1.5", "1e3", "٥", ""])
def test_l8_rewards_are_whole_dgt_in_range(client, staff, amount):
    page = save_reward(client, amount)
    assert list(page.context["adminform"].form.errors) == ["dgt_reward"]


@pytest.mark.parametrize("model", RULES, ids=name_of)
def test_rules_are_switched_off_but_never_added_or_deleted(client, staff, model):
    row = model.objects.first()
    answers = [
        client.post(url_of(model, "add"), {"name": "free_dgt", "reason": "why not"}),
        client.post(url_of(model, "delete", row.pk), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in_as(client, group):
    """Staff of that group, as `migrate` set it up."""
    member = make.user(group, is_staff=True)
    member.groups.add(Group.objects.get(name=group))
    client.force_login(member)
    return member


@pytest.mark.parametrize("model", [*FACTS, *RULES], ids=name_of)
def test_economists_see_the_ledger_and_xp(client, model):
    sign_in_as(client, "economist")
    busy("alice", levels=2)
    pages = [url_of(model, "changelist"), url_of(model, "change", model.objects.first().pk)]
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_economists_change_rules(client):
    economist = sign_in_as(client, "economist")
    save_reply(client, default_value="15")
    save_level(client, rank_name="Prawn")
    save_reward(client, "7")
    versions = RuleSet.objects.order_by("number").values_list("number", "created_by")
    assert list(versions) == [(1, None), (2, economist.pk), (3, economist.pk), (4, economist.pk)]


def test_economists_follow_every_link_to_a_member_but_change_nobody(client):
    sign_in_as(client, "economist")
    alice = busy("alice")
    url = url_of(type(alice), "change", alice.pk)
    assert [client.get(url).status_code, client.post(url, {"is_staff": "on"}).status_code] == [200, 403]


@pytest.mark.parametrize("model", [*FACTS, *RULES], ids=name_of)
def test_moderators_see_no_figures(client, model):
    sign_in_as(client, "moderator")
    assert client.get(url_of(model, "changelist")).status_code == 403


def test_staff_who_may_only_look_are_asked_for_no_reason(client):
    watcher = make.user("watcher", is_staff=True)
    watcher.user_permissions.add(Permission.objects.get(codename="view_xpaction"))
    client.force_login(watcher)
    action = XpAction.objects.first()
    page = client.get(url_of(XpAction, "change", action.pk))
    assert (page.status_code, 'name="reason"' in page.text) == (200, False)
    assert client.post(url_of(XpAction, "change", action.pk), fields_of(action)).status_code == 403
