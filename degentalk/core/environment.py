"""Reads the environment. Anything missing or malformed is one sentence at start, never a traceback."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import environ

T = TypeVar("T")

DATABASE_KIND = "a URL like postgres://user:password@host:5432/database"
KEY_BYTES = 32
KEY_KIND = "32 bytes, as 64 hexadecimal digits or in base64"
MAIL_KIND = "a URL like smtp+tls://user:password@host:587"
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
SERVER_VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


class Required:
    """Marks a variable that has no default."""


REQUIRED = Required()


def refuse(sentence: str) -> NoReturn:
    """End the process with one sentence that names what to change."""
    raise SystemExit(f"Degentalk cannot start: {sentence}")


class Environment:
    """Typed reads of environment variables, from the process or from a `.env` file beside manage.py."""

    def __init__(self, dotenv: Path) -> None:
        self.env = environ.Env()
        if dotenv.is_file() and os.access(dotenv, os.R_OK):
            self.env.read_env(dotenv, overwrite=False)

    def text(self, name: str, default: str | Required = REQUIRED) -> str:
        """A non-empty string, or the default."""
        return self.read(name, default, str, "a text")

    def texts(self, name: str, default: list[str] | Required = REQUIRED) -> list[str]:
        """A list separated by commas."""

        def parse(value: str) -> list[str]:
            return [part.strip() for part in value.split(",") if part.strip()]

        return self.read(name, default, parse, "a list separated by commas")

    def objects(self, name: str, default: list[dict[str, Any]] | Required = REQUIRED) -> list[dict[str, Any]]:
        """A list of objects, in JSON."""

        def parse(value: str) -> list[dict[str, Any]]:
            found = json.loads(value)
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise ValueError(name)
            return found

        return self.read(name, default, parse, "a list of objects in JSON")

    def switch(self, name: str, default: bool | Required = REQUIRED) -> bool:
        """on or off; also true/false, yes/no, 1/0."""
        words = {
            "on": True,
            "true": True,
            "yes": True,
            "1": True,
            "off": False,
            "false": False,
            "no": False,
            "0": False,
        }

        def parse(value: str) -> bool:
            return words[value.strip().lower()]

        return self.read(name, default, parse, "on or off")

    def number(
        self, name: str, default: int | Required = REQUIRED, *, at_least: int | None = None, at_most: int | None = None
    ) -> int:
        """A whole number."""

        def parse(value: str) -> int:
            number = int(value)
            if (at_least is not None and number < at_least) or (at_most is not None and number > at_most):
                raise ValueError(value)
            return number

        kind = "a whole number" if at_least is None else f"a whole number from {at_least}"
        return self.read(name, default, parse, kind if at_most is None else f"{kind} to {at_most}")

    def key(self, name: str, default: bytes | Required = REQUIRED) -> bytes:
        """A key of 32 bytes. What it is never gets into a sentence."""
        return self.read(name, default, _key, KEY_KIND)

    def keys(self, name: str, default: list[bytes] | Required = REQUIRED) -> list[bytes]:
        """Keys of 32 bytes each, separated by commas."""

        def parse(value: str) -> list[bytes]:
            return [_key(part.strip()) for part in value.split(",") if part.strip()]

        return self.read(name, default, parse, f"keys separated by commas, each {KEY_KIND}")

    def url(self, name: str, default: str | Required = REQUIRED, *, schemes: tuple[str, ...]) -> str:
        """A URL with one of the schemes."""

        def parse(value: str) -> str:
            if urlsplit(value).scheme not in schemes:
                raise ValueError(value)
            return value

        return self.read(name, default, parse, f"a URL starting with {' or '.join(s + ':' for s in schemes)}")

    def service(self, name: str, default: str | Required = REQUIRED) -> str:
        """The address of a service that is told our keys: by https, or on this machine, so that nobody reads them."""

        def parse(value: str) -> str:
            parts = urlsplit(value)
            if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in THIS_MACHINE):
                raise ValueError(value)
            return value

        return self.read(name, default, parse, "a URL starting with https:, or one of this machine")

    def database(self, name: str, default: str | Required = REQUIRED) -> dict[str, Any]:
        """A postgres:// URL as Django's settings for a database."""

        def parse(value: str) -> dict[str, Any]:
            parts = urlsplit(value)
            _ = parts.port  # a port that is no number raises here
            settings = dict(self.env.db_url_config(value))
            if parts.scheme not in {"postgres", "postgresql"} or not settings.get("NAME") or not settings.get("USER"):
                raise ValueError(value)
            host = parts.netloc.rpartition("@")[2]
            if host.upper().startswith("%2F"):  # the folder of a Unix socket, as libpq writes it
                settings["HOST"] = unquote(host)
            return settings

        url = self.read(name, default, lambda value: value if parse(value) else "", DATABASE_KIND)
        return parse(url)

    def email(self, name: str, default: str | Required = REQUIRED) -> dict[str, Any]:
        """A mail URL such as smtp+tls://user:password@host:587 as Django's EMAIL_* settings."""

        def parse(value: str) -> dict[str, Any]:
            return dict(self.env.email_url_config(value))

        url = self.read(name, default, lambda value: value if parse(value) else "", MAIL_KIND)
        return parse(url)

    def uses_own_servers(self) -> bool:
        """Whether the variables name servers to use, so that none is embedded. All of them go together."""
        missing = [name for name in SERVER_VARIABLES if not self.text(name, "")]
        if missing and len(missing) < len(SERVER_VARIABLES):
            refuse(f"set {', '.join(SERVER_VARIABLES)} together or not at all; missing: {', '.join(missing)}.")
        return not missing

    def read(self, name: str, default: T | Required, parse: Callable[[str], T], kind: str) -> T:
        """The one place where a variable is read: every typed read above ends here."""
        value = self.env.str(name, default="")
        if not value:
            if isinstance(default, Required):
                refuse(f"{name} is missing; set it to {kind} (see .env.example).")
            return default
        try:
            return parse(value)
        except (ValueError, KeyError, TypeError, environ.ImproperlyConfigured):
            refuse(f"{name} must be {kind} (see .env.example).")


def _key(value: str) -> bytes:
    key = bytes.fromhex(value) if len(value) == 2 * KEY_BYTES else base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key
