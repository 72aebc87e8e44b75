"""Groups of staff and what each may do in the admin; written to the database by `migrate`.

An admin is a superuser and needs no group. A permission that does not exist makes `migrate` fail.
"""

GROUPS: dict[str, set[str]] = {
    "moderator": {
        "accounts.suspend_user",
        "forum.moderate",
        "forum.view_thread",
        "forum.change_thread",
        "forum.view_post",
        "forum.view_postrevision",
        "forum.view_moderationact",
    },
    "economist": {
        "accounts.view_user",  # rows of the ledger and of XP lead to their member
        "core.view_switch",
        "core.change_switch",
        "core.view_switchchange",
        "rulebook.view_ruleset",
        "wallet.view_dgtaccount",
        "wallet.view_dgtjournal",
        "wallet.view_dgttransaction",
        "wallet.view_userwallet",
        "xp.view_eventparticipation",
        "xp.view_leveldgtrewardlog",
        "xp.view_tipflow",
        "xp.view_userxp",
        "xp.adjust_xp",
        "xp.view_xpboost",
        "xp.grant_boost",
        "xp.view_xpcurvechange",
        "xp.view_xplog",
        "xp.view_xprefusal",
        "xp.view_xpwithholding",
        "xp.view_specialevent",
        "xp.add_specialevent",
        "xp.change_specialevent",
        "xp.view_streakday",
        "xp.view_streakfreeze",
        "xp.grant_freeze",
        "xp.view_userstreak",
        "xp.view_streakmilestone",
        "xp.add_streakmilestone",
        "xp.change_streakmilestone",
        "xp.view_leveldgtreward",
        "xp.change_leveldgtreward",
        "xp.view_xpaction",
        "xp.change_xpaction",
        "xp.view_xplevel",
        "xp.change_xplevel",
    },
}
