"""New objects in the shapes of the pinned API version."""

from typing import Any

from degentalk.sandbox.stripe import rules
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

DAY_SECONDS = 24 * 3600
DELAYED = "us_bank_account"
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
CARD = {"brand": "visa", "country": "US", "exp_month": 12, "exp_year": 2040, "funding": "credit", "last4": "4242"}
BANK = {"account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK"}
BANK |= {"last4": "6789", "routing_number": "110000000"}


def session(world: World, wanted: Json, items: list[Json]) -> Json:
    """A Checkout Session of mode payment, open and unpaid. https://docs.stripe.com/api/checkout/sessions/object"""
    total = sum(item["amount_total"] for item in items)
    identity = world.ids.new("cs_test_")
    return {
        "id": identity,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": wanted.get("adaptive_pricing", {}).get("enabled", False)},
        "after_expiration": None,
        "allow_promotion_codes": wanted.get("allow_promotion_codes"),
        "allowed_payment_method_types": wanted.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": wanted.get("billing_address_collection"),
        "cancel_url": wanted.get("cancel_url"),
        "client_reference_id": wanted.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": world.clock.now(),
        "currency": items[0]["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer": None,
        "customer_account": None,
        "customer_creation": wanted.get("customer_creation", "if_required"),
        "customer_details": None,
        "customer_email": wanted.get("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": wanted.get("excluded_payment_method_types"),
        "expires_at": wanted.get("expires_at", world.clock.now() + DAY_SECONDS),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": wanted.get("locale"),
        "metadata": wanted.get("metadata") or {},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": wanted.get("payment_method_options", {}),
        "payment_method_types": rules.methods(wanted),
        "payment_status": "unpaid" if total else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": wanted.get("submit_type"),
        "subscription": None,
        "success_url": wanted["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{world.options.public_base}/c/pay/{identity}",
        "wallet_options": None,
    }


def line_item(world: World, wanted: Json) -> Json:
    """One line of a session, from `price_data`. https://docs.stripe.com/api/checkout/sessions/line_items"""
    price = wanted["price_data"]
    total = price["unit_amount"] * wanted["quantity"]
    return {
        "id": world.ids.new("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": wanted.get("metadata") or {},
        "price": _price(world, price),
        "quantity": wanted["quantity"],
    }


def _price(world: World, wanted: Json) -> Json:
    return {
        "id": world.ids.new("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": world.clock.now(),
        "currency": wanted["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": world.ids.new("prod_"),
        "recurring": None,
        "tax_behavior": wanted.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": wanted["unit_amount"],
        "unit_amount_decimal": str(wanted["unit_amount"]),
    }


def payment_intent(world: World, session: Json, wanted: Json) -> Json:
    """What Checkout makes when a buyer tries to pay. https://docs.stripe.com/api/payment_intents/object"""
    identity = world.ids.new("pi_")
    return {
        "id": identity,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": world.ids.new(f"{identity}_secret_"),
        "confirmation_method": "automatic",
        "created": world.clock.now(),
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": wanted.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": wanted.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": session["payment_method_types"],
        "processing": None,
        "receipt_email": wanted.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": wanted.get("statement_descriptor"),
        "statement_descriptor_suffix": wanted.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def charge(world: World, intent: Json, method: str, email: str | None) -> Json:
    """One attempt to take the money, pending. https://docs.stripe.com/api/charges/object"""
    details: dict[str, Any] = {"card": CARD} if method == "card" else {method: BANK}
    return {
        "id": world.ids.new("ch_" if method == "card" else "py_"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": NO_ADDRESS, "email": email, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": world.options.seller.upper(),
        "captured": False,
        "created": world.clock.now(),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": world.ids.new("pm_"),
        "payment_method_details": {**details, "type": method},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }
