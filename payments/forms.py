"""What was shown of a package and is now ordered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from degentalk.core.fields import DigitsField
from degentalk.core.forms import KeyedForm
from payments.models import Provider
from payments.models.packages import CENTS_MAX, DGT_MAX

MICRO_MAX, CHAIN_MAX = 10**16, 2**53


def _hidden() -> forms.HiddenInput:
    return forms.HiddenInput({"autocomplete": "off"})


class OrderForm(KeyedForm):
    """A package at the price, in cents, and with the DGT that the buyer saw. Nobody types here."""

    package = forms.SlugField(max_length=50, widget=_hidden())
    price = DigitsField(min_value=1, max_value=CENTS_MAX, widget=_hidden())
    dgt = DigitsField(min_value=1, max_value=2 * DGT_MAX, widget=_hidden())

    provider = Provider.STRIPE
    chain_id: int | None = None

    @property
    def quoted(self) -> tuple[int, int]:
        """What a valid form agrees to: cents and DGT."""
        return self.cleaned_data["price"], self.cleaned_data["dgt"]


class UsdtOrderForm(OrderForm):
    """The same with the price in millionths of USDT, and the chain that it is paid on."""

    price = DigitsField(min_value=1, max_value=MICRO_MAX, widget=_hidden())
    chain = DigitsField(min_value=1, max_value=CHAIN_MAX, widget=_hidden())

    provider = Provider.USDT

    @property
    def chain_id(self) -> int | None:  # type: ignore[override]
        """Of a valid form."""
        return int(self.cleaned_data["chain"])


class HintForm(forms.Form):
    """A transaction that may pay an order."""

    tx_hash = forms.CharField(
        label=_("Transaction hash"),
        max_length=80,
        help_text=_("Not needed: your payment is found by itself. With it we look sooner."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "placeholder": "0x…"}),
    )


class WalletForm(forms.Form):
    """The wallet that is going to pay."""

    wallet = forms.CharField(
        label=_("Your wallet's address"),
        max_length=80,
        help_text=_("0x and 40 more digits and letters. You pay from this wallet, and from no exchange."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "placeholder": "0x…"}),
    )


class ProofForm(forms.Form):
    """Its signature of the statement."""

    wallet = forms.CharField(max_length=80, widget=_hidden())
    signature = forms.CharField(
        label=_("Signature"),
        max_length=400,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false", "placeholder": "0x…"}),
    )
