"""What tests, the dashboard and the site's sandbox button can make happen, in Python; control.py offers it over HTTP.

Amounts are integers in base units (of USDT with 6 decimals, 1000000 is one), native coins are wei, transactions are
named by their hashes. Raises errors.RefusedError and errors.RpcError for what cannot be done.
"""

from typing import Any, Literal

from eth_typing import Address

from degentalk.sandbox.chain import contracts, keys, paying, reorganising
from degentalk.sandbox.chain.blocks import Json
from degentalk.sandbox.chain.errors import RefusedError
from degentalk.sandbox.chain.evm import Message
from degentalk.sandbox.chain.faults import Failure
from degentalk.sandbox.chain.hexes import checked_address, checksummed
from degentalk.sandbox.chain.paying import Mode
from degentalk.sandbox.chain.world import ETHER, SHARE, SUPPLY, World

MOST_BLOCKS = 10_000


class Actions:
    """The verbs."""

    def __init__(self, world: World) -> None:
        self.world = world

    def pay(
        self,
        to: str,
        amount: int,
        *,
        from_account: str = keys.WALLET,
        token: str = "",
        mode: Mode = "exact",
        at: int | None = None,
    ) -> str:
        """Transfer this much of the token (or of another); its hash.

        Mode `short` sends a tenth less and `over` a tenth more, at least one unit. Mode `late` signs nothing yet: the
        payment leaves when the chain's clock reaches `at` (seconds since 1970), and "" is returned.
        """
        with self.world.node.lock:
            return paying.pay(self.world, to, amount, sender=from_account, token=token, mode=mode, at=at)

    def pay_native(self, to: str, wei: int, *, from_account: str = keys.WALLET) -> str:
        """Send native coins; the hash."""
        with self.world.node.lock:
            return paying.send(self.world, from_account, to=checksummed(checked_address(to)), value=paying.amount(wei))

    def pay_in_vain(self, to: str, amount: int) -> str:
        """A transfer that fails on the chain, by somebody who has no tokens: its receipt has status 0; the hash."""
        with self.world.node.lock:
            return paying.pay(self.world, to, amount, sender=keys.STRANGER)

    def spray(self, payments: list[tuple[str, int]], *, token: str = "") -> str:
        """Many transfers from the wallet in one transaction, as pairs of address and amount; the hash."""
        with self.world.node.lock:
            people = [checksummed(checked_address(to)) for to, _ in payments]
            values = [paying.amount(value) for _, value in payments]
            token = token or self.world.token
            data = contracts.call("spray(address,address[],uint256[])", token, people, values)
            return paying.send(self.world, keys.WALLET, to=self.world.sprayer, data=data)

    def poison(self, victim: str, to: str) -> str:
        """A stranger moves nothing from a victim, which needs no leave: a log with value 0; the hash."""
        with self.world.node.lock:
            people = [checksummed(checked_address(one)) for one in (victim, to)]
            data = contracts.call("transferFrom(address,address,uint256)", *people, 0)
            return paying.send(self.world, keys.STRANGER, to=self.world.token, data=data)

    def deploy_other_token(self, *, name: str = "Tether USD", symbol: str = "USDT", decimals: int = 6) -> str:
        """Another token, which may call itself as it likes; the wallet gets some. Its address."""
        with self.world.node.lock:
            unit = 10**decimals
            nonce = self.world.node.nonce(self._bytes_of(keys.OWNER))
            paying.send(
                self.world, keys.OWNER, data=contracts.creation("Tether", SUPPLY * unit, name, symbol, decimals)
            )
            token = self.world.contract(nonce=nonce)
            paying.pay(self.world, self.address(keys.WALLET), SHARE * unit, sender=keys.OWNER, token=token)
            return token

    def faucet(self, to: str, *, amount: int = 0, wei: int = ETHER) -> list[str]:
        """Tokens and native coins for anybody; the hashes."""
        with self.world.node.lock:
            hashes = [self.pay_native(to, wei, from_account=keys.OWNER)] if wei else []
            return hashes + ([self.pay(to, amount, from_account=keys.OWNER)] if amount else [])

    def mine(self, blocks: int = 1) -> int:
        """So many new blocks; the height then."""
        with self.world.node.lock:
            if not 0 <= blocks <= MOST_BLOCKS:
                raise RefusedError(f"at most {MOST_BLOCKS} blocks at once")
            self.world.node.mine(blocks)
            paying.send_due(self.world)
            return self.world.node.head.number

    def automine(self, on: bool) -> None:
        """Whether every transaction gets a block at once; else they wait until somebody mines."""
        with self.world.node.lock:
            self.world.node.automine = bool(on)

    def advance(self, seconds: int) -> int:
        """Move the clock on; late payments whose time has come leave. The time of the chain then."""
        with self.world.node.lock:
            self.world.clock.advance(seconds)
            paying.send_due(self.world)
            return self.now()

    def reorg(
        self,
        depth: int,
        *,
        drop: list[str] | Literal["all"] | None = None,
        keep: bool = True,
        reorder: bool = False,
        blocks: int | None = None,
    ) -> list[str]:
        """Replace the last `depth` blocks by as many others, or by `blocks`; the new hashes.

        Their transactions are in the same places again; with `reorder` at other places of the last new block, after
        one of a bystander; with `keep=False` they wait for a later block. Those that `drop` names never come back.
        """
        with self.world.node.lock:
            return reorganising.reorganise(
                self.world,
                depth,
                drop=drop or [],
                keep=keep,
                reorder=reorder,
                blocks=depth if blocks is None else blocks,
            )

    def set_finalized_depth(self, depth: int) -> None:
        """How many blocks the finalized one is behind the newest."""
        with self.world.node.lock:
            self.world.options.finalized_depth = paying.amount(depth)

    def set_fee(self, basis_points: int, max_fee: int) -> str:
        """The token takes a fee from now on: of 10000 parts, below 20, at most whole tokens, below 50; the hash."""
        return self._as_owner("setParams(uint256,uint256)", paying.amount(basis_points), paying.amount(max_fee))

    def pause(self, on: bool = True) -> str:
        """The token stops, or goes on."""
        return self._as_owner("pause()" if on else "unpause()")

    def blacklist(self, address: str, on: bool = True) -> str:
        """The token refuses to move what this address has, or no longer does."""
        verb = "addBlackList(address)" if on else "removeBlackList(address)"
        return self._as_owner(verb, checksummed(checked_address(address)))

    def deprecate(self, upgraded: str) -> str:
        """The token stands aside for another, for ever."""
        return self._as_owner("deprecate(address)", checksummed(checked_address(upgraded)))

    def issue(self, amount: int) -> str:
        """More tokens for their owner."""
        return self._as_owner("issue(uint256)", paying.amount(amount))

    def fail_next(self, kind: Failure, *, times: int = 1, rpc: str = "main") -> None:
        """The next requests to an endpoint answer 429, 500 or garbage, hang, or close the connection."""
        with self.world.node.lock:
            self.world.endpoint(rpc).fail_next(kind, times)

    def set_faults(self, rpc: str = "main", **switches: Any) -> Json:
        """Turn switches of an endpoint (faults.Switches); its state."""
        with self.world.node.lock:
            self.world.endpoint(rpc).set(switches, self.world.node.blocks)
            return self.world.endpoint(rpc).state()

    def clear_faults(self, rpc: str = "") -> None:
        """Everything works again, at one endpoint or at all."""
        with self.world.node.lock:
            for endpoint in [self.world.endpoint(rpc)] if rpc else self.world.endpoints.values():
                endpoint.clear()

    def faults(self) -> Json:
        """The state of all endpoints by name."""
        with self.world.node.lock:
            return {name: endpoint.state() for name, endpoint in self.world.endpoints.items()}

    def address(self, account: str = keys.WALLET) -> str:
        """Where one of the people gets payments."""
        return str(self.world.account(account).address)

    def balances(self, address: str) -> dict[str, int]:
        """Of the token and of the native coin (`wei`) as they are now."""
        with self.world.node.lock:
            node, holder = self.world.node, checked_address(address)
            data = contracts.call("balanceOf(address)", checksummed(holder))
            message = Message(to=checked_address(self.world.token), data=data)
            tokens = int.from_bytes(node.evm.call(node.head.header, message).output, "big")
            return {"tokens": tokens, "wei": node.evm.state(node.head.header).get_balance(Address(holder))}

    def pending(self) -> list[str]:
        """The hashes of what waits for a block."""
        with self.world.node.lock:
            return list(self.world.node.pool)

    def held(self) -> list[Json]:
        """Late payments that have not left yet."""
        with self.world.node.lock:
            return [{"to": one.to, "amount": one.amount, "at": one.at} for one in self.world.held]

    def now(self) -> int:
        """The chain's time, in seconds since 1970."""
        with self.world.node.lock:
            return self.world.clock.now(self.world.node.head.timestamp)

    def head(self) -> Json:
        """The newest block: its number, hash and timestamp; and the height that is finalized."""
        with self.world.node.lock:
            head = self.world.node.head
            final = self.world.node.finalized(head.number)
            return {"number": head.number, "hash": head.hash, "timestamp": head.timestamp, "finalized": final}

    def site_settings(self) -> Json:
        """What a site that uses this chain is to be told, without the addresses of endpoints."""
        return {
            "chain_id": self.world.options.chain_id,
            "token": self.world.token,
            "decimals": self.world.options.decimals,
            "xpub": keys.xpub(self.world.options.seed),
        }

    def _as_owner(self, signature: str, *arguments: Any) -> str:
        with self.world.node.lock:
            data = contracts.call(signature, *arguments)
            return paying.send(self.world, keys.OWNER, to=self.world.token, data=data)

    def _bytes_of(self, account: str) -> bytes:
        return bytes.fromhex(self.address(account)[2:])
