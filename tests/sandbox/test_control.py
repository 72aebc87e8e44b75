"""The control API over HTTP, for tests in other processes; and a sandbox that remembers."""

import os
import signal
import subprocess
import sys

import pytest
import requests

from degentalk.sandbox.stripe import Sandbox, __main__
from degentalk.sandbox.stripe.control import VERBS
from tests.databases import ROOT
from tests.sandbox.buying import buy, client_of, types, wanted


@pytest.fixture
def control(sandbox):
    """Do a verb: the answer's status and JSON."""

    def act(verb, **arguments):
        answer = requests.post(f"{sandbox.url}/sandbox/{verb}", json=arguments, timeout=10)
        return answer.status_code, answer.json()

    return act


def test_everything_can_be_done_over_http(sandbox, client, control):
    session = buy(client).id
    later = buy(client).id
    assert control("pay", session=session)[1]["payment_status"] == "paid"
    assert control("pay_later", session=later)[1]["payment_status"] == "unpaid"
    assert control("settle", session=later, ok=False)[0] == 200
    refund = control("refund", of=session, amount=100, status="pending")[1]["id"]
    assert control("fail_refund", refund=refund)[1]["status"] == "failed"
    dispute = control("dispute", of=session, reason="duplicate")[1]["id"]
    assert control("close_dispute", dispute=dispute, result="lost")[1]["status"] == "lost"
    assert control("reinstate", dispute=dispute)[0] == 200
    assert control("books")[1] == {"order-1": {"paid": 999, "refunded": 0, "withdrawn": 0, "lost": 0}}
    assert control("advance", seconds=60)[1] == sandbox.world.clock.now()
    assert [event["type"] for event in control("events")[1]] == types(sandbox)
    assert len(control("deliver_all")[1]) == len(types(sandbox))


def test_what_cannot_happen_is_said(client, control):
    session = buy(client).id
    assert control("settle", session=session)[0] == 404
    control("expire", session=session)
    status, body = control("pay", session=session)
    assert (status, body) == (400, {"error": "This session is not open any more: it is expired."})
    assert control("pay", shoe=session)[0] == 400
    assert control("steal")[0] == 404
    assert control("world")[0] == 404


def test_only_json_is_taken(sandbox, client):
    session = buy(client).id
    answer = requests.post(f"{sandbox.url}/sandbox/pay", data={"session": session}, timeout=10)
    assert (answer.status_code, answer.json()) == (400, {"error": "send a JSON object"})


def test_faults_are_switched_over_http(sandbox):
    address = f"{sandbox.url}/sandbox/faults"
    switches = {"webhooks": {"drop": 0.5}, "api": [{"kind": "500", "moment": "after"}]}
    state = requests.post(address, json=switches, timeout=10).json()
    assert (state["webhooks"]["drop"], state["webhooks"]["delay"]) == (0.5, 0.0)
    assert state["api"] == [{"kind": "500", "moment": "after", "seconds": 12.0}]
    assert requests.get(address, timeout=10).json() == state
    for wrong in ({"webhooks": {"drop": 2}}, {"api": [{"kind": "flood"}]}, {"shoes": {}}, []):
        assert requests.post(address, json=wrong, timeout=10).status_code == 400
    assert requests.get(address, timeout=10).json() == state
    assert requests.delete(address, timeout=10).json()["api"] == []


def test_the_machinery_is_no_verb():
    assert {"pay", "refund", "books", "deliver"} < VERBS
    assert not any(verb.startswith("_") for verb in VERBS)


@pytest.mark.parametrize("path", ["/", "/v1/events", "/sandbox/faults"])
def test_it_answers_to_no_other_name(sandbox, path):
    answer = requests.get(sandbox.url + path, headers={"Host": "evil.example"}, timeout=10)
    assert (answer.status_code, answer.text) == (403, "The sandbox answers on loopback addresses only.")


def test_a_form_of_another_site_is_refused(sandbox, client):
    session = buy(client).id
    for origin in ("https://evil.example", "null"):
        answer = requests.post(
            f"{sandbox.url}/c/pay/{session}", data={"way": "pay"}, headers={"Origin": origin}, timeout=10
        )
        assert answer.status_code == 403
    assert sandbox.get(session)["status"] == "open"


def test_with_a_file_it_remembers_after_a_restart(tmp_path, receiver):
    file = tmp_path / "stripe.sqlite3"
    with Sandbox(file=file, webhook_url=receiver.url) as first:
        session = buy(client_of(first), metadata={"order": "1"}).id
        first.pay(session)
        first.set_webhook_faults(drop=0.25)
        first.advance(60)
        told, books, offset = types(first), first.books(), first.world.clock.offset
    with Sandbox(file=file, webhook_url=receiver.url) as second:
        assert client_of(second).v1.checkout.sessions.retrieve(session).metadata.to_dict() == {"order": "1"}
        assert (types(second), second.books(), second.world.clock.offset) == (told, books, offset)
        assert second.world.faults.webhooks.drop == 0.25
        assert len(second.pending()) == 4
        buy(client_of(second))
        newest = [one.id for one in client_of(second).v1.checkout.sessions.list().data]
        assert newest[1] == session


def test_a_seed_and_a_file_exclude_each_other(tmp_path):
    with pytest.raises(ValueError, match="one or the other"):
        Sandbox(seed=1, file=tmp_path / "stripe.sqlite3")


def test_after_a_restart_a_key_gets_its_old_answer(tmp_path):
    ids = []
    for _ in range(2):
        with Sandbox(file=tmp_path / "stripe.sqlite3") as sandbox:
            options = {"idempotency_key": "k"}
            ids.append(client_of(sandbox).v1.checkout.sessions.create(params=wanted(), options=options).id)
    assert ids[0] == ids[1]


@pytest.mark.parametrize("debug", [None, "off"])
def test_in_production_it_refuses_to_start(monkeypatch, capsys, debug):
    monkeypatch.delenv("DEBUG", raising=False)
    if debug:
        monkeypatch.setenv("DEBUG", debug)
    monkeypatch.setattr(sys, "argv", ["stripe"])
    assert __main__.main() == 1
    refusal = "The Stripe sandbox is for development: it does not start without DEBUG=on.\n"
    assert capsys.readouterr() == ("", refusal)


def test_in_development_it_runs_until_it_is_ended(receiver):
    command = [sys.executable, "-m", "degentalk.sandbox.stripe", "--webhook-url", receiver.url]
    variables = os.environ | {"DEBUG": "on", "STRIPE_SECRET_KEY": "sk_test_mine", "STRIPE_WEBHOOK_SECRETS": "whsec_a"}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split(": ")[1].strip()
        page = requests.get(address, timeout=10).text
        wrong = requests.get(f"{address}v1/events", headers={"Authorization": "Bearer sk_test_other"}, timeout=10)
        right = requests.get(f"{address}v1/events", headers={"Authorization": "Bearer sk_test_mine"}, timeout=10)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert "SANDBOX" in page
    assert receiver.url in page
    assert (wrong.status_code, right.status_code, process.returncode) == (401, 200, 0)
