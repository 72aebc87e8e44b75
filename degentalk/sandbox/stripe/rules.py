"""Stripe's own rules about what a request may ask for, beyond its shape; pure.

https://docs.stripe.com/api/checkout/sessions/create, https://docs.stripe.com/api/metadata
"""

from typing import Any
from urllib.parse import urlsplit

from degentalk.sandbox.stripe.errors import Invalid

MIN_CENTS = {"usd": 50, "eur": 50, "gbp": 30}  # https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MAX_CENTS = 99_999_999
EXPIRES_MIN_SECONDS, EXPIRES_MAX_SECONDS = 30 * 60, 24 * 3600
REFERENCE_MAX_LENGTH = 200
METADATA_MAX_KEYS, METADATA_KEY_MAX_LENGTH, METADATA_VALUE_MAX_LENGTH = 50, 40, 500
PAGE_MAX = 100
METHODS = ("card", "us_bank_account")
# What would change the price or needs objects that the sandbox does not have.
NOT_PLAYED = (
    "customer", "customer_account", "discounts", "shipping_options", "shipping_address_collection", "subscription_data",
    "setup_intent_data", "optional_items", "after_expiration", "custom_fields", "return_url",
    "payment_method_configuration",
)  # fmt: skip
INTENT_PLAYED = {"description", "metadata", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"}
FILTERS_NOT_PLAYED = ("customer", "customer_account", "customer_details", "payment_link", "payout", "subscription",
                      "transfer_group")  # fmt: skip
MUST_BE_OFF = ("automatic_tax", "invoice_creation", "adjustable_quantity", "managed_payments")


def check_session(wanted: dict[str, Any], now: int) -> None:
    """Raises Invalid for what Stripe refuses, or what the sandbox does not play; then it says so."""
    _check_features(wanted)
    if wanted.get("ui_mode", "hosted_page") != "hosted_page" or wanted.get("mode", "payment") != "payment":
        raise Invalid("The sandbox plays only mode=payment with ui_mode=hosted_page.", param="mode")
    for name in ("mode", "line_items", "success_url"):
        if not wanted.get(name):
            raise Invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    for name in ("success_url", "cancel_url"):
        check_url(wanted.get(name, "https://example.com"), name)
    if len(wanted.get("client_reference_id", "")) > REFERENCE_MAX_LENGTH:
        raise Invalid(
            f"Invalid string: must be at most {REFERENCE_MAX_LENGTH} characters",
            code="parameter_invalid_string",
            param="client_reference_id",
        )
    check_metadata(wanted.get("metadata"), "metadata")
    check_metadata(wanted.get("payment_intent_data", {}).get("metadata"), "payment_intent_data[metadata]")
    if not methods(wanted):
        raise Invalid(f"The sandbox plays only {' and '.join(METHODS)}.", param="allowed_payment_method_types")
    if "expires_at" in wanted:
        _check_expiry(wanted["expires_at"] - now)
    _check_items(wanted["line_items"], wanted.get("currency"))


def methods(wanted: dict[str, Any]) -> list[str]:
    """How a session can be paid: what the sandbox plays, as far as it is allowed and not excluded."""
    allowed = wanted.get("allowed_payment_method_types", METHODS)
    return [name for name in METHODS if name in allowed and name not in wanted.get("excluded_payment_method_types", [])]


def check_metadata(metadata: dict[str, str] | str | None, name: str) -> None:
    """Raises Invalid for too many or too long ones."""
    if not isinstance(metadata, dict):
        return
    if len(metadata) > METADATA_MAX_KEYS:
        raise Invalid(f"Metadata can have up to {METADATA_MAX_KEYS} keys", param=name)
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_MAX_LENGTH:
            raise Invalid(f"Metadata keys can be up to {METADATA_KEY_MAX_LENGTH} characters long", param=name)
        if len(value) > METADATA_VALUE_MAX_LENGTH:
            raise Invalid(
                f"Metadata values can be up to {METADATA_VALUE_MAX_LENGTH} characters long", param=f"{name}[{key}]"
            )


def check_page(wanted: dict[str, Any]) -> None:
    """Raises Invalid for a page size or a pair of cursors that no list takes, or for a filter that is not played."""
    for name in FILTERS_NOT_PLAYED:
        if name in wanted:
            raise Invalid(f"The sandbox does not play the filter {name}.", param=name)
    if not 1 <= wanted.get("limit", 1) <= PAGE_MAX:
        raise Invalid(f"Invalid integer: must be between 1 and {PAGE_MAX}", param="limit")
    if "starting_after" in wanted and "ending_before" in wanted:
        raise Invalid("You may only specify one of these parameters: ending_before, starting_after.")


def check_url(url: str, name: str) -> None:
    """Raises Invalid for anything but an absolute http or https address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("Not a valid URL", code="url_invalid", param=name)


def _check_features(wanted: dict[str, Any]) -> None:
    for name in NOT_PLAYED:
        if name in wanted:
            raise Invalid(f"The sandbox does not play {name}.", param=name)
    if wanted.get("allow_promotion_codes"):
        raise Invalid("The sandbox does not play promotion codes.", param="allow_promotion_codes")
    for name in wanted.get("payment_intent_data", {}).keys() - INTENT_PLAYED:
        raise Invalid(f"The sandbox does not play {name}.", param=f"payment_intent_data[{name}]")
    for part in [wanted, *wanted.get("line_items", [])]:
        for name in MUST_BE_OFF:
            if part.get(name, {}).get("enabled"):
                raise Invalid(f"The sandbox does not play {name}.", param=name)


def _check_expiry(seconds: int) -> None:
    if seconds < EXPIRES_MIN_SECONDS:
        raise Invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if seconds > EXPIRES_MAX_SECONDS:
        raise Invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )


def _check_items(items: list[dict[str, Any]], named: str | None) -> None:
    for number, item in enumerate(items):
        _check_item(item, f"line_items[{number}]")
    currencies = {str(item["price_data"]["currency"]) for item in items} | ({named} if named else set())
    if len(currencies) > 1:
        raise Invalid("All line items must have the same currency.", param="line_items")
    currency = currencies.pop()
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    if total > MAX_CENTS:
        raise Invalid("The total amount due must be no more than $999,999.99.", code="amount_too_large")
    if 0 < total < MIN_CENTS[currency]:
        raise Invalid(
            "The Checkout Session's total amount due must add up to at least "
            f"{MIN_CENTS[currency] / 100:.2f} {currency}",
            code="amount_too_small",
        )


def _check_item(item: dict[str, Any], path: str) -> None:
    price = item.get("price_data")
    if price is None or "price" in item or "product" in price or "recurring" in price:
        raise Invalid("The sandbox plays only one-time items with price_data and product_data.", param=path)
    required = {"quantity": item, "price_data][product_data": price, "price_data][unit_amount": price}
    for name, holder in required.items():
        if name.rsplit("[", 1)[-1] not in holder:
            raise Invalid(f"Missing required param: {path}[{name}].", code="parameter_missing", param=f"{path}[{name}]")
    if item["quantity"] < 1:
        raise Invalid("This value must be greater than or equal to 1.", param=f"{path}[quantity]")
    if price["unit_amount"] < 0:
        raise Invalid(
            "Invalid non-negative integer",
            code="parameter_invalid_integer",
            param=f"{path}[price_data][unit_amount]",
        )
    if price["currency"] not in MIN_CENTS:
        raise Invalid(
            f"Invalid currency: {price['currency']}. The sandbox plays: {', '.join(MIN_CENTS)}",
            param=f"{path}[price_data][currency]",
        )
