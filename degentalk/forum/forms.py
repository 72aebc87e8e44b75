"""What members write, cleaned and measured. Whether a post may be written is for the verbs to say."""

from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.forms import LineField, TextField
from degentalk.core.fields import DigitsField
from degentalk.core.forms import KeyedForm
from degentalk.forum import rules
from degentalk.forum.models import ModerationAct, Post
from wallet import services as wallet

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

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").expandtabs(SPACES_PER_TAB))


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


class EditForm(KeyedForm):
    """Another text for a post. `revision` says which text it was filled with, so that no edit is lost unseen."""

    body = BodyField(label=_("Text"), widget=forms.Textarea({"rows": 8, "autofocus": True}))
    revision = DigitsField(widget=forms.HiddenInput({"autocomplete": "off"}))

    @classmethod
    def of(cls, post: Post, submitted: QueryDict | None = None) -> Self:
        """The form of this post; its ids differ from those of the reply form on the same page."""
        initial = {"body": post.body, "revision": str(post.revision_count)}
        return cls(submitted, initial=initial, auto_id=f"edit-{post.pk}-%s")

    def renew_revision(self, post: Post) -> None:
        """The member has been shown the newer text: sending the form again replaces that one."""
        submitted = QueryDict(mutable=True)
        submitted.update(self.data)
        submitted["revision"] = str(post.revision_count)
        self.data = submitted


FIELD_OF_REFUSAL = dict.fromkeys(
    ("bad-amount", "not-enough-dgt", "too-little", "too-much", "daily-limit", "locked"), "amount"
)
"""Which refusals of a tip are about its amount, by their code."""


class MessageField(LineField):
    """What somebody says with a tip."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Message"), required=False, max_length=rules.MESSAGE_MAX_LENGTH, **kwargs)


class TipForm(forms.Form):
    """How much to tip. What a valid one asks for is shown and confirmed before anything moves."""

    amount = DigitsField(
        label=_("Amount in DGT"),
        min_value=1,
        max_value=wallet.AMOUNT_MAX,
        error_messages={
            "required": _("Say how much."),
            "min_value": _("Tip at least 1 DGT."),
            "max_value": _("That is more DGT than there can be."),
        },
    )
    message = MessageField(widget=forms.HiddenInput({"autocomplete": "off"}))

    @classmethod
    def of(cls, post: Post, submitted: QueryDict | None = None, **initial: object) -> Self:
        """The form of this post, with ids of its own: a page may have one for every post."""
        return cls(submitted, initial=initial, auto_id=f"tip-{post.pk}-%s")

    def refuse(self, sentence: str, *, code: str) -> None:
        """Say why nothing was given, beside the field that it is about."""
        self.add_error(FIELD_OF_REFUSAL.get(code), sentence)


class ConfirmTipForm(KeyedForm):
    """The amount that was shown and is now confirmed, and what to say with it."""

    amount = DigitsField(min_value=1, max_value=wallet.AMOUNT_MAX, widget=forms.HiddenInput({"autocomplete": "off"}))
    message = MessageField(
        help_text=_("Optional. Only the author reads it."), widget=forms.TextInput({"autocomplete": "off"})
    )

    @classmethod
    def of(cls, post: Post, submitted: QueryDict | None = None, **initial: object) -> Self:
        """The same with a key."""
        return cls(submitted, initial=initial, auto_id=f"tip-{post.pk}-%s")


class ReasonField(LineField):
    """Why a moderator does something: one line, kept for good."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Reason"),
            max_length=rules.REASON_MAX_LENGTH,
            widget=forms.TextInput({"autocomplete": "off"}),
            error_messages={"required": _("Say why. The reason is kept, and told to the member.")},
            **kwargs,
        )


class ModerationForm(KeyedForm):
    """What to do with a post. It says what the post shall be, so sending it twice is the same as once; where DGT moves
    too, its key sees to that."""

    reason = ReasonField(help_text=_("The author reads it."))
    act = forms.ChoiceField(choices=[(act.value, act.label) for act in ModerationAct.ON_POSTS])
    undoes_tips = forms.BooleanField(
        label=_("Also undo its tips"),
        required=False,
        help_text=_(
            "With hiding and spam: the DGT goes back to whoever gave it, and what the author has spent of it they owe."
            " Restoring the post does not bring it back."
        ),
    )

    @property
    def moves_dgt(self) -> bool:
        """Whether a valid form asks for more than a state of the post."""
        return self.cleaned_data["undoes_tips"] and self.cleaned_data["act"] != ModerationAct.Act.RESTORE

    @classmethod
    def of(cls, post: Post, submitted: QueryDict | None = None) -> Self:
        """The form of this post, with ids of its own: a page has one for every post."""
        return cls(submitted, auto_id=f"moderate-{post.pk}-%s")


class UndoTipForm(KeyedForm):
    """Send a tip back."""

    reason = ReasonField(help_text=_("Both members read it."))


class BanForm(KeyedForm):
    """Keep a member out."""

    reason = ReasonField(help_text=_("Kept with the ban, for other moderators."))
    takes_back_xp = forms.BooleanField(
        label=_("Take back all XP"),
        required=False,
        help_text=_(
            "For farmers: everything the member earned, and what others earned by their likes. Levels follow; DGT that"
            " was paid for levels stays. Unbanning gives back exactly what was taken."
        ),
    )


class UnbanForm(KeyedForm):
    """Let a member in again."""

    reason = ReasonField(help_text=_("Kept beside the reason of the ban."))


UNDONE_TIPS = "tips"
"""What a filter calls the tips that staff undid, beside the acts."""


class ActsFilter(forms.Form):
    """Which acts of moderation to list."""

    act = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        choices=[("", _("Anything")), *ModerationAct.Act.choices, (UNDONE_TIPS, _("Tips undone"))],
    )
    member = LineField(label=_("Member"), required=False, max_length=150)
    moderator = LineField(label=_("Moderator"), required=False, max_length=150)

    @property
    def wants_tips(self) -> bool:
        """Whether a valid filter asks for tips that were undone: they are no acts of their own."""
        return bool(self.cleaned_data.get("act") == UNDONE_TIPS)
