#!/usr/bin/env python3
"""Bring USDT from deposit addresses to the treasury, in three steps of which only the second knows the recovery phrase.

    python sweep.py look deposits.csv --rpc URL --token 0x… --to 0x… --gas-wallet 0x… > plan.json      online
    python sweep.py sign plan.json --token 0x… --to 0x… > signed.json                                  offline
    python sweep.py send signed.json --rpc URL [--really]                                              online

`deposits.csv` has the columns `index` and `address`. A deposit address that lacks native coins to pay for its transfer
gets them from the gas wallet (m/44'/60'/0'/1/0) first. `sign` trusts the plan in numbers only: where money goes, it is
told again, and every address must come out of the phrase. `send` sends nothing without --really. Running all three
again after a failure is safe: what has left an address is not there any more.

Needs nothing of the site: Python 3.11 or newer, and to sign the package `eth-account`.
"""

import argparse
import csv
import getpass
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ETHER = 10**18
DEPOSIT, GAS_WALLET = "m/44'/60'/0'/0/{}", "m/44'/60'/0'/1/0"
PATIENCE_SECONDS, PAUSE_SECONDS = 600, 3


def look(asked: argparse.Namespace) -> None:
    """Write a plan: who has how much, and what moving it costs."""
    chain = int(call(asked.rpc, "eth_chainId"), 16)
    tip = int(call(asked.rpc, "eth_maxPriorityFeePerGas"), 16)
    price = 2 * int(call(asked.rpc, "eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16) + tip
    nonce = count(asked.rpc, asked.gas_wallet)
    top_ups, sweeps = [], []
    with Path(asked.file).open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        index, address = int(row["index"]), row["address"]
        amount = int(
            call(asked.rpc, "eth_call", {"to": asked.token, "data": "0x70a08231" + word(address)}, "latest"), 16
        )
        if not amount:
            say(f"{index:>6} {address} has nothing")
            continue
        move = {"from": address, "to": asked.token, "data": transfer(asked.to, amount)}
        gas = int(call(asked.rpc, "eth_estimateGas", move), 16) * 5 // 4
        missing = gas * price - int(call(asked.rpc, "eth_getBalance", address, "latest"), 16)
        sweeps.append(
            {"index": index, "address": address, "amount": amount, "gas": gas, "nonce": count(asked.rpc, address)}
        )
        if missing > 0:
            top_ups.append({"address": address, "wei": missing, "gas": 25_000, "nonce": nonce + len(top_ups)})
        say(f"{index:>6} {address} has {amount}, lacks {coins(max(missing, 0))} native")
    needed = sum(one["wei"] + one["gas"] * price for one in top_ups)
    has = int(call(asked.rpc, "eth_getBalance", asked.gas_wallet, "latest"), 16)
    say(f"Gas wallet {asked.gas_wallet} has {coins(has)} native and needs {coins(needed)}")
    if has < needed:
        sys.exit("Send native coins to the gas wallet, then look again.")
    json.dump({"chain": chain, "price": price, "tip": tip, "top_ups": top_ups, "sweeps": sweeps}, sys.stdout, indent=1)


def sign(asked: argparse.Namespace) -> None:
    """Sign the plan's transfers to the treasury that is named here."""
    try:
        from eth_account import Account  # noqa: PLC0415 the other steps do without
        from eth_utils.address import is_checksum_address  # noqa: PLC0415 comes with it
    except ModuleNotFoundError:
        sys.exit("The package “eth-account” is needed to sign: python -m pip install eth-account")

    Account.enable_unaudited_hdwallet_features()
    for address in (asked.to, asked.token):
        if not is_checksum_address(address):
            sys.exit(f"{address} is mistyped, or without the capital letters that would show it. Nothing is signed.")
    plan = json.loads(Path(asked.file).read_text())
    given = getpass.getpass("Recovery phrase: ") if sys.stdin.isatty() else sys.stdin.readline()
    phrase, signed = " ".join(given.split()), []
    gas_wallet = Account.from_mnemonic(phrase, account_path=GAS_WALLET)
    swept = {one["address"].lower() for one in plan["sweeps"]}
    for one in plan["top_ups"]:
        if one["address"].lower() not in swept:
            sys.exit(f"{one['address']} is to get native coins but is not swept. Nothing is signed.")
        what = f"top up {one['address']} with {coins(one['wei'])} native"
        signed.append(entry(gas_wallet, plan, one, what, to=one["address"], value=one["wei"], most=asked.most_fee))
    for one in plan["sweeps"]:
        owner = Account.from_mnemonic(phrase, account_path=DEPOSIT.format(one["index"]))
        if owner.address.lower() != one["address"].lower():
            sys.exit(f"Address {one['index']} of this phrase is not {one['address']}. Nothing is signed.")
        what = f"sweep {one['amount']} from {one['address']} to {asked.to}"
        data = transfer(asked.to, one["amount"])
        signed.append(entry(owner, plan, one, what, to=asked.token, data=data, most=asked.most_fee))
    json.dump(signed, sys.stdout, indent=1)


def send(asked: argparse.Namespace) -> None:
    """Send what is signed, one after the other, each once the one before is in a block."""
    for one in json.loads(Path(asked.file).read_text()):
        if not asked.really:
            print("Would", one["what"])
            continue
        name = call(asked.rpc, "eth_sendRawTransaction", one["raw"])
        if int(receipt(asked.rpc, name)["status"], 16) != 1:
            sys.exit(f"{name} failed: {one['what']}. Nothing after it was sent.")
        print("Done:", one["what"], name)


def entry(owner: Any, plan: dict, one: dict, what: str, *, most: str, **fields: Any) -> dict[str, str]:
    """One signed transaction, and what it does in words. Ends if it could cost more than was allowed."""
    cost = one["gas"] * plan["price"]
    whole, _, part = most.partition(".")
    top_up = fields.get("value", 0)
    if max(cost, top_up) > int(whole + part.ljust(18, "0")[:18]):
        sys.exit(f"To {what} could cost {coins(max(cost, top_up))} native, more than --most-fee. Nothing is signed.")
    say(f"Signing: {what}; at most {coins(cost)} native for gas")
    transaction = {"type": 2, "chainId": plan["chain"], "nonce": one["nonce"], "gas": one["gas"], "value": 0, **fields}
    transaction |= {"maxFeePerGas": plan["price"], "maxPriorityFeePerGas": plan["tip"]}
    return {"what": what, "raw": "0x" + owner.sign_transaction(transaction).raw_transaction.hex().removeprefix("0x")}


def receipt(rpc: str, name: str) -> dict:
    """Of a transaction, once it is in a block."""
    for _ in range(PATIENCE_SECONDS // PAUSE_SECONDS):
        if found := call(rpc, "eth_getTransactionReceipt", name):
            return found
        time.sleep(PAUSE_SECONDS)
    sys.exit(f"{name} is in no block after {PATIENCE_SECONDS} seconds. Wait for it, then look again.")


def call(rpc: str, method: str, *params: Any) -> Any:
    """What a node answers to a request of JSON-RPC."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "sweep"}
    request = urllib.request.Request(rpc, body, headers)  # noqa: S310 the address is the treasurer's own
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        answer = json.load(response)
    if "error" in answer:
        sys.exit(f"The node refuses {method}: {answer['error'].get('message')}")
    return answer["result"]


def count(rpc: str, address: str) -> int:
    """The next nonce."""
    return int(call(rpc, "eth_getTransactionCount", address, "pending"), 16)


def transfer(to: str, amount: int) -> str:
    """The call transfer(to, amount) of a token."""
    return f"0xa9059cbb{word(to)}{amount:064x}"


def word(address: str) -> str:
    """An address as an argument of a call."""
    return f"{int(address, 16):064x}"


def coins(wei: int) -> str:
    """Native coins, exactly."""
    whole, part = divmod(wei, ETHER)
    return f"{whole}.{part:018d}".rstrip("0").rstrip(".")


def say(line: str) -> None:
    """To whoever reads; what a program reads goes to the standard output."""
    print(line, file=sys.stderr)


def main() -> None:
    """One of the three steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    options = {look: ("--rpc", "--token", "--to", "--gas-wallet"), sign: ("--token", "--to"), send: ("--rpc",)}
    for step, needed in options.items():
        one = steps.add_parser(step.__name__, help=step.__doc__)
        one.add_argument("file")
        for name in needed:
            one.add_argument(name, required=True)
        one.set_defaults(step=step)
    steps.choices["sign"].add_argument("--most-fee", default="0.02", help="native coins that one may cost (0.02)")
    steps.choices["send"].add_argument("--really", action="store_true", help="without it nothing is sent")
    asked = parser.parse_args()
    asked.step(asked)


if __name__ == "__main__":
    main()
