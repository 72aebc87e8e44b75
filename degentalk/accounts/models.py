"""Who: members, their settings, API tokens and notifications."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Collate, Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS

from degentalk.accounts import time_zones
from degentalk.core.clock import Clock

USERNAME_MAX_LENGTH = 24

SCOPES = {
    "xp:read": _("Read my XP, levels and awards"),
    "wallet:read": _("Read my DGT balance and history"),
    "wallet:transfer": _("Send my DGT to other members"),
    "paths:choose": _("Choose my primary path"),
    "shop:read": _("Read what I have from the shop"),
    "shop:purchase": _("Buy in the shop with my DGT, and wear and use what I have"),
    "dgt:read": _("Read my orders of DGT"),
    "dgt:purchase": _("Order DGT for money; I pay on the payment page"),
    "xp:trigger": _("Trigger for me the actions that members may trigger themselves"),
    "xp:award": _("Award XP to members (for a connected forum)"),
}
"""What an API token may be allowed to do. Apps above name these in their views; `accounts` only lists them."""

PERMISSION_OF_SCOPE = {"xp:award": "xp.award_any"}
"""Scopes that only some staff may give to a token: the permission that its owner needs, when it is made and used."""

ICON_OF_KIND = {
    "security": "shield",
    "level_up": "arrow-up",
    "reward": "dgt",
    "transfer": "arrow-down-left",
    "reply": "message-square",
    "like": "heart",
    "tip": "coins",
    "moderation": "shield",
    "xp": "xp",
    "adjustment": "xp",
    "boost": "zap",
    "freeze": "flame",
    "path": "trending-up",
    "shop": "store",
    "order": "credit-card",
}


def validate_time_zone(name: str) -> None:
    """Accept the names of the IANA time zone database."""
    if name not in time_zones.known():
        raise ValidationError(_("“%(name)s” is not a known time zone."), params={"name": name})


class UserManager(DjangoUserManager["User"]):
    def named_like(self, beginning: str) -> "models.QuerySet[User]":
        """Active, listed members whose names begin so, without regard to case, in the order of their names."""
        folded = Collate(Upper("username"), "C")
        found = self.filter(is_active=True, hides_from_boards=False).alias(folded=folded)
        return found.filter(folded__startswith=beginning.upper()).order_by("folded")

    def get_by_natural_key(self, username: str | None) -> "User":
        """Usernames are unique without regard to case, so signing in ignores it too."""
        return self.get(username__iexact=username)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Addresses are compared and kept in lower case, as every large mail service does."""
        return super().normalize_email(email).lower()


class User(AbstractUser):
    """A member. The plan's table `users`: the column is `user_id`, the attribute `id`."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Follow my device")
        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    id = models.BigAutoField(primary_key=True, db_column="user_id")
    username = models.CharField(
        _("username"),
        max_length=USERNAME_MAX_LENGTH,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9_]{3,24}\Z",
                _("Use 3 to 24 letters, digits or underscores."),
            )
        ],
        help_text=_("3 to 24 letters, digits or underscores."),
    )
    email = models.EmailField(_("e-mail address"))
    about = models.CharField(_("about me"), max_length=280, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    hides_balance = models.BooleanField(_("hide my DGT balance from others"), default=False)
    hides_from_boards = models.BooleanField(_("leave me out of leaderboards"), default=False)
    time_zone_changed_at = models.DateTimeField(_("time zone changed"), null=True, blank=True, editable=False)
    look = models.JSONField(_("look"), default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    """By slot, what the member wears: all that pages need to show it. Written by `services.wear` only."""
    same_person_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="other_accounts",
        verbose_name=_("same person as"),
    )
    """The person's main account, which itself points nowhere. Written by `services.declare_one_person` only."""

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        db_table = "users"
        verbose_name = _("member")
        permissions = [("suspend_user", _("Can suspend and reinstate members"))]
        constraints = [
            # UPPER, not LOWER: that is what Django's `iexact` compares, so that look-ups by name use this index.
            models.UniqueConstraint(
                Upper("username"),
                name="users_username_unique",
                violation_error_message=_("That username is taken."),
            ),
            models.UniqueConstraint(
                fields=["email"],
                name="users_email_unique",
                violation_error_message=_("An account with this e-mail address exists."),
            ),
            # Kept in lower case, so that the plain index above finds it and no two differ in case only.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="users_email_is_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(same_person_as=None) | ~models.Q(same_person_as=models.F("id")),
                name="users_not_the_same_as_oneself",
            ),
        ]
        # Beginnings of names are found by bytes, whatever the language of the database.
        indexes = [models.Index(Collate(Upper("username"), "C"), name="users_username_beginning")]

    def get_absolute_url(self) -> str:
        return reverse("pages:profile", args=[self.username])

    @property
    def person_id(self) -> int:
        """Who is behind the account: two accounts are one person if this is equal."""
        return self.same_person_as_id or self.pk


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def of(self, user: User) -> "SuspensionQuerySet":
        return self.filter(member=user)

    def open(self) -> "SuspensionQuerySet":
        return self.filter(ended_at=None)


class Suspension(models.Model):
    """That a member was kept out, by whom and why; and the same of its end. The database lets nobody rewrite it."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(User, models.PROTECT, related_name="suspensions", verbose_name=_("member"))
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("suspended by"),
        help_text=_("Empty: before suspensions were recorded."),
    )
    reason = models.TextField(_("reason"))
    created_at = models.DateTimeField(_("since"), db_default=Clock())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("ended by"),
    )
    end_reason = models.TextField(_("reason of the end"), blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        db_table = "suspensions"
        verbose_name = _("suspension")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(ended_at=None), name="suspensions_one_open_per_member"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="suspensions_have_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, end_reason="")
                | models.Q(ended_at__isnull=False, ended_by__isnull=False) & ~models.Q(end_reason=""),
                name="suspensions_end_with_who_and_why",
            ),
            models.CheckConstraint(condition=~models.Q(by=models.F("member")), name="suspensions_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.reason}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> "NotificationQuerySet":
        return self.filter(user=user)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing a member is told once. `key` (`noun:id`) makes telling it twice the same as once."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,
        verbose_name=_("member"),
    )
    kind = models.SlugField(_("kind"), max_length=40, db_index=False)
    text = models.TextField(_("text"))
    url = models.TextField(_("address"), blank=True, help_text=_("A path of this site, or empty."))
    key = models.CharField(_("key"), max_length=200)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notifications_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notifications_newest"),
            # The bell asks on every page: only unread rows are in this index, and they are few.
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notifications_unread"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def icon(self) -> str:
        """The icon of its kind; kinds that apps above add without an icon here get the bell."""
        return ICON_OF_KIND.get(self.kind, "bell")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def of(self, user: User) -> "ApiTokenQuerySet":
        return self.filter(user=user)

    def live(self, now: datetime) -> "ApiTokenQuerySet":
        return self.filter(models.Q(expiry=None) | models.Q(expiry__gt=now))

    def newest(self) -> "ApiTokenQuerySet":
        return self.order_by("-created", "pk")


class ApiToken(AbstractAuthToken):
    """An API token. Only its SHA-512 digest is stored; the token itself is shown once, when it is made."""

    # Knox would make the digest the primary key; then it would stand in the admin's links and pages.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, editable=False)
    token_key = models.CharField(_("starts with"), max_length=CONSTANTS.TOKEN_KEY_LENGTH, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("member"))
    name = models.CharField(_("name"), max_length=60)
    scopes = models.JSONField(_("scopes"), default=list)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        verbose_name = _("API token")
        constraints = [models.UniqueConstraint(fields=["digest"], name="api_tokens_digest_unique")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(
        cls, *, user: User, name: str, scopes: list[str], expires_at: datetime | None, pk: uuid.UUID
    ) -> tuple["ApiToken", str]:
        """A new row, and the only copy of the token's text."""
        digest, text = get_digest_token()
        row = cls.objects.create(
            pk=pk,
            user=user,
            name=name,
            scopes=scopes,
            expiry=expires_at,
            digest=digest,
            token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        )
        return row, text

    @property
    def is_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        """Its scopes in words; a scope that no longer exists is shown as it was stored."""
        return [str(SCOPES.get(scope, scope)) for scope in self.scopes]
