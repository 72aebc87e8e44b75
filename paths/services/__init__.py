"""Choosing a primary path, how far members are, and tokens that let them switch at once."""

from paths.services.choosing import Chosen, choose_primary
from paths.services.levels import follow_new_curve, recompute_levels
from paths.services.standing import PathStanding, standing_of
from paths.services.tokens import grant_switch_token, spent_tokens, take_switch_token

__all__ = [
    "Chosen",
    "PathStanding",
    "choose_primary",
    "follow_new_curve",
    "grant_switch_token",
    "recompute_levels",
    "spent_tokens",
    "standing_of",
    "take_switch_token",
]
