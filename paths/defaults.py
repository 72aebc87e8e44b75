"""The paths that a new site starts with: each pays for another way of taking part, and asks something for it."""

from typing import Final, NamedTuple

LEVEL_XP: Final = (0, 100, 300, 700, 1_400, 2_500, 4_200, 7_000, 11_500, 18_000)
"""Path XP for levels 1 to 10."""


class Default(NamedTuple):
    id: str
    name: str
    tagline: str
    description: str
    icon: str
    color: str
    multipliers: dict[str, int]
    """Basis points by action."""
    titles: tuple[str, ...]
    """Of levels 1 to 10."""


PATHS: Final = (
    Default(
        "analyst",
        "Analyst",
        "Opens threads that others come to discuss.",
        "You read charts, filings and chains so that others need not. New threads pay half as much again, and likes for"
        " what you found count more. Quick replies pay a little less.",
        "chart-candlestick",
        "sapphire",
        {"thread_created": 15_000, "like_received": 12_500, "post_created": 9_000},
        (
            "Chart reader", "Note taker", "Pattern spotter", "Trend follower", "Signal finder", "Strategist",
            "Market cartographer", "Macro mind", "Alpha author", "Oracle",
        ),
    ),
    Default(
        "debater",
        "Debater",
        "Answers first, and answers well.",
        "You live in the replies. Each one pays a third more; threads of your own pay less.",
        "message-square",
        "aqua",
        {"post_created": 13_300, "thread_created": 7_500},
        (
            "Listener", "Replier", "Questioner", "Counterpoint", "Sparring partner", "Devil's advocate",
            "Moderator's joy",            "Arguer of both sides", "Last word", "Consensus",
        ),
    ),
    Default(
        "memelord",
        "Memelord",
        "Says it shorter, and is liked for it.",
        "You make people laugh. Likes pay nearly double; long work pays a little less.",
        "drama",
        "rose",
        {"like_received": 19_000, "thread_created": 9_000, "post_created": 9_000},
        (
            "Lurking wit", "Caption writer", "Template owner", "Reaction dealer", "Punchline", "Thread thief",
            "Viral vector", "Meme machine", "Timeline legend", "Lord of memes",
        ),
    ),
    Default(
        "patron",
        "Patron",
        "Tips what deserves it.",
        "You pay for good posts. Tips that you give pay double in XP, those you get a quarter more; replies pay less.",
        "gift",
        "amber",
        {"tip_given": 20_000, "tip_received": 12_500, "post_created": 8_500},
        (
            "Coin tosser", "Supporter", "Benefactor", "Generous hand", "Sponsor", "Angel", "Patron of threads",
            "Treasury friend", "Grand patron", "Founder of fortunes",
        ),
    ),
    Default(
        "regular",
        "Regular",
        "Is here every day.",
        "You keep your streak. Visits pay half as much again, days in a row a third more; posts pay less.",
        "flame",
        "bronze",
        {"daily_login": 15_000, "streak_maintained": 13_000, "thread_created": 9_000, "post_created": 9_000},
        (
            "Passer-by", "Returning face", "Morning reader", "Coffee with us", "Part of the furniture",
            "Keeper of days",             "Calendar companion", "Night watch", "Pillar", "Never missed a block",
        ),
    ),
    Default(
        "explorer",
        "Explorer",
        "Joins whatever is going on.",
        "You are first at every event. Taking part pays six tenths more, and threads a tenth; visits pay less.",
        "rocket",
        "violet",
        {"special_event": 16_000, "thread_created": 11_000, "daily_login": 7_500},
        (
            "Curious", "Testnet tourist", "Early clicker", "Beta tester", "Bridge crosser", "Chain hopper", "Scout",
            "Trailblazer", "Pioneer", "Genesis explorer",
        ),
    ),
)  # fmt: skip
