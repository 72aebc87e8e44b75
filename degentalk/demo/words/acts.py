"""What moderators and other staff give as reasons, what authors add to their posts, and what spammers write."""

from typing import Final

HIDDEN: Final = (
    "Off topic here; say it in a thread of its own",
    "The quarrel goes on in private messages, please",
    "Names somebody who did not ask to be named",
    "Holds what it praises, and does not say so",
)
UNDONE: Final = "Tipped a second account of their own, found by the same wallet outside"
"""Why a tip is undone."""
SPAM: Final = ("Copied word for word from another forum", "The same answer in five threads")
RESTORED: Final = ("It belongs here after all", "Read it again: rude, but within the rules")
BANNED: Final = (
    ("Farms likes with a fake airdrop", True),
    ("The third warning about referral links", False),
)
"""Why, and whether the XP goes too."""

# Title, text, and why it had to go.
SPAM_THREADS: Final = (
    (
        "FREE 5,000 DGT for the first 100 likes",
        "Like this thread and your wallet is filled within the hour. Not a joke.\n\n**Hurry**, only 100 places.",
        "A fake airdrop",
    ),
    (
        "My exchange, your first trade without fees",
        "Sign up with the code in my profile and trade for nothing for a month. I get nothing out of it, honestly.",
        "Advertises an exchange",
    ),
)
ADDITIONS: Final = (
    "**Edit:** typo, the number was off by a factor of ten.",
    "**Edit:** link fixed.",
    "**Edit:** as somebody pointed out below, this only holds on mainnet.",
    "**Edit, later:** it worked. Thank you all.",
    "**Edit:** added the gas figures that I had left out.",
)
ADDED: Final = (
    "Wrote the guide to block explorers",
    "Answered forty newcomers in one week",
    "Found out why the board was wrong",
)
"""Why staff add XP."""
BOOSTED: Final = ("Won the quiz night", "Translated the house rules", "Hosted the community call")
FROZEN: Final = ("Told us about a holiday in time", "The site was down that evening", "Kept a streak of a hundred days")
TAKEN: Final = ("Took part in a cup with two accounts", "Cups were counted twice after an outage")
"""Why staff take XP."""
