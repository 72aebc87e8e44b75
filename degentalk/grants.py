"""What the application role may do in the database: the one list, applied by `migrate` as the owner.

Deny by default: `migrate` fails until every table and view is named here, by itself or by the label of its app.
Nobody but the owner may TRUNCATE, create or alter anything.
"""

ALL = "select, insert, update, delete"
APPEND = "select, insert"

TABLES: dict[str, str] = {
    # Django's own
    "django_session": ALL,
    "django_admin_log": APPEND,
    # accounts, with the e-mail addresses of allauth
    "accounts": ALL,
    "suspensions": "select, insert, update (ended_at, ended_by_id, end_reason)",
    "account": ALL,
    # core
    "idempotency_keys": ALL,
    "outbox": ALL,
    "rate_limits": ALL,
    "switches": "select, insert, update",
    "switch_changes": APPEND,
    # what takes two people; what was asked is never changed
    "approvals": "select, insert, update (state, decided_by_id, decided_at, decision_reason, result)",
    # the forum; what posts said before, what moderators did and tips only grow
    "forum": ALL,
    "post_revisions": APPEND,
    "moderation_acts": APPEND,
    "thread_highlights": APPEND,
    "post_tips": "select, insert, update (is_reversed, reversed_at)",
    # rules that staff tune; published versions only grow
    "rule_sets": APPEND,
    "xp_paths": "select, insert, update",
    "xp_path_levels": ALL,
    "path_policy": "select, update",
    "shop_policy": "select, update",
    "wallet_policy": "select, update",
    "xp_actions": "select, update",
    "xp_policy": "select, update",
    "xp_levels": "select, update (rank_name, description, icon_url, color_code, tier)",
    "level_dgt_rewards": "select, update",
    "streak_milestones": ALL,
    "special_events": "select, insert, update",
    "xp_curve_changes": "select, insert (rule_set_id, pays_rewards, actor_id, created_at)",
    # the ledger's proofs only grow
    "dgt_seals": APPEND,
    "dgt_audits": APPEND,
    # XP: what is written without a door, because no total depends on it
    "event_participations": APPEND,
    "streak_days": APPEND,
    "streak_freezes": ALL,
    "user_streaks": "select, insert, update",
    "xp_boosts": APPEND,
    "xp_refusals": ALL,
    "xp_tip_flows": "select, insert, update",
    # paths: switch tokens are given and taken away; what they were used for is written by the door
    "path_switch_tokens": "select, insert, delete",
    # the shop; what was acquired is never changed, only what became of it
    "dgt_unlocks": "select, insert, update",
    "dgt_unlock_log": "select, insert, update (state, used_at, used_for, equipped_slot, refunded_at, refunded_by_id, "
    "refund_reason, refund_journal_id)",
    # payments; a quote and what a provider told are never changed, only what became of them
    "dgt_packages": "select, insert, update",
    "dgt_orders": "select, insert, update (user_id, state, changed_at, paid_at, credited_at, waits_for, reference, "
    "paid, refunded, disputed, lost, had_dispute, looks, looked, credited_dgt, taken_dgt, held_dgt, hold_id, "
    "settlements, surplus, surplus_approved, surplus_dgt)",
    "dgt_order_changes": APPEND,
    "dgt_order_movements": APPEND,
    "stripe_dgt_sessions": "select, insert, update (status, payment_intent_id)",
    "provider_events": "select, insert, update (state, attempts, note, done_at, order_id)",
    "payment_reviews": "select, insert, update (decision, decided_at, decided_by_id, note)",
    "reconcile_cursors": "select, insert, update",
    # chains; how an order is paid and what a transfer is called are never changed
    "usdt_chains": "select, insert, update",
    "usdt_checkpoints": ALL,
    "usdt_keys": "select, insert, update (approved_at)",
    "usdt_wallets": "select, insert, update (released_at, user_id)",
    "usdt_deposits": "select, insert, update (payer, proved_at, taken_back_at)",
    "usdt_transfers": "select, insert, update (deposit_id, sender, recipient, value, block_number, block_hash, state, "
    "final_at)",
}

READ_ONLY: set[str] = {
    "database_mark",
    "django_migrations",
    # written by migrate: content types, permissions and the groups of degentalk/roles.py
    "contenttypes",
    "auth",
    # ledger, balances, XP and their logs: written through the doors below, and only there
    "wallet",
    "xp",
    "paths",
    "dgt_drift",
    "xp_drift",
    "xp_running_periods",
}

FUNCTIONS: list[str] = [
    "clock",
    "uuid7",
    "switch_is_on",
    "approvals_one_person",
    # wallet; the bytes of an entry are computed anew where they are proved
    "dgt_canonical",
    "dgt_field",
    "dgt_post",
    "dgt_closed_before",
    "dgt_transfer",
    "dgt_adjust",
    "dgt_reverse",
    "dgt_lock_staff",
    "person_of",
    "dgt_hold",
    "dgt_settle",
    "dgt_freeze",
    "dgt_unfreeze",
    "dgt_stop_sending",
    "dgt_let_send",
    "dgt_refresh_board",
    # paths
    "calculate_path_level",
    "collecting_path",
    "get_path_xp_multiplier",
    "path_choose",
    "path_recompute_levels",
    # xp
    "calculate_user_level",
    "lock_members",
    "xp_lock",
    "xp_read",
    "xp_post",
    "xp_take_back",
    "xp_give_back",
    "xp_keep_part",
    "xp_change_curve",
    "xp_recompute_levels",
    "xp_repair",
    "xp_build_board_buckets",
    "xp_periods_kept_since",
    "xp_forget_periods",
    "pay_level_reward",
]
