"""What members and staff write beside a movement of DGT."""

from typing import Final

TRANSFERS: Final = (
    "Thanks for the audit",
    "Lost the bet, fair and square",
    "For the dashboard, it saved my evening",
    "Coffee",
    "Pizza share",
    "That validator checklist was gold",
    "Bounty for the missing test",
    "Best answer in the thread",
    "Happy birthday!",
    "My half of the domain",
    "For explaining gas to my mother",
    "Paying back, sorry it took so long",
    "Round two of the chess bet",
    "For the spreadsheet",
    "Translation, as agreed",
    "You called the bottom, I said I would",
    "Meetup kitty",
    "For the tomatoes",
    "Icons for the side project",
    "Reviewed my contract in one night",
    "Because that post made me laugh",
    "Sticker money",
    "The node is up, thank you",
    "First to find the bug",
    "",
)
TIPS: Final = (
    "This saved my weekend",
    "Best explanation so far",
    "Made me laugh out loud",
    "For the charts",
    "Worth more than this",
    "Please write the second part",
    "I had it wrong for a year",
    "Thank you for the sources",
)
"""What they say with a tip."""
GRANTS: Final = (
    "Reported a wrong figure on the board",
    "Helped newcomers through the migration weekend",
    "Found a typo in the rules, and a better sentence",
    "Wrote the guide to block explorers",
    "Hosted the community call",
    "Won the banner contest",
    "Reported a phishing copy of this site",
)
