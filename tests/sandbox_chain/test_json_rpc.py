"""JSON-RPC itself: single requests, batches, and what is none."""

import pytest
import requests
from web3 import HTTPProvider, Web3

from degentalk.sandbox.chain.methods import METHODS
from tests.sandbox_chain.chains import ask, refusal


def post(url: str, body: object = None, **options: object) -> object:
    return requests.post(url, **({"json": body} | options), timeout=10).json()


def test_the_id_comes_back(chain):
    for identity in (7, "seven", None):
        body = {"jsonrpc": "2.0", "id": identity, "method": "net_version"}
        assert post(chain.url, body) == {"jsonrpc": "2.0", "id": identity, "result": "31337"}


def test_a_batch_is_answered_as_one(chain):
    web3 = Web3(HTTPProvider(chain.url))
    with web3.batch_requests() as batch:
        batch.add(web3.eth.get_block("latest"))
        batch.add(web3.eth.get_block(0))
        assert [block["number"] for block in batch.execute()] == [1, 0]


def test_a_wrong_part_of_a_batch_spoils_no_other(chain):
    parts = [{"jsonrpc": "2.0", "id": 1, "method": "eth_fly"}, {"jsonrpc": "2.0", "id": 2, "method": "net_version"}, 3]
    answers = post(chain.url, parts)
    assert [(one["id"], one.get("result")) for one in answers] == [(1, None), (2, "31337"), (None, None)]
    assert [one["error"]["code"] for one in answers if "error" in one] == [-32601, -32600]


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", -32700), (b"\xff", -32700), (b"[]", -32600), (b"7", -32600), (b'{"id": 1}', -32600)]
)
def test_what_is_no_request_is_said(chain, body, code):
    assert post(chain.url, data=body)["error"]["code"] == code


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("eth_getBlockByNumber", []),
        ("eth_getBlockByNumber", ["0x01", False]),
        ("eth_getBlockByNumber", ["soon", False]),
        ("eth_getBlockByNumber", [1, False]),
        ("eth_getBlockByHash", ["0x12", False]),
        ("eth_getTransactionReceipt", ["0x" + "g" * 64]),
        ("eth_getTransactionReceipt", [None]),
        ("eth_getBalance", ["0x12"]),
        ("eth_getBalance", [["0x12"]]),
        ("eth_call", ["0x12"]),
        ("eth_call", [{"to": "0x12"}]),
        ("eth_chainId", [1]),
        ("eth_getLogs", [{"topics": ["0x12"]}]),
        ("eth_getLogs", [{"topics": 7}]),
        ("eth_sendRawTransaction", ["12"]),
        ("eth_feeHistory", ["many", "latest"]),
    ],
)
def test_wrong_parameters_are_refused_as_such(chain, method, params):
    assert refusal(chain.url, method, *params)[0] == -32602


def test_no_method_falls_over_what_it_is_given(chain):
    """A 500 would be taken for an outage."""
    for method in METHODS:
        for params in ([], [None], [{}], ["0x1"], [[]], ["0x" + "00" * 32, {}], [{}, {}], [7, [], {}]):
            assert set(ask(chain.url, method, *params)) in ({"jsonrpc", "id", "error"}, {"jsonrpc", "id", "result"})
