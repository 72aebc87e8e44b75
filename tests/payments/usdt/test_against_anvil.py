"""The same cases against anvil, a node that others wrote (T9): whatever the sandbox got wrong would show here.

The npm package @foundry-rs/anvil has it; without `anvil` in the path these tests are skipped.
"""

import shutil
from collections.abc import Iterator

import pytest

from degentalk.sandbox.chain import Chain
from tests.payments.usdt import anvil
from tests.payments.usdt.test_paying import (  # noqa: F401
    order,
    test_u5_u11_a_payment_is_found_by_itself_and_credited_when_it_is_final,
    test_u6_one_transfer_is_one_row_however_often_it_is_found,
    test_u7_one_transaction_pays_two_orders_and_one_of_them_twice,
    test_u8_mined_again_elsewhere_it_credits_once,
    test_u8_u25_what_vanishes_after_it_was_credited_raises_an_alarm_and_can_be_taken_back,
    test_u8_what_vanishes_before_it_is_final_leaves_the_order_waiting,
    test_u9_each_address_credits_its_own_order_whoever_pays_it,
    test_u13_late_is_credited,
    test_u13_too_little_stays_open_and_further_transfers_are_summed,
    test_u13_too_much_credits_the_package_and_records_the_rest,
    test_u15_where_the_token_takes_a_fee_what_arrived_counts,
    test_u19_a_transfer_of_nothing_is_nothing,
    test_u19_dust_is_summed_and_changes_nothing_that_anybody_sees,
)
from tests.payments.usdt.test_reading import (  # noqa: F401
    test_u12_after_downtime_every_block_is_read_in_parts,
    test_u12_the_cursor_is_a_number_and_a_hash,
)

ANVIL = shutil.which("anvil")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(ANVIL is None, reason="no anvil on this machine (npm install -g @foundry-rs/anvil)"),
]


@pytest.fixture
def chain(tmp_path) -> Iterator[anvil.Anvil]:
    """In the place of the sandbox's."""
    with Chain(seed=1) as signer, anvil.running(str(ANVIL), tmp_path, signer) as node:
        yield node
