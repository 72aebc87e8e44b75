"""The chart of accounts: the one list of system accounts, each with its purpose.

System accounts store no balance: one hot row would queue every reward. Their balance is the sum of their entries.
"""

from typing import Final

REWARDS: Final = "rewards"
ADJUSTMENTS: Final = "adjustments"

SYSTEM_ACCOUNTS: Final = {
    REWARDS: "Mints DGT that members are paid for reaching a level.",
    ADJUSTMENTS: "Mints and burns DGT that staff grant or take, each with a reason.",
}
