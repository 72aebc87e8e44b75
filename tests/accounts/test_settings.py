"""The settings page."""

import pytest
from django.test import Client
from django.utils.choices import flatten_choices

from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db
SETTINGS = "/account/settings"


def fields(**changed):
    return {"about": "gm", "time_zone": "Europe/Berlin", "theme": "light"} | changed


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(SETTINGS).url == f"/account/login/?next={SETTINGS}"


def test_saving_changes_every_setting(client, alice):
    response = client.post(SETTINGS, fields(hides_balance="on", hides_from_boards="on"))
    assert (response.status_code, response.url) == (302, SETTINGS)
    alice.refresh_from_db()
    assert (alice.about, alice.time_zone, alice.theme) == ("gm", "Europe/Berlin", "light")
    assert (alice.hides_balance, alice.hides_from_boards) == (True, True)


def test_saving_says_so_in_a_toast(client, alice):
    assert "Settings saved" in client.post(SETTINGS, fields(), follow=True).text


def test_the_form_shows_what_is_stored(client, alice):
    User.objects.update(about="wagmi", time_zone="Asia/Tokyo", theme="dark", hides_balance=True)
    form = client.get(SETTINGS).context["form"]
    assert form.initial == {
        "about": "wagmi",
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "hides_balance": True,
        "hides_from_boards": False,
    }


def test_the_chosen_theme_is_on_the_page_and_kept_for_signed_out_pages(client, alice):
    client.post(SETTINGS, fields(theme="light"))
    assert 'data-theme="light"' in client.get(SETTINGS).text
    client.post("/account/logout/")
    assert 'data-theme="light"' in client.get("/account/login/").text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"about": "x" * 281}, "about", "Ensure this value has at most 280 characters (it has 281)."),
        (
            {"time_zone": "Mars/Olympus"},
            "time_zone",
            "Select a valid choice. Mars/Olympus is not one of the available choices.",
        ),
        (
            {"time_zone": "../../etc/passwd"},
            "time_zone",
            "Select a valid choice. ../../etc/passwd is not one of the available choices.",
        ),
        ({"time_zone": ""}, "time_zone", "This field is required."),
        ({"theme": "neon"}, "theme", "Select a valid choice. neon is not one of the available choices."),
    ],
)
def test_a_refused_form_says_why_next_to_the_field(client, alice, changed, field, sentence):
    response = client.post(SETTINGS, fields(**changed))
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [sentence]}
    alice.refresh_from_db()
    assert alice.about == ""


def test_refused_input_does_not_change_the_page_around_it(client, alice):
    response = client.post(SETTINGS, fields(theme="dark", time_zone="Mars/Olympus"))
    assert 'data-theme="auto"' in response.text


def test_refused_input_is_kept_and_escaped(client, alice):
    text = client.post(SETTINGS, fields(about="</textarea><script>alert(1)</script>", theme="neon")).text
    assert "<script>alert" not in text
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in text


def test_control_and_bidi_characters_do_not_get_into_the_profile(client, alice):
    """W16: names and texts hold no characters that hide or reorder others."""
    client.post(SETTINGS, fields(about="gm\x00\x1b \u202eevil\u2069\r\nline two"))
    alice.refresh_from_db()
    assert alice.about == "gm evil\nline two"


def test_a_line_break_counts_as_one_character(client, alice):
    assert client.post(SETTINGS, fields(about="x\r\n" * 139 + "yy")).status_code == 302


def test_nobody_gives_themselves_powers(client, alice):
    """W5: fields that the form does not have change nothing."""
    client.post(SETTINGS, fields(is_staff="on", is_superuser="on", username="admin", email="x@example.com"))
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser, alice.username, alice.email) == (
        False,
        False,
        "alice",
        "alice@example.com",
    )


def test_an_unusual_zone_survives_saving_the_rest(client, alice):
    User.objects.update(time_zone="Etc/GMT-3")
    client.post(SETTINGS, fields(time_zone="Etc/GMT-3"))
    alice.refresh_from_db()
    assert (alice.about, alice.time_zone) == ("gm", "Etc/GMT-3")


def test_another_members_unusual_zone_is_not_offered(client, alice):
    make.user("bob", time_zone="Etc/GMT-3")
    assert client.post(SETTINGS, fields(time_zone="Etc/GMT-3")).status_code == 422


def test_the_page_can_offer_the_zone_of_the_browser(client, alice):
    text = client.get(SETTINGS).text
    assert 'data-offer-time-zone="id_time_zone"' in text
    assert 'id="id_time_zone"' in text


def test_every_offered_zone_is_one_that_exists():
    offered = [name for name, _place in flatten_choices(time_zones.choices())]
    assert len(offered) > 400
    assert set(offered) <= time_zones.known()


def test_the_page_costs_a_fixed_number_of_queries(client, alice, django_assert_max_num_queries):
    client.get(SETTINGS)
    with django_assert_max_num_queries(3):
        client.get(SETTINGS)


def test_a_post_without_the_csrf_token_is_refused(alice):
    """W2: every change of state needs the token."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(SETTINGS, fields()).status_code == 403
