"""What staff decide about a member in the admin: a page for each decision, and always a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from degentalk.accounts import services
from degentalk.accounts.forms import LineField, ReasonField
from degentalk.accounts.models import User


class ReasonForm(forms.Form):
    """Why."""

    reason = ReasonField(widget=AdminTextareaWidget(attrs={"rows": 4}))


class SuspendForm(ReasonForm):
    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("The member reads it when signing in. It is kept, and cannot be changed later."),
    )


class OnePersonForm(ReasonForm):
    """Why, and who else."""

    other = LineField(
        label=_("The other account"),
        max_length=150,
        help_text=_("Its username."),
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("other", "reason")

    def clean_other(self) -> User:
        """The member of that name."""
        name = self.cleaned_data["other"]
        other = User.objects.filter(username__iexact=name).first()
        if other is None:
            raise forms.ValidationError(_("There is no member called “%(name)s”."), params={"name": name})
        return other


@dataclass(frozen=True)
class Decision:
    """One decision: who may take it, when it makes sense, and what it does."""

    name: str
    button: Promise
    title: Promise
    effect: Promise
    done: Promise  # does not begin with the name: the admin would write it with a capital
    permission: str
    makes_sense: Callable[[User], bool]
    take: Callable[..., Any]
    form: type[ReasonForm] = ReasonForm
    is_grave: bool = False

    @property
    def url_name(self) -> str:
        return f"accounts_user_{self.name}"

    @property
    def admin_url(self) -> str:
        return f"admin:{self.url_name}"

    def is_open_to(self, staff: User, member: User) -> bool:
        """Only an admin decides about staff; the service says the same."""
        is_staff = member.is_staff or member.is_superuser
        return staff.has_perm(self.permission) and (staff.is_superuser or not is_staff)


def suspend(member: User, **given: Any) -> None:
    services.suspend(member=member, **given)


def reinstate(member: User, **given: Any) -> None:
    services.reinstate(member=member, **given)


def declare_one_person(member: User, **given: Any) -> None:
    services.declare_one_person(user=member, **given)


def withdraw_one_person(member: User, **given: Any) -> None:
    services.withdraw_one_person(user=member, **given)


DECISIONS = (
    Decision(
        name="suspend",
        button=_("Suspend"),
        title=_("Suspend %(name)s"),
        effect=_("Keeps the member out: pages and API tokens end with their next request. What they wrote stays."),
        done=_("Suspended: %(name)s."),
        permission="accounts.suspend_user",
        makes_sense=lambda member: member.is_active,
        take=suspend,
        form=SuspendForm,
        is_grave=True,
    ),
    Decision(
        name="reinstate",
        button=_("Reinstate"),
        title=_("Reinstate %(name)s"),
        effect=_("Lets the member in again. Their API tokens work again too."),
        done=_("Reinstated: %(name)s."),
        permission="accounts.suspend_user",
        makes_sense=lambda member: not member.is_active,
        take=reinstate,
    ),
    Decision(
        name="declare_one_person",
        button=_("Declare one person"),
        title=_("%(name)s and another member are one person"),
        effect=_("The two accounts stay, and earn no XP from each other any more."),
        done=_("One person with another member now: %(name)s."),
        permission="accounts.change_user",
        makes_sense=lambda _member: True,
        take=declare_one_person,
        form=OnePersonForm,
    ),
    Decision(
        name="withdraw_one_person",
        button=_("Separate"),
        title=_("%(name)s is a person of its own"),
        effect=_("Takes back that this account and the others are one person."),
        done=_("A person of its own again: %(name)s."),
        permission="accounts.change_user",
        makes_sense=lambda member: len(services.accounts_of_person(member)) > 1,
        take=withdraw_one_person,
    ),
)


def open_to(staff: User, member: User) -> list[Decision]:
    """What this member of staff can decide about the member now: the buttons of the member's page."""
    return [decision for decision in DECISIONS if decision.is_open_to(staff, member) and decision.makes_sense(member)]
