"""The admin's forms and the gallery in a real Chromium: what is typed is seen, nothing is wider than the window."""

from tests import browsing, make
from tests.forum.tipping import member, post_by, tip

pytestmark = browsing.MARKS
WIDTHS = (1280, 390, 320)
FIELDS = """() => [...document.querySelectorAll(".vIntegerField")].map(field => {
    field.value = "1000000000000"
    return [field.scrollWidth <= field.clientWidth, field.clientHeight < 40]
})"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def on_every_width(page, question):
    """What the page answers at each width of the window, in pixels."""
    answers = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        answers[width] = page.evaluate(question)
    return answers


def test_a_field_of_the_policy_shows_the_largest_amount_in_one_line(windows):
    page = windows.open(make.user("root", is_staff=True, is_superuser=True))
    page.goto("/admin/wallet/walletpolicy/1/change/")
    assert on_every_width(page, FIELDS) == dict.fromkeys(WIDTHS, [[True, True]] * 10)


def test_no_component_is_wider_than_the_window(windows, settings):
    settings.DEBUG = True
    page = windows.open(make.user("alice"))
    page.goto("/dev/components")
    assert on_every_width(page, TOO_WIDE) == dict.fromkeys(WIDTHS, 0)


def test_forms_about_members_with_long_names_are_not_wider_than_the_window(windows):
    author, giver = member("W" * 24), member("M" * 24, dgt=10**9)
    given = tip(post_by(author, title="W" * 60), giver, 1_000).tip
    page = windows.open(make.user("root", is_staff=True, is_superuser=True))
    for path in (f"/tip/{given.pk}/undo", f"/admin/xp/userxp/{author.pk}/adjust/"):
        assert page.goto(path).status == 200
        assert on_every_width(page, TOO_WIDE) == dict.fromkeys(WIDTHS, 0)
