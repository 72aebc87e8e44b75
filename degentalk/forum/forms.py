"""What members write, cleaned and measured. Whether a post may be written is for the verbs to say."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.forms import LineField, TextField
from degentalk.core import idempotency
from degentalk.core.fields import DigitsField
from degentalk.forum import rules

SPACES_PER_TAB = 4
MARKDOWN_HINT = _("Markdown works: **bold**, *italic*, `code`, > quotes, lists, tables and links.")


class BodyField(TextField):
    """Markdown. Tabs become spaces before control characters go, so that code keeps its indentation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=rules.BODY_MAX_LENGTH,
            help_text=MARKDOWN_HINT,
            error_messages={"required": _("Write something first.")},
            **kwargs,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: a browser would cut a long text off without a word; we say what is too much."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").expandtabs(SPACES_PER_TAB))


class KeyedForm(forms.Form):
    """A form that is answered once: its hidden key makes sending it twice the same as once."""

    # Browsers restore hidden fields on reload unless told not to; an old key would answer for a new text.
    key = forms.CharField(required=False, widget=forms.HiddenInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", idempotency.new_key())

    def refuse(self, sentence: str) -> None:
        """Say why, and take a new key: this one has had its answer, so the form shown again is a new attempt."""
        self.add_error(None, sentence)
        submitted = QueryDict(mutable=True)
        submitted.update(self.data)
        submitted["key"] = idempotency.new_key()
        self.data = submitted


class ThreadForm(KeyedForm):
    """A new thread."""

    title = LineField(
        label=_("Title"),
        min_length=rules.TITLE_MIN_LENGTH,
        max_length=rules.TITLE_MAX_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Give the thread a title.")},
    )
    body = BodyField(label=_("First post"), widget=forms.Textarea({"rows": 10}))

    def clean_title(self) -> str:
        """A title that nobody can see could not be clicked either."""
        title: str = self.cleaned_data["title"]
        if not rules.shows_something(title):
            raise forms.ValidationError(_("Give the thread a title."), code="required")
        return title


class ReplyForm(KeyedForm):
    """A reply. `seen` is the newest post on the page it was written on, so that the answer brings what is new."""

    body = BodyField(label=_("Your reply"), widget=forms.Textarea({"rows": 5}))
    seen = DigitsField(required=False, widget=forms.HiddenInput({"autocomplete": "off"}))
