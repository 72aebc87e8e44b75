"""Whether a chain is as it was configured: its id, its token, the token's flags, and the key that its money goes to."""

import logging

from degentalk.core.clock import Clock
from payments.models import UsdtChain, UsdtKey
from payments.providers.usdt.addresses import derive
from payments.providers.usdt.answers import TokenState, Unanswered
from payments.providers.usdt.asking import ask, wrong_providers
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.opening import key_of

logger = logging.getLogger(__name__)


def examine(chain: Chain) -> str:
    """Write down why no order can be opened on a chain; "" if nothing is wrong (U1, U2, U21)."""
    problem = _problem(chain)
    facts = {"name": chain.name, "problem": problem, "checked_at": Clock()}
    row, _ = UsdtChain.objects.update_or_create(chain_id=chain.chain_id, defaults=facts)
    _register_key(row, chain)
    if problem:
        logger.error("usdt: no orders on %s: %s", chain.name, problem)
    return problem


def _problem(chain: Chain) -> str:
    try:
        token = ask(chain, lambda node: node.token_state(chain.token))
        is_banned = bool(chain.treasury) and ask(chain, lambda node: node.is_blacklisted(chain.token, chain.treasury))
        wrong = wrong_providers(chain)
    except Unanswered:
        wrong = wrong_providers(chain)
        return _wrong(wrong) or "No provider answers."
    if is_banned:
        return "The token does not move what the treasury has: it is on its blacklist."
    return _wrong(wrong) or _problem_of(chain, token)


def _wrong(providers: list[int]) -> str:
    names = ", ".join(str(number) for number in providers)
    return f"Of another chain than was configured: provider {names}." if providers else ""


def _problem_of(chain: Chain, token: TokenState) -> str:
    if token.decimals != chain.decimals:
        return f"The token has {token.decimals} decimals, configured are {chain.decimals}."
    if token.is_deprecated:
        return "The token is deprecated: another one stands for it."
    if token.fee_basis_points:
        return f"The token takes a fee: {token.fee_basis_points} of 10000 parts."
    return "The token is paused." if token.is_paused else ""


def _register_key(row: UsdtChain, chain: Chain) -> None:
    """A key that was never seen is named in the log, and used when two staff approved it (U23)."""
    first = derive(chain.xpub, 0) if chain.xpub else chain.treasury
    facts = {"first_address": first, "is_treasury": not chain.xpub}
    key, is_new = UsdtKey.objects.get_or_create(chain=row, fingerprint=key_of(chain), defaults=facts)
    if is_new:
        logger.warning(
            "usdt: a new key on %s, fingerprint %s, first address %s: no orders until two staff approve it",
            chain.name, key.fingerprint, first,
        )  # fmt: skip
