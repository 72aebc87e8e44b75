"""What the tests of the chain share: the real web3 as a client of it, somebody's addresses, and raw JSON-RPC."""

from typing import Any

import requests
from web3 import HTTPProvider, Web3

from degentalk.sandbox.chain import Chain
from degentalk.sandbox.chain.contracts import artefact

USDT = 10**6
TRANSFER = Web3.to_hex(Web3.keccak(text="Transfer(address,address,uint256)"))
SHOP = Web3.to_checksum_address("0x" + "ab" * 20)  # where orders are paid
NEIGHBOUR = Web3.to_checksum_address("0x" + "cd" * 20)


def web3_of(url: str, *, timeout: float = 10) -> Web3:
    """The library as a site makes it, without retries."""
    return Web3(HTTPProvider(url, {"timeout": timeout}, exception_retry_configuration=None))


def token_of(chain: Chain, url: str = "", address: str = "") -> Any:
    """A token with its functions and events."""
    return web3_of(url or chain.url).eth.contract(
        address if address else chain.world.token, abi=artefact("Tether")["abi"]
    )


def ask(url: str, method: str, *params: Any) -> dict[str, Any]:
    """The whole JSON-RPC response to one request."""
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)}
    return requests.post(url, json=body, timeout=10).json()


def result(url: str, method: str, *params: Any) -> Any:
    """What the chain answers, as it is written."""
    answer = ask(url, method, *params)
    assert set(answer) == {"jsonrpc", "id", "result"}, answer
    return answer["result"]


def refusal(url: str, method: str, *params: Any) -> tuple[int, str]:
    """The code and message of an error."""
    error = ask(url, method, *params)["error"]
    return error["code"], error["message"]


def logs_to(chain: Chain, to: str, **wanted: Any) -> list[Any]:
    """All transfers of the token to an address, as a scanner looks for them."""
    topics = [TRANSFER, None, "0x" + to[2:].rjust(64, "0")]
    wanted = {"fromBlock": 0, "toBlock": "latest", "address": chain.token, "topics": topics} | wanted
    return list(web3_of(chain.url).eth.get_logs(wanted))


def amounts(chain: Chain, to: str) -> list[int]:
    """How much each of these transfers brought."""
    return [int.from_bytes(log["data"], "big") for log in logs_to(chain, to)]
