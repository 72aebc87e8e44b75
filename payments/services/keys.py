"""Where the money of a chain goes: used for orders once two members of staff have compared its fingerprint (U23)."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.errors import AlreadyDecided
from degentalk.approvals.models import Approval
from degentalk.core.clock import Clock
from degentalk.core.errors import Refused
from payments.models import UsdtKey

logger = logging.getLogger(__name__)

KIND = "payments.approve_key"


def ask_for_key(*, key: UsdtKey, actor: User, note: str, once: str) -> Approval:
    """Ask a second member of staff to approve a key, once per `once`. Raises Refused (approved already), MayNotDecide,
    AlreadyDecided."""
    if key.approved_at is not None:
        raise Refused(_("This key is approved already."))
    row = approvals.ask(
        kind=KIND,
        actor=actor,
        about=None,
        request={"key": key.pk, "fingerprint": key.fingerprint},
        summary=_("Take USDT on %(chain)s with the key %(fingerprint)s, whose first address is %(address)s.")
        % {"chain": key.chain.name, "fingerprint": key.fingerprint, "address": key.first_address},
        reason=note,
        key=once,
    )
    if not row.is_pending:
        raise AlreadyDecided(_("This was asked for and decided: %(state)s.") % {"state": row.get_state_display()})
    return row


@transaction.atomic
def key_approved(approval: Approval, decider: User) -> str:
    """What two have compared is used from now on."""
    key = UsdtKey.objects.select_for_update(no_key=True, of=("self",)).get(pk=approval.request["key"])
    if key.approved_at is None:
        UsdtKey.objects.filter(pk=key.pk).update(approved_at=Clock())
        logger.warning(
            "usdt: key %s on %s approved by %s and %s",
            key.fingerprint, key.chain.name, approval.asked_by_id, decider.pk,
        )  # fmt: skip
    return _("Orders on %(chain)s are paid with it from now on.") % {"chain": key.chain.name}
