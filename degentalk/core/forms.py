"""Forms that are answered once."""

import uuid
from typing import Any, cast

from django import forms
from django.http import QueryDict

from degentalk.core import idempotency


class KeyedForm(forms.Form):
    """A form that is answered once: its hidden key makes sending it twice the same as once."""

    # Browsers restore hidden fields on reload unless told not to; an old key would answer for a new text.
    key = forms.CharField(required=False, widget=forms.HiddenInput({"autocomplete": "off"}))
    refused_code = ""
    """Why the verb refused, for the page: empty where nothing was refused."""
    is_replayed = False
    """Whether this key had had its answer before: what it did is told already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", idempotency.new_key())

    def refuse(self, sentence: str, *, code: str = "") -> None:
        """Say why, and take a new key: this one has had its answer, so the form shown again is a new attempt."""
        self.add_error(None, sentence)
        self.refused_code = code
        submitted = QueryDict(mutable=True)
        submitted.update(self.data)
        submitted["key"] = idempotency.new_key()
        self.data = submitted


class RenewableForm(forms.Form):
    """A form whose key the verb itself knows, such as a new row's id: pressing twice is the same as once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def renew_key(self) -> None:
        """The key has had its answer: the form that is shown again is a new attempt."""
        submitted = cast(QueryDict, self.data).copy()
        submitted["key"] = str(uuid.uuid4())
        self.data = submitted
