"""The chart of accounts: the one list of system accounts, each with its purpose.

System accounts store no balance: one hot row would queue every reward. Their balance is the sum of their entries.
"""

from typing import Final

REWARDS: Final = "rewards"
ADJUSTMENTS: Final = "adjustments"
SHOP: Final = "shop"
STRIPE: Final = "stripe"
USDT: Final = "usdt"
FEES: Final = "fees"

SYSTEM_ACCOUNTS: Final = {
    REWARDS: "Mints DGT that members are paid for reaching a level.",
    ADJUSTMENTS: "Mints and burns DGT that staff grant or take, each with a reason.",
    SHOP: "Burns DGT that members spend in the shop.",
    STRIPE: "Mints DGT that members bought by card, and burns what is taken back when the money is.",
    USDT: "Mints DGT that members bought with USDT.",
    FEES: "Burns the fees of transfers.",
}
