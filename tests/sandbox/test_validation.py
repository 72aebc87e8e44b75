"""Every request is held against what the installed library documents, and against Stripe's own rules."""

import pytest
import requests
import stripe

from degentalk.sandbox.stripe import API_KEY
from tests.sandbox.buying import START, buy, wanted


def refusal(client, **changes):
    """Why a session is refused: code, parameter, sentence."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        buy(client, **changes)
    assert refused.value.http_status == 400
    return refused.value.code, refused.value.param, refused.value.user_message


def line(**changes):
    price = {"currency": "usd", "unit_amount": 999, "product_data": {"name": "1,000 DGT"}}
    item = {"quantity": 1, "price_data": price | changes.pop("price", {}), **changes}
    return {"line_items": [{key: value for key, value in item.items() if value is not None}]}


def test_an_unknown_parameter_is_named(client):
    assert refusal(client, colour="lime") == ("parameter_unknown", "colour", "Received unknown parameter: colour")


def test_an_unknown_parameter_far_inside_is_named(client):
    path = "line_items[0][price_data][price]"
    assert refusal(client, **line(price={"price": 5}))[:2] == ("parameter_unknown", path)


def test_options_of_a_request_are_no_parameters(sandbox):
    answer = post(sandbox, {"idempotency_key": "k"})
    assert answer.json()["error"]["code"] == "parameter_unknown"


def test_a_missing_parameter_far_inside_is_named(client):
    items = [{"quantity": 1, "price_data": {"unit_amount": 999, "product_data": {"name": "1,000 DGT"}}}]
    path = "line_items[0][price_data][currency]"
    assert refusal(client, line_items=items) == ("parameter_missing", path, f"Missing required param: {path}.")


@pytest.mark.parametrize("name", ["mode", "success_url", "line_items"])
def test_what_a_payment_needs_must_be_there(client, name):
    params = wanted()
    del params[name]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(params=params)
    assert (refused.value.code, refused.value.param) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("changes", "param", "sentence"),
    [
        ({"expires_at": "soon"}, "expires_at", "Invalid integer: soon"),
        ({"allow_promotion_codes": "maybe"}, "allow_promotion_codes", "Invalid boolean: maybe"),
        ({"mode": "gift"}, "mode", "Invalid mode: must be one of payment, setup, or subscription"),
        ({"metadata": "order"}, "metadata", "Invalid hash"),
        ({"metadata": "5"}, "metadata", "Invalid hash"),
        ({"line_items": "one"}, "line_items", "Invalid array"),
        ({"success_url": {"a": "b"}}, "success_url", "Invalid string"),
        ({"automatic_tax": "on"}, "automatic_tax", "Invalid object: automatic_tax"),
    ],
)
def test_a_wrong_type_is_refused(client, changes, param, sentence):
    assert refusal(client, **changes)[1:] == (param, sentence)


def test_an_empty_text_is_refused(client):
    assert refusal(client, client_reference_id="")[:2] == ("parameter_invalid_empty", "client_reference_id")


def test_a_parameter_twice_is_refused(sandbox):
    answer = post(sandbox, [("mode", "payment"), ("mode", "payment")])
    assert answer.json()["error"]["message"] == "Repeated parameter: mode"


def test_a_name_that_is_none_is_refused(sandbox):
    assert post(sandbox, {"a]b[": "1"}).json()["error"]["message"] == "Invalid parameter name: a]b["


def post(sandbox, form):
    headers = {"Authorization": f"Bearer {API_KEY}"}
    answer = requests.post(f"{sandbox.url}/v1/checkout/sessions", data=form, headers=headers, timeout=10)
    assert answer.status_code == 400
    return answer


@pytest.mark.parametrize("cents", [0, 50, 99_999_999])
def test_nothing_or_at_least_50_cents_can_be_due(client, cents):
    assert buy(client, cents).amount_total == cents


def test_less_than_50_cents_is_refused(client):
    assert refusal(client, **line(price={"unit_amount": 49}))[0] == "amount_too_small"


def test_more_than_a_million_dollars_is_refused(client):
    assert refusal(client, **line(price={"unit_amount": 100_000_000}))[0] == "amount_too_large"


def test_a_negative_price_is_refused(client):
    assert refusal(client, **line(price={"unit_amount": -1}))[1] == "line_items[0][price_data][unit_amount]"


@pytest.mark.parametrize("quantity", [0, None])
def test_a_line_needs_a_quantity(client, quantity):
    assert refusal(client, **line(quantity=quantity))[1] == "line_items[0][quantity]"


def test_an_unknown_currency_is_refused(client):
    assert refusal(client, **line(price={"currency": "dgt"}))[1] == "line_items[0][price_data][currency]"


@pytest.mark.parametrize("seconds", [1800, 24 * 3600])
def test_a_session_may_last_from_30_minutes_to_24_hours(client, seconds):
    assert buy(client, expires_at=START + seconds).expires_at == START + seconds


@pytest.mark.parametrize(("seconds", "sentence"), [(1799, "at least 30 minutes"), (24 * 3600 + 1, "less than 24")])
def test_a_session_lasts_no_shorter_and_no_longer(client, seconds, sentence):
    _, param, message = refusal(client, expires_at=START + seconds)
    assert (param, sentence in message) == ("expires_at", True)


def test_a_reference_has_at_most_200_characters(client):
    assert buy(client, client_reference_id="r" * 200).client_reference_id == "r" * 200
    assert refusal(client, client_reference_id="r" * 201)[1] == "client_reference_id"


@pytest.mark.parametrize("metadata", [{f"k{number}": "v" for number in range(51)}, {"k" * 41: "v"}, {"k": "v" * 501}])
def test_metadata_has_limits(client, metadata):
    assert "etadata" in refusal(client, metadata=metadata)[2]
    assert "etadata" in refusal(client, payment_intent_data={"metadata": metadata})[2]


def test_metadata_fits_up_to_its_limits(client):
    metadata = {f"{number:040}": "v" * 500 for number in range(50)}
    assert buy(client, metadata=metadata).metadata.to_dict() == metadata


@pytest.mark.parametrize("name", ["success_url", "cancel_url"])
def test_an_address_is_absolute(client, name):
    assert refusal(client, **{name: "/buy"})[:2] == ("url_invalid", name)


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "subscription"},
        {"payment_intent_data": {"capture_method": "manual"}},
        {"customer": "cus_1"},
        {"ui_mode": "embedded_page"},
        {"allow_promotion_codes": True},
        {"automatic_tax": {"enabled": True}},
        {"discounts": [{"coupon": "free"}]},
        {"allowed_payment_method_types": ["paypal"]},
        line(adjustable_quantity={"enabled": True}),
        {"line_items": [{"quantity": 1, "price": "price_1"}]},
    ],
)
def test_what_the_sandbox_does_not_play_is_said(client, changes):
    assert "sandbox" in refusal(client, **changes)[2]


def test_a_filter_that_is_not_played_is_said(client):
    with pytest.raises(stripe.InvalidRequestError, match="does not play the filter customer"):
        client.v1.checkout.sessions.list(params={"customer": "cus_1"})


def test_a_session_has_one_currency(client):
    assert buy(client, currency="usd").currency == "usd"
    assert "same currency" in refusal(client, currency="eur")[2]


def test_what_is_switched_off_can_be_named(client):
    off = {"enabled": False}
    session = buy(client, allow_promotion_codes=False, automatic_tax=off, **line(adjustable_quantity=off))
    assert session.allow_promotion_codes is False


def test_a_refund_names_one_thing(client):
    for params in ({}, {"charge": "ch_1", "payment_intent": "pi_1"}):
        with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
            client.v1.refunds.create(params=params)


def test_a_reason_is_one_of_stripes(client):
    with pytest.raises(stripe.InvalidRequestError, match="must be one of duplicate, fraudulent, or requested_by"):
        client.v1.refunds.create(params={"charge": "ch_1", "reason": "mood"})
