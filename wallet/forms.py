"""What members ask of their wallet: which part of the history, and to whom to send what."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.forms import LineField
from degentalk.accounts.models import USERNAME_MAX_LENGTH, User
from degentalk.core.fields import BIGINT_MAX, DigitsField
from degentalk.core.forms import KeyedForm
from wallet import services as wallet
from wallet.history import MEMBER_ACCOUNTS, Direction, Wanted
from wallet.models import DgtJournal
from wallet.services.sending import MEMO_MAX


class DayField(forms.DateField):
    """A day of the member's own calendar."""

    def __init__(self, **options: Any) -> None:
        picker = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=picker, **options)


class HistoryFilter(forms.Form):
    """Which part of a history to show. It is read from the address; whatever is left out asks for everything."""

    account = forms.ChoiceField(
        required=False,
        choices=MEMBER_ACCOUNTS,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("There is no such account. Choose one of those above.")},
    )
    kind = forms.ChoiceField(label=_("Type"), required=False, choices=[("", _("Anything")), *DgtJournal.Kind.choices])
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[("", _("In and out")), (Direction.IN.value, _("In")), (Direction.OUT.value, _("Out"))],
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def clean_until(self) -> date | None:
        """The last day of the calendar has no day after it."""
        day: date | None = self.cleaned_data["until"]
        if day == date.max:
            raise forms.ValidationError(_("Choose an earlier day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        facts: dict[str, Any] = self.cleaned_data
        since, until = facts.get("since"), facts.get("until")
        if since and until and since > until:
            self.add_error("until", _("Choose this day or a later one than under “From”."))
        return facts

    def wanted(self) -> Wanted:
        """What a valid filter asks for. Days begin in the member's time zone. With the balance comes what was owed."""
        facts = self.cleaned_data
        since, until = facts["since"], facts["until"]
        account = facts["account"] or Wanted.account
        return Wanted(
            account=account,
            with_debt=account == Wanted.account,
            kinds=(facts["kind"],) if facts["kind"] else (),
            direction=facts["direction"],
            since=_beginning(since) if since else None,
            until=_beginning(until + timedelta(days=1)) if until else None,
        )

    @property
    def marks_fields(self) -> bool:
        """Whether something is said beside a field that is seen."""
        return any(field.errors for field in self.visible_fields())

    @property
    def active(self) -> int:
        """How many things are asked for; the account is a list of its own and none of them."""
        return sum(bool(self.cleaned_data.get(name)) for name in ("kind", "direction", "since", "until"))


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


SUGGESTS = {
    "list": "recipients",
    "hx-trigger": "input changed delay:200ms",
    "hx-target": "#recipients",
    "hx-swap": "innerHTML",
    "hx-sync": "this:replace",
}
FIELD_OF_REFUSAL = {
    **dict.fromkeys(
        ("bad-amount", "not-enough-dgt", "too-little", "too-much", "daily-limit", "locked", "fee-changed"), "amount"
    ),
    "no-such-account": "to",
    "cannot-receive": "to",
}


class ReceiverForm(forms.Form):
    """To whom: another member, by name. Names are suggested while one types."""

    to = LineField(
        label=_("To"),
        max_length=USERNAME_MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Say who gets it.")},
        help_text=_("A username."),
    )
    oneself = _("You cannot send DGT to yourself.")
    """The refusal of one's own name."""

    def __init__(self, *args: Any, sender: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender
        self.receiver: User | None = None
        self.fields["to"].widget.attrs |= SUGGESTS | {"hx-get": reverse("wallet:recipients")}

    def clean_to(self) -> str:
        """The name as its owner writes it."""
        name: str = self.cleaned_data["to"].removeprefix("@")
        self.receiver = User.objects.filter(username__iexact=name, is_active=True).first()
        if self.receiver is None:
            raise forms.ValidationError(_("There is no member called “%(name)s”.") % {"name": name}, code="missing")
        if self.receiver.pk == self.sender.pk:
            raise forms.ValidationError(self.oneself, code="oneself")
        return self.receiver.username


class TransferForm(ReceiverForm):
    """To whom, how much, and a word. What a valid one asks for is shown and confirmed before anything moves."""

    amount = DigitsField(
        label=_("Amount in DGT"),
        min_value=1,
        max_value=wallet.AMOUNT_MAX,
        error_messages={
            "required": _("Say how much."),
            "min_value": _("Send at least 1 DGT."),
            "max_value": _("That is more DGT than there can be."),
        },
    )
    memo = LineField(
        label=_("Memo"),
        max_length=MEMO_MAX,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Both of you read it. Up to 140 characters."),
    )

    def refuse(self, sentence: str, *, code: str) -> None:
        """Say why nothing was sent, beside the field that it is about."""
        self.add_error(FIELD_OF_REFUSAL.get(code), sentence)


class ConfirmForm(KeyedForm):
    """What was shown and is now confirmed; nobody types here. `receiver` is who was shown, whatever they are called."""

    receiver = DigitsField(min_value=1, max_value=BIGINT_MAX, widget=forms.HiddenInput({"autocomplete": "off"}))
    amount = DigitsField(min_value=1, max_value=wallet.AMOUNT_MAX, widget=forms.HiddenInput({"autocomplete": "off"}))
    memo = LineField(max_length=MEMO_MAX, required=False, widget=forms.HiddenInput({"autocomplete": "off"}))
    fee = DigitsField(max_value=wallet.AMOUNT_MAX, widget=forms.HiddenInput({"autocomplete": "off"}))

    def renew_fee(self, fee: int) -> None:
        """The member is shown another fee: sending the form again agrees to that one."""
        submitted = QueryDict(mutable=True)
        submitted.update(self.data)
        submitted["fee"] = str(fee)
        self.data = submitted
