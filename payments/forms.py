"""What was shown of a package and is now ordered."""

from django import forms

from degentalk.core.fields import DigitsField
from degentalk.core.forms import KeyedForm
from payments.models.packages import CENTS_MAX, DGT_MAX


def _hidden() -> forms.HiddenInput:
    return forms.HiddenInput({"autocomplete": "off"})


class OrderForm(KeyedForm):
    """A package at the price, in cents, and with the DGT that the buyer saw. Nobody types here."""

    package = forms.SlugField(max_length=50, widget=_hidden())
    price = DigitsField(min_value=1, max_value=CENTS_MAX, widget=_hidden())
    dgt = DigitsField(min_value=1, max_value=2 * DGT_MAX, widget=_hidden())

    @property
    def quoted(self) -> tuple[int, int]:
        """What a valid form agrees to: cents and DGT."""
        return self.cleaned_data["price"], self.cleaned_data["dgt"]
