"""A refusal in Stripe's shape. https://docs.stripe.com/api/errors"""

from typing import Any


class ApiError(Exception):
    """What the API answers instead of an object."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status
        self.kind = kind

    @property
    def body(self) -> dict[str, Any]:
        """The JSON document; `code` and `param` are absent where there is none, as Stripe does it."""
        found = {"code": self.code, "message": self.message, "param": self.param, "type": self.kind}
        return {"error": {name: value for name, value in found.items() if value}}


class Missing(ApiError):
    """No object has this id."""

    def __init__(self, noun: str, identity: str, param: str = "id") -> None:
        super().__init__(f"No such {noun}: '{identity}'", code="resource_missing", param=param, status=404)


class Invalid(ApiError):
    """A parameter that breaks a rule of Stripe's, found before anything was done: its answer is not kept for a key."""
