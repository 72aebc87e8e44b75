"""What was shown and is now bought, for oneself or for somebody else."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.forms import LineField
from degentalk.accounts.models import User
from degentalk.core.fields import DigitsField
from degentalk.core.forms import KeyedForm
from shop.models import DGT_MAX
from shop.services.acquiring import NOTE_MAX_LENGTH
from wallet.forms import ReceiverForm


class PurchaseForm(KeyedForm):
    """The price that was shown. Nobody types here."""

    price = DigitsField(min_value=1, max_value=DGT_MAX, widget=forms.HiddenInput({"autocomplete": "off"}))

    has_been_sent = False
    """Whether the doors were asked with this key."""

    def show_price(self, price: int) -> None:
        """The form shown again names what it costs now."""
        if self.is_bound:
            submitted = QueryDict(mutable=True)
            submitted.update(self.data)
            submitted["price"] = str(price)
            self.data = submitted
        else:
            self.initial["price"] = price


class GiftForm(ReceiverForm, PurchaseForm):
    """The same for another member, with a word."""

    note = LineField(
        label=_("Note"),
        max_length=NOTE_MAX_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("They read it with the gift. Up to 280 characters."),
    )
    oneself = _("A gift is for somebody else: buy it for yourself instead.")
    field_order = ["to", "note"]

    def __init__(self, *args: Any, sender: User, **kwargs: Any) -> None:
        super().__init__(*args, sender=sender, **kwargs)
        self.fields["to"].label = _("For")

    def refuse(self, sentence: str, *, code: str = "") -> None:
        """Beside the name, where it is about whoever would get it."""
        super().refuse(sentence, code=code)
        if code in ABOUT_THE_RECEIVER:
            self.errors.pop("__all__")
            self.add_error("to", sentence)


ABOUT_THE_RECEIVER = {"cannot-receive", "locked", "already-owned", "limit-reached"}
"""Refusals of a gift that name its receiver."""
