"""The guards that live in the database, by name: a migration that loses one is noticed."""

import pytest
from django.db import connection

TRIGGERS = {
    "approvals": {"approvals_guard", "approvals_no_delete", "approvals_no_truncate"},
    "dgt_accounts": {"dgt_accounts_append_only", "dgt_accounts_no_truncate"},
    "dgt_audits": {"dgt_audits_append_only", "dgt_audits_no_truncate"},
    "dgt_holds": {"dgt_holds_no_delete", "dgt_holds_no_truncate"},
    "dgt_journal": {
        "dgt_journal_append_only",
        "dgt_journal_balanced",
        "dgt_journal_no_truncate",
        "dgt_journal_stamp",
    },
    "dgt_order_changes": {"dgt_order_changes_append_only", "dgt_order_changes_no_truncate"},
    "dgt_order_movements": {"dgt_order_movements_append_only", "dgt_order_movements_no_truncate"},
    "dgt_orders": {"dgt_orders_no_delete", "dgt_orders_no_truncate", "dgt_orders_quote_stays"},
    "dgt_seals": {"dgt_seals_append_only", "dgt_seals_follow", "dgt_seals_no_truncate"},
    "dgt_transactions": {
        "dgt_entry_in_open_journal",
        "dgt_last_entry_balances",
        "dgt_transactions_append_only",
        "dgt_transactions_no_truncate",
    },
    "dgt_unlock_log": {"dgt_unlock_log_facts_stay", "dgt_unlock_log_no_delete", "dgt_unlock_log_no_truncate"},
    "level_dgt_rewards_log": {
        "level_dgt_rewards_log_guard",
        "level_dgt_rewards_log_no_delete",
        "level_dgt_rewards_log_no_truncate",
    },
    "moderation_acts": {"moderation_acts_append_only", "moderation_acts_no_truncate"},
    "path_choices": {"path_choices_append_only", "path_choices_no_truncate"},
    "post_likes": {"post_likes_not_own"},
    "post_revisions": {"post_revisions_append_only", "post_revisions_no_truncate"},
    "post_tips": {"post_tips_as_moved", "post_tips_guard", "post_tips_no_delete", "post_tips_no_truncate"},
    "provider_events": {"provider_events_no_delete", "provider_events_no_truncate", "provider_events_stay"},
    "rule_sets": {"rule_sets_append_only", "rule_sets_no_truncate"},
    "sending_stops": {"sending_stops_no_delete", "sending_stops_no_truncate"},
    "streak_days": {"streak_days_append_only", "streak_days_no_truncate"},
    "suspensions": {"suspensions_guard", "suspensions_no_delete", "suspensions_no_truncate"},
    "switch_changes": {"switch_changes_append_only", "switch_changes_no_truncate"},
    "thread_highlights": {"thread_highlights_append_only", "thread_highlights_no_truncate"},
    "threads": {"threads_highlight_stays"},
    "usdt_deposits": {"usdt_deposits_no_delete", "usdt_deposits_no_truncate", "usdt_deposits_stay"},
    "usdt_keys": {"usdt_keys_no_delete", "usdt_keys_no_truncate"},
    "usdt_transfers": {"usdt_transfers_no_delete", "usdt_transfers_no_truncate", "usdt_transfers_stay"},
    "user_paths": {"update_path_level"},
    "user_xp": {"award_level_up_dgt", "award_level_up_dgt_first", "update_user_level"},
    "users": {"dgt_board_listing", "user_xp_listing", "users_one_person", "users_paths_listing"},
    "wallet_freezes": {"wallet_freezes_no_delete", "wallet_freezes_no_truncate"},
    "xp_levels": {"xp_levels_increase", "xp_levels_recompute"},
    "xp_log": {"xp_log_append_only", "xp_log_no_truncate"},
    "xp_path_levels": {"xp_path_levels_increase"},
    "xp_withholdings": {"xp_withholdings_no_truncate"},
}


def rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def guards():
    found = {}
    for table, trigger in rows("select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal"):
        found.setdefault(table, set()).add(trigger)
    return found


@pytest.mark.django_db
def test_l30_the_guards_are_there_by_name():
    assert guards() == TRIGGERS


@pytest.mark.django_db
def test_no_guard_is_switched_off():
    assert rows("select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'") == []


@pytest.mark.django_db
def test_functions_with_the_owners_rights_set_their_search_path():
    assert (
        rows(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
            " and not exists (select from unnest(proconfig) setting where setting = 'search_path=public, pg_temp')"
        )
        == []
    )


@pytest.mark.django_db
def test_the_functions_of_the_plan_are_there_by_name():
    plan = {"calculate_user_level", "update_user_level", "award_level_up_dgt", "get_path_xp_multiplier"}
    assert plan <= {name for (name,) in rows("select proname from pg_proc where pronamespace = 'public'::regnamespace")}
