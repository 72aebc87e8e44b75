"""The page at `/`: the wallet, blocks and transfers, and the switches of the chain, its token and its endpoints."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from degentalk.sandbox.chain import contracts, keys
from degentalk.sandbox.chain.actions import Actions
from degentalk.sandbox.chain.blocks import Block, Json
from degentalk.sandbox.chain.errors import RefusedError, RpcError
from degentalk.sandbox.chain.hexes import checksummed, hexed
from degentalk.sandbox.chain.world import ETHER

BLOCKS, TRANSFERS = 12, 20
HOUR = 3600
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
GIFT = 1000  # whole tokens from the faucet
Form = MultiDict[str, str]
REORGS: dict[str, Json] = {
    "keep": {},
    "reorder": {"reorder": True},
    "wait": {"keep": False},
    "drop": {"drop": "all"},
}


def blueprint(actions: Actions) -> Blueprint:
    """The page and its buttons; a button that is clicked twice does its work once."""
    dashboard = Blueprint("dashboard", __name__, static_folder="static", static_url_path="/look")
    verbs, done = _verbs(actions), set[str]()

    @dashboard.get("/")
    def show() -> Response:
        return _page(actions)

    @dashboard.post("/do/<verb>")
    def do(verb: str) -> Response:
        click = f"{request.form.get('key', '')} {verb}"
        try:
            with actions.world.node.lock:  # two clicks may arrive at the same time
                if verb in verbs and click not in done:
                    done.add(click)
                    verbs[verb](request.form)
        except RpcError as error:
            return _page(actions, problem=error.message)
        except (TypeError, ValueError) as error:
            return _page(actions, problem=str(error))
        return redirect("/", 303)

    return dashboard


def _verbs(actions: Actions) -> dict[str, Callable[[Form], Any]]:
    """What each button does with its form."""
    other = {"address": ""}  # of the wrong token, made when it is first paid with

    def pay(form: Form) -> None:
        what, to, sender = form["what"], form["to"].strip(), form["from"]
        if what == "native":
            actions.pay_native(to, _units(form["amount"], 18), from_account=sender)
            return
        if what == "other":
            other["address"] = other["address"] or actions.deploy_other_token()
        amount = _units(form["amount"], actions.world.options.decimals)
        actions.pay(to, amount, from_account=sender, token=other["address"] if what == "other" else "")

    unit = 10**actions.world.options.decimals
    return {
        "pay": pay,
        "faucet": lambda form: actions.faucet(form["to"].strip(), amount=GIFT * unit),
        "mine": lambda form: actions.mine(int(form["blocks"])),
        "automine": lambda form: actions.automine(form["on"] == "on"),
        "advance": lambda form: actions.advance(int(form["hours"]) * HOUR),
        "reorg": lambda form: actions.reorg(int(form["depth"]), **REORGS[form["how"]]),
        "finality": lambda form: actions.set_finalized_depth(form["depth"]),  # type: ignore[arg-type]
        "fee": lambda form: actions.set_fee(int(form["points"]), int(form["most"])),
        "pause": lambda form: actions.pause(form["on"] == "on"),
        "deprecate": lambda _form: actions.deprecate(actions.address(keys.OWNER)),
        "fail": lambda form: actions.fail_next(form["kind"], times=int(form["times"]), rpc=form["rpc"]),  # type: ignore[arg-type]
        "switch": lambda form: actions.set_faults(form["rpc"], **_switches(form)),
        "clear": lambda _form: actions.clear_faults(),
    }


def _switches(form: Form) -> Json:
    """The switches of a form, all of them: what is not ticked is off."""
    return {
        "lag": int(form["lag"]),
        "stuck": "stuck" in form,
        "nothing": ["receipt"] if "silent" in form else [],
        "status": 0 if "failed" in form else None,
        "block_hash": "hashes" in form,
    }


def _units(text: str, decimals: int) -> int:
    """Base units of an amount as people write it. Raises RefusedError for one that is none, or is too fine."""
    try:
        found = Decimal(text.strip()) * 10**decimals
    except InvalidOperation:
        raise RefusedError(f"{text!r} is no amount") from None
    if not found.is_finite() or found != int(found):
        raise RefusedError(f"{text} has more than {decimals} places after the point")
    return int(found)


def _page(actions: Actions, *, problem: str = "") -> Response:
    world = actions.world
    with world.node.lock:
        head = actions.head()
        context = {
            "problem": problem,
            "head": head,
            "options": world.options,
            "token": world.token,
            "automine": world.node.automine,
            "people": [_person(actions, name) for name in keys.NAMES],
            "pending": actions.pending(),
            "held": [
                one | {"amount": _money(actions, one["amount"]), "at": moment(one["at"])} for one in actions.held()
            ],
            "blocks": [_shown(block, head["finalized"]) for block in world.node.blocks[: -BLOCKS - 1 : -1]],
            "transfers": _transfers(actions),
            "endpoints": [world.endpoint("main"), *(one for one in world.endpoints.values() if one.name != "main")],
            "now": moment(actions.now()),
            "gift": GIFT,
            "key": secrets.token_hex(8),
        }
    response = make_response(render_template("chain.html", **context), 409 if problem else 200)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(actions: Actions, name: str) -> Json:
    balances = actions.balances(actions.address(name))
    coins = f"{Decimal(balances['wei']) / ETHER:,.4f}"
    return {
        "name": name,
        "address": actions.address(name),
        "tokens": _money(actions, balances["tokens"]),
        "coins": coins,
    }


def _shown(block: Block, finalized: int) -> Json:
    return {
        "number": block.number,
        "hash": block.hash,
        "at": moment(block.timestamp),
        "transactions": len(block.transactions),
        "final": block.number <= finalized,
    }


def _transfers(actions: Actions) -> list[Json]:
    """The newest transfers of any token, the last first."""
    found: list[Json] = []
    for block in reversed(actions.world.node.blocks):
        for log in reversed(block.logs):
            if log["topics"][0] == hexed(contracts.TRANSFER):
                found.append(_transfer(actions, block, log))
            if len(found) == TRANSFERS:
                return found
    return found


def _transfer(actions: Actions, block: Block, log: Json) -> Json:
    sender, receiver = (checksummed(bytes.fromhex(topic[26:])) for topic in log["topics"][1:3])
    genuine = log["address"] == actions.world.token.lower()
    names = {actions.address(name): name for name in keys.NAMES}
    return {
        "hash": log["transactionHash"],
        "number": block.number,
        "from": names.get(sender, sender),
        "to": names.get(receiver, receiver),
        "amount": _money(actions, int(log["data"], 16)),
        "genuine": genuine,
    }


def _money(actions: Actions, units: int) -> str:
    """Tokens as people write them, with all places that are used: 9.99."""
    whole, rest = divmod(units, 10**actions.world.options.decimals)
    places = str(rest).rjust(actions.world.options.decimals, "0").rstrip("0")
    return f"{whole:,}.{places.ljust(2, '0')}"


def moment(seconds: int) -> str:
    """A time of the sandbox in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M:%S UTC")
