"""The admin of XP: rules with all their limits, the curve on one page, and what there is to look at."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet
from tests import make
from xp import presentation, tasks
from xp import services as xp
from xp.models import (
    LevelDgtReward,
    StreakMilestone,
    TipFlow,
    XpAction,
    XpCurveChange,
    XpLevel,
    XpLog,
    XpRefusal,
    XpWithholding,
)
from xp.services import doctor

pytestmark = pytest.mark.django_db

CURVE = reverse("admin:xp_xplevel_curve")


def url_of(model, page, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def economist(client):
    economist = make.user("econ", is_staff=True)
    economist.groups.add(Group.objects.get(name="economist"))
    client.force_login(economist)
    return economist


def rules_now():
    return rulebook.current().rules["xp"]


# ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBERS = [
    "default_value", "amount_step", "half_after", "cooldown_seconds", "daily_cap_xp", "weekly_cap_xp",
    "pair_daily_cap_xp", "min_account_age_hours",
]  # fmt: skip
SWITCHES = ["is_enabled", "needs_verified_email", "is_self_triggered"]


def save_action(client, name="tip_given", **changes):
    action = XpAction.objects.get(name=name)
    fields = {field: getattr(action, field) for field in ["label", "description", *NUMBERS]}
    fields = {field: "" if value is None else value for field, value in fields.items()}
    fields |= {field: "on" for field in SWITCHES if getattr(action, field)}
    answer = client.post(
        url_of(XpAction, "change", action.pk), fields | {"reason": "Tips were farmed"} | changes, follow=True
    )
    action.refresh_from_db()
    return action, answer


def errors_of(answer):
    return [error for errors in answer.context["adminform"].form.errors.values() for error in errors]


def test_every_limit_of_an_action_is_changed_and_published_with_its_reason(client, economist):
    limits = {name: str(number) for number, name in enumerate(NUMBERS, start=11)}
    switches = dict.fromkeys(SWITCHES, "on")
    save_action(client, label="Tip sent", description="Sending DGT.", **limits, **switches)
    version = RuleSet.objects.newest().first()
    stored = dict(version.rules["xp"]["actions"]["tip_given"])
    assert stored.pop("label") == "Tip sent"
    assert stored.pop("base") == 11
    assert stored == {name: int(number) for name, number in limits.items() if name != "default_value"} | dict.fromkeys(
        SWITCHES, True
    )
    assert (version.created_by, version.reason) == (economist, "Tips were farmed")


def test_a_limit_that_is_left_empty_is_none(client, economist):
    action, _answer = save_action(client, daily_cap_xp="", pair_daily_cap_xp="", half_after="")
    assert (action.daily_cap_xp, action.pair_daily_cap_xp, action.half_after) == (None, None, None)
    assert rules_now()["actions"]["tip_given"]["daily_cap_xp"] is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_step": ""}, "“Tip given” counts half after an amount, so it must say how many DGT earn its base."),
        ({"amount_step": "0", "half_after": ""}, "At least 1, or empty for the base whatever the amount."),
        (
            {"is_self_triggered": "on", "weekly_cap_xp": ""},
            "“Tip given” may be triggered by members, so it needs a daily and a weekly cap.",
        ),
        ({"daily_cap_xp": "-1"}, "Enter a whole number, digits only."),
        ({"daily_cap_xp": "1.5"}, "Enter a whole number, digits only."),
        ({"daily_cap_xp": "٣"}, "Enter a whole number, digits only."),
        ({"default_value": "2147483648"}, "Ensure this value is less than or equal to 2147483647."),
        ({"default_value": "9" * 40}, "Ensure this value is less than or equal to 9223372036854775807."),
        ({"default_value": ""}, "This field is required."),
        ({"label": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_what_an_action_cannot_be_is_said_beside_what_was_typed(client, economist, changes, sentence):
    before = XpAction.objects.filter(name="tip_given").values().get()
    _action, answer = save_action(client, **changes)
    assert sentence in errors_of(answer)
    assert XpAction.objects.filter(name="tip_given").values().get() == before
    assert RuleSet.objects.count() == 1


def test_the_name_that_the_code_calls_an_action_stays(client, economist):
    page = client.get(url_of(XpAction, "change", XpAction.objects.get(name="tip_given").pk))
    assert "name" not in page.context["adminform"].form.fields


# ── milestones ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_milestone_is_added_with_a_reason_and_published(client, economist):
    page = client.post(
        url_of(StreakMilestone, "add"), {"days": "45", "xp": "300", "reason": "A month and a half"}, follow=True
    )
    version = RuleSet.objects.newest().first()
    assert "Rule set 2 is in force." in page.text
    assert (version.rules["xp"]["milestones"]["45"], version.reason, version.created_by) == (
        300, "A month and a half", economist,
    )  # fmt: skip
    assert LogEntry.objects.get().get_change_message() == "Days: ∅ → 45; XP: ∅ → 300. Reason: A month and a half"


def test_a_milestone_of_0_xp_is_none(client, economist):
    client.post(url_of(StreakMilestone, "change", 30), {"xp": "0", "reason": "Too early"}, follow=True)
    assert "30" not in rules_now()["milestones"]
    assert (StreakMilestone.objects.get(days=30).xp, RuleSet.objects.newest().first().reason) == (0, "Too early")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"days": "1", "xp": "5", "reason": "x"}, "A streak begins with two days."),
        ({"days": "30", "xp": "5", "reason": "x"}, "Streak milestone with this Days already exists."),
        ({"days": "45", "xp": "5", "reason": " "}, "This field is required."),
        ({"days": "many", "xp": "5", "reason": "x"}, "Enter a whole number, digits only."),
    ],
)
def test_a_milestone_that_cannot_be_is_refused(client, economist, fields, sentence):
    page = client.post(url_of(StreakMilestone, "add"), fields)
    assert sentence in errors_of(page)
    assert (StreakMilestone.objects.count(), RuleSet.objects.count()) == (8, 1)


def test_a_milestone_keeps_its_days_and_is_not_deleted(client, economist):
    client.post(url_of(StreakMilestone, "change", 30), {"days": "31", "xp": "1", "reason": "x"}, follow=True)
    assert client.post(url_of(StreakMilestone, "delete", 30), {"post": "yes"}).status_code == 403
    assert not StreakMilestone.objects.filter(days=31).exists()
    assert StreakMilestone.objects.get(days=30).xp == 1


# ── rule sets ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["action", "level", "reward", "milestone"])
def test_a_change_whose_version_is_refused_is_not_made(client, economist, monkeypatch, kind):
    """Row and version are one transaction, whichever rule it is."""
    rows = {
        "action": (XpAction.objects.get(name="tip_given"), {}),
        "level": (XpLevel.objects.get(level=5), {"rank_name": "Prawn", "color_code": "#123456", "tier": "crab"}),
        "reward": (LevelDgtReward.objects.get(level=5), {"dgt_reward": "7"}),
        "milestone": (StreakMilestone.objects.get(days=30), {"xp": "7"}),
    }
    row, fields = rows[kind]
    before = type(row).objects.filter(pk=row.pk).values().get()

    def refuse(**_given):
        raise RuleError("Not today.")

    monkeypatch.setattr(rulebook, "publish", refuse)
    if kind == "action":
        _action, page = save_action(client, default_value="3")
    else:
        page = client.post(
            url_of(type(row), "change", row.pk), fields | {"description": "", "reason": "x"}, follow=True
        )
    assert "Not today." in page.text
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert (RuleSet.objects.count(), LogEntry.objects.count()) == (1, 0)


def test_the_next_award_follows_what_staff_just_saved_and_names_the_version(client, economist):
    alice = make.user("alice")
    points = []
    for base in (3, 4, 5):
        save_action(client, name="special_event", default_value=str(base))
        points.append(xp.award(user=alice, action="special_event", key=f"event:{base}", cause=("event", base)).points)
    versions = XpLog.objects.of(alice).order_by("id").values_list("rule_set_id", flat=True)
    assert (points, list(versions)) == ([3, 4, 5], [2, 3, 4])


# ── the curve ───────────────────────────────────────────────────────────────────────────────────────────────────────


def send_curve(client, button="_save", **changes):
    fields = {f"level_{level.level}": level.xp_required for level in XpLevel.objects.filter(level__gt=1)}
    fields |= {"pasted": "", "pays_rewards": "no", "reason": "Faster at first", button: "yes"}
    return client.post(
        CURVE, {name: value for name, value in (fields | changes).items() if value is not None}, follow=True
    )


def test_the_curve_has_a_page_with_every_level_and_no_choice_made(client, economist):
    page = client.get(CURVE)
    form = page.context["adminform"].form
    assert [field.value() for _level, field in form.rows()] == [25 * (n - 1) * n for n in range(2, 101)]
    assert form["pays_rewards"].value() is None
    assert f'href="{CURVE}"' in client.get(url_of(XpLevel, "changelist")).text
    assert f'href="{CURVE}#id_level_5"' in client.get(url_of(XpLevel, "change", 5)).text


def test_one_level_is_changed_when_its_neighbours_allow_it(client, economist):
    page = send_curve(client, level_2="40", pays_rewards="yes")
    change = XpCurveChange.objects.get()
    assert "Rule set 2 is in force." in page.text
    assert (change.pays_rewards, change.actor, change.rule_set.reason) == (True, economist, "Faster at first")
    assert XpLevel.objects.get(level=2).xp_required == 40
    assert "Under way: members up to number 0 are done." in page.text
    tasks.recompute_levels()
    assert "Finished." in client.get(url_of(XpCurveChange, "changelist")).text


def test_a_whole_column_can_be_pasted(client, economist):
    send_curve(client, pasted="\r\n".join(str(100 * n) for n in range(100)) + "\n")
    assert list(XpLevel.objects.values_list("xp_required", flat=True)) == [100 * n for n in range(100)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"level_5": "300"}, "Level 5 must need more XP than level 4."),
        ({"level_5": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"level_5": "many"}, "Enter a whole number, digits only."),
        ({"level_100": str(10**15 + 1)}, "Ensure this value is less than or equal to 1000000000000000."),
        ({"level_5": None}, "This field is required."),
        ({"pays_rewards": None, "level_2": "40"}, "Choose whether such levels pay their reward."),
        ({"pays_rewards": "perhaps"}, "Select a valid choice. perhaps is not one of the available choices."),
        ({"reason": " ", "level_2": "40"}, "This field is required."),
        ({"pasted": "0\n50"}, "There are 100 levels, but 2 numbers."),
        (
            {"pasted": "\n".join(["0", "1e3", *map(str, range(2, 100))])},
            "Line 2 is not a whole number of digits only: “1e3”.",
        ),
        ({"pasted": "\n".join(map(str, range(1, 101)))}, "The curve starts at level 1 with 0 XP."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("button", ["_save", "_preview"])
def test_a_curve_that_is_refused_says_why_and_changes_nothing(client, economist, changes, sentence, button):
    page = send_curve(client, button=button, **changes)
    assert sentence in errors_of(page)
    assert (XpCurveChange.objects.count(), RuleSet.objects.count()) == (0, 1)
    assert XpLevel.objects.get(level=5).xp_required == 500


def test_a_curve_that_is_like_that_already_is_refused(client, economist):
    assert errors_of(send_curve(client)) == ["The curve is like that already: nothing to change."]
    assert XpCurveChange.objects.count() == 0


def test_what_a_change_would_do_is_shown_before_it_is_made(client, economist):
    alice = make.user("alice")
    xp.adjust(user=alice, points=60, reason="For the test", actor=economist, key="adjustment:1")
    page = send_curve(client, button="_preview", level_3="55", level_4="70", pays_rewards=None)
    assert errors_of(page) == ["Choose whether such levels pay their reward."]
    page = send_curve(client, button="_preview", level_3="55", level_4="70")
    words = " ".join(page.text.split())
    assert "1 member goes up." in words
    assert "0 members go down." in words
    assert "If such levels pay: 30 DGT to 1 member." in words
    assert (XpCurveChange.objects.count(), page.context["adminform"].form["level_3"].value()) == (0, "55")


def test_a_second_change_is_refused_while_the_first_is_under_way(client, economist):
    send_curve(client, level_2="40")
    assert "still following the last change" in client.get(CURVE).text
    page = send_curve(client, level_2="30")
    assert errors_of(page) == [
        "Everyone's level is still following the last change of the curve. Try again when it is done."
    ]


def test_the_page_of_the_curve_takes_few_queries(client, economist, django_assert_num_queries):
    client.get(CURVE)
    with django_assert_num_queries(6):  # session, member, permissions twice, levels, a change under way
        client.get(CURVE)


def test_staff_without_the_permission_have_no_page_of_the_curve(client):
    mod = make.user("mod", is_staff=True)
    mod.groups.add(Group.objects.get(name="moderator"))
    client.force_login(mod)
    assert [client.get(CURVE).status_code, send_curve(client, level_2="40").status_code] == [403, 403]


# ── what there is to look at ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def history(economist):
    """One row of everything: awards, one taken back and one granted again, an adjustment, a refusal, a tip."""
    alice, bob = make.user("alice"), make.verified(make.user("bob"))
    for number in (1, 2):
        xp.award(user=alice, action="special_event", key=f"event:{number}", cause=("event", number), base=10)
    xp.reverse(because="post_hidden:1", keys=["event:1", "event:2"])
    xp.restore(because="post_hidden:1")
    xp.reverse(because="post_hidden:2", keys=["event:2"])
    xp.adjust(user=alice, points=30, reason="Helped", actor=economist, key="adjustment:1")
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    xp.award(user=alice, action="post_created", key="post:2", cause=("post", 2))
    xp.award_tip(giver=bob, receiver=alice, amount=25, key="tip:1", cause=("post", 1))
    return alice


@pytest.mark.parametrize("model", [XpRefusal, XpWithholding, TipFlow])
def test_facts_are_shown_and_read_only(client, history, model):
    row = model.objects.first()
    assert [client.get(url_of(model, page, *arguments)).status_code for page, *arguments in (
        ("changelist",), ("change", row.pk), ("add",), ("delete", row.pk),
    )] == [200, 200, 403, 403]  # fmt: skip
    assert client.post(url_of(model, "change", row.pk), {"reason": "x", "amount": 5}).status_code == 403


def test_changes_of_the_curve_are_read_only(client, economist):
    send_curve(client, level_2="40")
    change = XpCurveChange.objects.get()
    assert client.post(url_of(XpCurveChange, "change", change.pk), {"pays_rewards": "on"}).status_code == 403
    assert client.get(url_of(XpCurveChange, "add")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "count"), [("adjustment", 1), ("undone", 5), ("award", 4), ("repair", 0), ("nonsense", 10), ("", 10)]
)
def test_the_log_is_filtered_by_kind(client, history, kind, count):
    page = client.get(url_of(XpLog, "changelist"), {"kind": kind, "user__id__exact": history.pk})
    found = [row for row in page.context["cl"].queryset if row.user_id == history.pk]
    assert len(found) == count


def test_an_award_says_what_is_held_against_it_and_who_was_part_of_it(client, history):
    withheld = XpLog.objects.get(key="event:2")
    assert "post_hidden:2" in client.get(url_of(XpLog, "change", withheld.pk)).text
    tip = XpLog.objects.get(user=history, action__name="tip_received")
    page = client.get(url_of(XpLog, "change", tip.pk)).text
    assert ">bob</a>" in page
    assert "25" in page


@pytest.mark.parametrize(
    ("model", "term", "count"),
    [
        (XpRefusal, "ALICE", 1), (XpRefusal, "bob", 0), (XpWithholding, "post_hidden:2", 1),
        (XpWithholding, "event:2", 1), (TipFlow, "tip:1", 1), (TipFlow, "bob", 1), (TipFlow, "alice", 1),
        (TipFlow, "nobody", 0),
    ],
)  # fmt: skip
def test_facts_are_found(client, history, model, term, count):
    assert client.get(url_of(model, "changelist"), {"q": term}).context["cl"].result_count == count


def test_the_doctors_rows_say_whose_they_are():
    row = XpLog(action=None, actor=None, xp_awarded=0, trace={"base": 0, "multipliers": [], "result": 0})
    assert presentation.entry(row).label == "Put right by xp_doctor"
    assert doctor.repair(user=make.user("alice")) is None
