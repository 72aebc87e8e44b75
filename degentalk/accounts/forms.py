"""What members type: cleaned of control and bidirectional characters, refused in sentences."""

from datetime import timedelta
from typing import Any, Self, cast

from allauth.account import forms as allauth_forms
from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from degentalk.accounts import rules, services, time_zones
from degentalk.accounts.models import User
from degentalk.core.fields import DigitsField
from degentalk.core.forms import RenewableForm

NEVER = "never"


class UncutField(forms.CharField):
    """Text that is refused where it is too long, in words that count it."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: a browser cuts off without a word, and to it an emoji is two characters or more."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class TextField(UncutField):
    """Text of several lines."""

    def to_python(self, value: Any) -> str:
        return rules.clean_text(super().to_python(value) or "")


class LineField(UncutField):
    """Text of one line."""

    def to_python(self, value: Any) -> str:
        return rules.clean_line(super().to_python(value) or "")


class ReasonField(TextField):
    """Why staff do something: short, kept, and mostly read by the member."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Reason"), "max_length": rules.REASON_MAX, "widget": forms.Textarea, **options})


class SettingsForm(forms.Form):
    """A plain form, not a ModelForm: refused input must not end up in `request.user`, which the page is drawn for."""

    about = TextField(
        label=_("About me"),
        max_length=280,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown on your profile. Up to 280 characters; from 30 on it counts for a complete profile."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones.choices,
        help_text=_("All times are shown in it, and your day begins in it. It can be changed once in 24 hours."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    hides_balance = forms.BooleanField(
        label=_("Hide my DGT balance from others"),
        required=False,
        help_text=_("Only you see your balance. It also takes you off the DGT boards."),
    )
    hides_from_boards = forms.BooleanField(
        label=_("Leave me out of leaderboards"),
        required=False,
        help_text=_("You go on earning and see your own figures; others do not find you on boards."),
    )

    @classmethod
    def of(cls, user: User, submitted: QueryDict | None = None) -> Self:
        """The form filled with a member's settings, or with what they submitted."""
        form = cls(submitted, initial=model_to_dict(user, fields=list(cls.base_fields)))
        form._keep_unusual_zone(user.time_zone)
        return form

    def _keep_unusual_zone(self, name: str) -> None:
        """A zone outside the offered regions, such as Etc/GMT-3, must survive saving the rest of the form."""
        field = cast(forms.ChoiceField, self.fields["time_zone"])
        if not field.valid_value(name):
            field.choices = [(name, name), *time_zones.choices()]


class TokenForm(RenewableForm):
    """A new API token."""

    name = LineField(
        label=_("Name"), max_length=60, help_text=_("What will use it, so that you know later: “portfolio script”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the token may do.")},
    )
    lifetime = forms.ChoiceField(
        label=_("Expires"),
        choices=[
            ("7", _("in 7 days")),
            ("30", _("in 30 days")),
            ("90", _("in 90 days")),
            ("365", _("in a year")),
            (NEVER, _("never")),
        ],
        initial="30",
    )

    @classmethod
    def of(cls, user: User, submitted: QueryDict | None = None) -> Self:
        """The form with the scopes that this member may give."""
        form = cls(submitted)
        cast(forms.MultipleChoiceField, form.fields["scopes"]).choices = list(services.scopes_for(user).items())
        return form

    def clean_lifetime(self) -> timedelta | None:
        """Days to a duration; never to None."""
        days = self.cleaned_data["lifetime"]
        return None if days == NEVER else timedelta(days=int(days))


class UpToForm(forms.Form):
    """The newest notification that was on the page when “Mark all read” was pressed."""

    up_to = DigitsField()


class SignupForm(allauth_forms.SignupForm):
    """Username, e-mail address, password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = User._meta.get_field("username").help_text
        self.fields["email"].label = _("E-mail")
        self.fields["password1"].help_text = _("At least 8 characters, and not a common password.")


class LoginForm(allauth_forms.LoginForm):
    """Sign in by username or e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")

    def user_credentials(self) -> dict[str, str]:
        """One way of signing in per attempt.

        allauth also tries an address as a username, which none of ours can be. That hashes the password once more for
        addresses that have an account, so the time of the answer would tell who has one (A15).
        """
        credentials: dict[str, str] = super().user_credentials()
        if "email" in credentials:
            credentials.pop("username", None)
        return credentials
