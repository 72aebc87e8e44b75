"""What members say about themselves."""

import random
from typing import Final

KNOWN: Final = {
    "vera_onchain": "I read chains the way others read newspapers. Flows, labels, dashboards, and a cat called Merkle.",
    "juno_keeper": "Keeps the forum readable. Report a post rather than answer it; I read every report.",
    "otto_supply": "Looks after XP, levels and the DGT supply. Ask me why a number is what it is.",
    "ada_root": "Runs the machines. If the site is slow, it was probably me.",
}

SINCE = (
    "Here since the 2017 mania, older and only slightly wiser.",
    "Bought my first coins to pay for a VPN and never looked back.",
    "Came for the charts, stayed for the cryptography.",
    "Survived two winters. Ready for the third.",
    "New to all this. Please be gentle.",
    "Reading more than posting.",
    "Lost keys in 2014, found patience in 2015.",
    "Got in at the top, obviously.",
    "Since the merge. Before that, databases.",
)
DOES = (
    "Backend developer by day, Solidity at night.",
    "Runs two validators on a box under the stairs.",
    "Accountant who likes blockchains, yes, we exist.",
    "Nurse on night shifts, so I see your charts at 4 a.m.",
    "Teaches maths, argues about tokenomics.",
    "Writes small tools for block explorers.",
    "Swing trader. No signals, do not ask.",
    "Security researcher, mostly reading other people's contracts.",
    "Studies economics and disbelieves half of it.",
    "Bakes bread, stakes ETH, in that order.",
    "Translates white papers into plain words.",
    "Electrician with a home node and too many cables.",
    "Product designer. Wallets could be so much nicer.",
    "Retired early, un-retired in the last bear market.",
    "Data analyst, dashboards on request.",
)
CREED = (
    "Not your keys, you know the rest.",
    "Nothing I write is advice.",
    "Small sizes, long horizon.",
    "I test with five dollars first. Always.",
    "Do not trust, and verify slowly.",
    "Happy to help newcomers, unhappy to answer private messages about seed phrases.",
    "Dollar cost averaging into calmness.",
    "My stop loss is my partner.",
    "If it needs a countdown, I am out.",
    "Probably touching grass.",
    "Ask me about gas refunds.",
    "No altcoin left behind, sadly.",
)


def one(draw: random.Random) -> str:
    """A text of one to three sentences."""
    parts = [draw.choice(kind) for kind in (SINCE, DOES, CREED)]
    return " ".join(draw.choice((parts[:1], parts[1:2], parts[:2], parts[1:], parts[2:], parts)))
