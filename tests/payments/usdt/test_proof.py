"""Who signs the text holds the wallet; whatever else comes is refused (U18)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.providers.usdt.proof import BadProof, Statement, new_nonce, verify

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ALICE, MALLORY = (Account.from_key(bytes([number]) * 32) for number in (1, 2))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATEMENT = Statement(
    domain="degentalk.example",
    username="alice",
    order="8ZfQ2v",
    chain_id=1,
    chain_name="Ethereum",
    wallet=ALICE.address,
    nonce="a1B2c3D4e5F6g7H8",
    issued_at=NOON,
    expires_at=NOON + timedelta(minutes=10),
)


def signed(statement: Statement = STATEMENT, who=ALICE) -> str:
    return "0x" + who.sign_message(encode_defunct(text=statement.text())).signature.hex().removeprefix("0x")


SIGNATURE = signed()


def refused(signature: str, statement: Statement = STATEMENT) -> str:
    with pytest.raises(BadProof) as bad:
        verify(statement, signature)
    return bad.value.reason


def test_u18_what_the_wallet_signed_proves_it():
    verify(STATEMENT, SIGNATURE)
    verify(STATEMENT, SIGNATURE.removeprefix("0x").upper())


def test_u18_both_ways_to_write_v_that_wallets_have_are_taken():
    raw = bytes.fromhex(SIGNATURE[2:])
    verify(STATEMENT, (raw[:64] + bytes([raw[64] - 27])).hex())


def test_u18_the_text_names_all_it_is_for_and_says_that_it_moves_no_money():
    assert STATEMENT.text() == (
        "degentalk.example asks you to show that this wallet is yours.\n\n"
        "Signing this moves no money, costs nothing and gives no one leave to move any.\n\n"
        "Site: degentalk.example\nMember: alice\nOrder: 8ZfQ2v\nChain: Ethereum (1)\n"
        f"Wallet: {ALICE.address}\nNonce: a1B2c3D4e5F6g7H8\n"
        "Issued at: 2026-11-23T12:00:00Z\nValid until: 2026-11-23T12:10:00Z"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"domain": "degentalk.example.evil"},
        {"username": "bob"},
        {"order": "8ZfQ2w"},
        {"chain_id": 56},
        {"chain_name": "BNB Smart Chain"},
        {"wallet": MALLORY.address},
        {"nonce": "a1B2c3D4e5F6g7H9"},
        {"issued_at": NOON - timedelta(seconds=1)},
        {"expires_at": NOON + timedelta(minutes=11)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_u18_a_signature_for_anything_else_is_refused(other):
    assert refused(SIGNATURE, replace(STATEMENT, **other)) == "foreign"


def test_u18_somebody_elses_signature_is_refused():
    assert refused(signed(who=MALLORY)) == "foreign"


def test_u18_a_signature_of_other_words_by_the_same_wallet_is_refused():
    assert refused(ALICE.sign_message(encode_defunct(text=STATEMENT.text() + " ")).signature.hex()) == "foreign"


def test_u18_the_malleated_twin_of_a_signature_is_refused():
    raw = bytes.fromhex(SIGNATURE[2:])
    s, v = int.from_bytes(raw[32:64], "big"), raw[64]
    twin = raw[:32] + (N - s).to_bytes(32, "big") + bytes([55 - v])
    assert Account.recover_message(encode_defunct(text=STATEMENT.text()), signature=twin) == ALICE.address
    assert refused(twin.hex()) == "malleated"


def test_u18_a_flipped_v_is_refused():
    raw = bytes.fromhex(SIGNATURE[2:])
    assert refused((raw[:64] + bytes([55 - raw[64]])).hex()) == "foreign"


@pytest.mark.parametrize("v", [2, 3, 26, 29, 37, 38, 255])
def test_u18_a_v_that_no_wallet_writes_is_refused(v):
    assert refused(SIGNATURE[:-2] + f"{v:02x}") == "malleated"


def test_u18_the_compact_form_of_a_signature_is_refused():
    raw = bytes.fromhex(SIGNATURE[2:])
    compact = raw[:32] + bytes([raw[32] | (raw[64] - 27) << 7]) + raw[33:64]  # EIP-2098
    assert refused("0x" + compact.hex()) == "malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "0x" + "zz" * 65,
        SIGNATURE + "00",
        SIGNATURE[:-1],
        SIGNATURE + "\n",
        " " + SIGNATURE,
        "０" * 130,
        "a" * 10**6,
    ],
    ids=range(9),
)
def test_u18_what_is_not_65_bytes_in_hex_is_refused(text):
    assert refused(text) == "malformed"


@pytest.mark.parametrize("raw", [bytes(65), b"\xff" * 32 + b"\x01" * 32 + b"\x1b", bytes(32) + b"\x01" * 32 + b"\x1b"])
def test_u18_numbers_that_are_nobodys_signature_are_refused(raw):
    assert refused(raw.hex()) == "foreign"


@given(st.integers(0, 65 * 8 - 1))
@settings(max_examples=25, deadline=None)
def test_u18_a_signature_with_any_bit_flipped_is_refused(bit):
    flipped = int(SIGNATURE, 16) ^ (1 << bit)
    assert refused(f"{flipped:0130x}") in ("foreign", "malleated")


@given(st.text("0123456789abcdefABCDEFxX-_ \n０", max_size=129))
@settings(max_examples=30)
def test_u18_any_shorter_text_is_refused(text):
    assert refused(text) == "malformed"


def test_u18_the_case_of_the_address_does_not_matter():
    lower = replace(STATEMENT, wallet=ALICE.address.lower())
    assert lower.text() == STATEMENT.text()
    verify(lower, SIGNATURE)


def test_u18_the_zone_of_a_time_does_not_matter():
    assert replace(STATEMENT, issued_at=NOON.astimezone(timezone(timedelta(hours=9)))).text() == STATEMENT.text()


@pytest.mark.parametrize(
    "other",
    [
        {"username": "alice\nOrder: another"},
        {"domain": "degentalk.example\r"},
        {"chain_name": "Ethereum\u2028"},
        {"nonce": ""},
        {"wallet": ALICE.address[:-1]},
        {"wallet": ALICE.address.swapcase().replace("X", "x", 1)},
        {"wallet": "alice.eth"},
        {"issued_at": datetime(2026, 11, 23)},  # noqa: DTZ001 that is what is refused
    ],
)
def test_u18_a_field_cannot_pretend_to_be_two(other):
    with pytest.raises(ValueError, match=r"line|address|zone"):
        replace(STATEMENT, **other)


def test_u18_nonces_are_long_and_never_the_same():
    nonces = {new_nonce() for _ in range(200)}
    assert len(nonces) == 200
    assert all(len(nonce) >= 16 and nonce.isascii() and nonce.isalnum() for nonce in nonces)
