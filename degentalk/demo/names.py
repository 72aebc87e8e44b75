"""Usernames as people in crypto forums choose them."""

import random
from collections.abc import Iterator

from degentalk.accounts.rules import is_reserved

SHORTEST, LONGEST = 3, 24

CHOSEN = """
satoshi_was_late 0xMira gwei_guy rekt_rita lambo_later cold_storage_karl nonce_sense merkle_marla paperhands_pete
wen_coffee block_by_block DustCollector hodl_hannah mempool_watcher Tobias_K quiet_validator lena_l2 degen_dad
four_green_candles sigrid_eth ThePatientWhale orphan_block yieldless halving_harry NoRugsPlease cassandra_btc
liquidated_twice ledger_lars bridge_troll 0xPostcard airdrop_aunt multisig_mo GasIsTooDamnHigh kryptos_kat
exit_liquidity_joe finality_fan bagholder_bob stablecoin_stan forkchoice delta_neutral_dan Marisol_dev
probably_nothing_ tick_by_tick seedphrase_sue basis_trader oracle_otis slippage_sam ngmi_nora wagmi_walt
three_confirmations PermabullPaula permabear_pavel noderunner_ines uncle_block vanity_address calldata_cleo
impermanent_lars OnchainOskar epoch_ella zero_knowledge_zoe slashed_once abi_encoded fomo_fritz private_mempool
Jun_Tanaka block_explorer_bea quorum_quinn hot_wallet_hugo dollar_cost_dora blobspace sandwich_victim reorg_ron
tax_season_tina chain_of_thoughts limit_order_liv paper_wallet_pat anna_from_bern market_maker_mel testnet_rich
""".split()

FIRST = """
bored frosty lunar solar sleepy grumpy silent lazy salty humble rusty neon cosmic plain lucky vivid early late northern
broke honest curious nervous stubborn tiny giant velvet copper iron paper glass midnight digital analog feral
""".split()
SECOND = """
hodler miner trader auditor validator whale shrimp badger otter falcon goblin wizard monk sailor pilot farmer baker
candle ledger oracle hash nonce satoshi gwei node block token vault wallet bridge faucet keeper relayer heron walrus
""".split()
PEOPLE = """
Adaeze Aiko Amara Anders Aylin Bea Bilal Bruno Carmen Chidi Dana Diego Dmitri Elif Emre Esther Farid Femi Freya
Giulia Goran Hana Henrik Idris Ines Ivo Jana Jonas Kaito Karim Katya Kofi Lea Linh Luca Magda Marek Mei Miguel Nadia
Nils Noor Olena Omar Petra Priya Rafa Rosa Sanna Selim Sofia Sven Tariq Thandi Uma Viktor Wanda Xenia Yusuf Zuri
""".split()
AFTER_PEOPLE = "eth btc sol onchain defi crypto dev trades stakes mints reads".split()


def usernames(draw: random.Random) -> Iterator[str]:
    """Names that nobody else has, differently written ones included; first the chosen ones, then made ones."""
    taken: set[str] = set()
    chosen = draw.sample(CHOSEN, len(CHOSEN))
    while True:
        name = chosen.pop() if chosen else _made(draw)
        if SHORTEST <= len(name) <= LONGEST and name.lower() not in taken and not is_reserved(name):
            taken.add(name.lower())
            yield name


def _made(draw: random.Random) -> str:
    person, first, second = draw.choice(PEOPLE), draw.choice(FIRST), draw.choice(SECOND)
    return draw.choice(
        (
            f"{first}_{second}",
            f"{first}{second}",
            f"{first.title()}{second.title()}",
            f"{person}_{draw.choice(AFTER_PEOPLE)}",
            f"{person.lower()}{draw.randint(7, 99)}",
            f"0x{person}",
            f"{second}_{person.lower()}",
            f"{person}{draw.choice('BDGHKLMNRSTW')}",
            f"{first}_{second}_{draw.randint(2, 99)}",
            f"the_{first}_{second}",
            f"not_{person.lower()}",
        )
    )
