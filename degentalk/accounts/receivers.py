"""What allauth says of e-mail addresses, inside its transaction: a confirmed primary one can complete a profile."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed
from django.dispatch import receiver

from degentalk.accounts import services


@receiver(email_confirmed, dispatch_uid="accounts.address_confirmed")
def address_confirmed(*, email_address: EmailAddress, **_kwargs: Any) -> None:
    """A second address completes nothing before it is primary."""
    if email_address.primary:
        services.address_confirmed(user=email_address.user)


@receiver(email_changed, dispatch_uid="accounts.address_became_primary")
def address_became_primary(
    *, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_kwargs: Any
) -> None:
    """A confirmed address took the place of one that was not."""
    was_confirmed = from_email_address is not None and from_email_address.verified
    if to_email_address.verified and not was_confirmed:
        services.address_confirmed(user=to_email_address.user)
