"""The list of seals that everybody may have, the keys behind it, and what staff see of seals and audits."""

import json
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from degentalk.core.environment import Environment
from tests import make
from tests.sealing import seal_everything
from wallet import services as wallet
from wallet import signing, tasks
from wallet.models import DgtAudit, DgtSeal
from wallet.views import proofs


@pytest.fixture
def chain(committed_db):
    """Three seals."""
    alice = make.user("alice")
    for number in range(3):
        wallet.credit(user=alice, amount=10, source="rewards", key=f"credit:{number}", description="")
        seal_everything()
    return list(DgtSeal.objects.newest())


def page_of(client, query=""):
    return client.get(reverse("wallet:seals") + query)


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_at_the_address_that_is_told_everywhere():
    assert reverse("wallet:seals") == "/economy/seals.json"


def test_it_shows_the_newest_seal_the_keys_and_earlier_seals(chain, client):
    newest, *earlier = chain
    assert page_of(client).json() == {
        "newest": signing.published(newest),
        "public_keys": [signing.public_key()],
        "earlier": [signing.published(seal) for seal in earlier],
        "next": None,
    }


def test_whoever_reads_it_can_check_hash_and_signature(chain, client):
    seal = page_of(client).json()["newest"]
    text = json.dumps(seal["seal"], sort_keys=True, separators=(",", ":")).encode()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["public_key"]))
    key.verify(bytes.fromhex(seal["signature"]), text)
    assert signing.hash_of(seal["seal"]) == seal["hash"]


def test_earlier_seals_come_in_pages(chain, client, monkeypatch):
    monkeypatch.setattr(proofs, "SEALS_PER_PAGE", 1)
    first = page_of(client).json()
    second = client.get(first["next"]).json()
    numbers = [[seal["seal"]["number"] for seal in page["earlier"]] for page in (first, second)]
    assert (numbers, second["newest"]["seal"]["number"], second["next"]) == ([[2], [1]], 3, None)


@pytest.mark.django_db
def test_before_the_first_seal_there_is_none(client):
    assert page_of(client).json() == {
        "newest": None,
        "public_keys": [signing.public_key()],
        "earlier": [],
        "next": None,
    }


@pytest.mark.django_db
def test_a_page_that_is_none_of_ours_is_a_bad_request(client):
    assert page_of(client, "?cursor=nonsense").status_code == 400


@pytest.mark.django_db
def test_it_is_the_same_for_everybody_and_may_be_kept_for_a_minute(client, django_assert_num_queries):
    make.signed_in(client, make.user("carol"))
    with django_assert_num_queries(2):  # the newest seal and the page: neither session nor member
        answer = page_of(client)
    assert (answer["Cache-Control"], "Vary" in answer, len(answer.cookies)) == ("public, max-age=60", False, 0)


@pytest.mark.django_db
def test_it_is_only_read(client):
    assert client.post(reverse("wallet:seals")).status_code == 405


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def new_key():
    out = StringIO()
    call_command("new_seal_key", stdout=out)
    seed, public = out.getvalue().splitlines()
    return bytes.fromhex(seed.removeprefix("SEAL_KEY=")), public.removeprefix("public part: ")


def test_a_new_key_is_shown_with_its_public_part():
    seed, public = new_key()
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert (public, new_key()[0] == seed) == (key.public_bytes_raw().hex(), False)


@pytest.mark.parametrize("text", ["5e" * 32, "Xl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl4="])
def test_a_key_is_read_in_hex_and_in_base64(tmp_path, monkeypatch, text):
    monkeypatch.setenv("A_KEY", text)
    monkeypatch.setenv("SOME_KEYS", f"{text}, {text}")
    environment = Environment(tmp_path / ".env")
    assert (environment.key("A_KEY"), environment.keys("SOME_KEYS")) == (b"^" * 32, [b"^" * 32] * 2)


@pytest.mark.parametrize("text", ["5e" * 31, "zz" * 32, "Xl5eXl5e", "Xl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5e"])
def test_a_key_that_is_none_is_refused_and_never_said(tmp_path, monkeypatch, text):
    monkeypatch.setenv("A_KEY", text)
    with pytest.raises(SystemExit) as refused:
        Environment(tmp_path / ".env").key("A_KEY")
    sentence = str(refused.value)
    assert ("A_KEY must be 32 bytes" in sentence, text in sentence) == (True, False)


def test_the_key_is_shown_by_no_page_of_errors_and_written_nowhere(chain, settings, tmp_path, caplog):
    from django.views.debug import get_default_exception_reporter_filter

    shown = get_default_exception_reporter_filter().get_safe_settings()["SEAL_KEY"]
    settings.SEAL_LOG = str(tmp_path / "seals.log")
    with caplog.at_level("DEBUG"):
        tasks.seal()
        tasks.audit()
    secrets = settings.SEAL_KEY.hex(), settings.SEAL_KEY.decode()
    written = [shown, caplog.text, (tmp_path / "seals.log").read_text(), json.dumps(DgtAudit.objects.get().report)]
    assert [secret for secret in secrets if any(secret in str(text) for text in written)] == []


# ── in the admin ────────────────────────────────────────────────────────────────────────────────────────────────────


def url_of(model, page, *arguments):
    return reverse(f"admin:wallet_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def economist(chain, client):
    member = make.user("economist", is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    client.force_login(member)
    tasks.audit()
    return client


@pytest.mark.parametrize("model", [DgtSeal, DgtAudit])
def test_w18_economists_look_at_seals_and_audits_and_change_none(economist, model):
    row = model.objects.first()
    pages = [url_of(model, "changelist"), url_of(model, "change", row.pk)]
    assert [economist.get(page).status_code for page in pages] == [200, 200]
    writes = [url_of(model, "add"), url_of(model, "change", row.pk), url_of(model, "delete", row.pk)]
    assert [economist.post(page, {"post": "yes"}).status_code for page in writes] == [403] * 3
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [DgtSeal, DgtAudit])
def test_moderators_see_neither(chain, client, model):
    client.force_login(make.moderator())
    assert client.get(url_of(model, "changelist")).status_code == 403


def test_an_audit_is_shown_with_what_it_found(economist, owner):
    owner.execute("update user_wallet set lifetime_spent = 7")
    tasks.audit()
    audit = DgtAudit.objects.latest("id")
    member = audit.report["checks"][3]["named"][0]["member"]
    page = economist.get(url_of(DgtAudit, "change", audit.pk)).text
    assert f"<div>member {member}, spent: stored 7, by the entries 0</div>" in page


def test_a_seal_is_found_by_its_hash(economist, chain):
    listed = economist.get(url_of(DgtSeal, "changelist"), {"q": chain[1].hash}).context["cl"].queryset
    assert list(listed) == [chain[1]]
