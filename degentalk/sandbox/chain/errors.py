"""Refusals: those of the JSON-RPC API, as nodes give them, and those of the sandbox's own verbs."""

from typing import Any

PARSE_ERROR, INVALID_REQUEST, NO_SUCH_METHOD, INVALID_PARAMS, SERVER_ERROR = -32700, -32600, -32601, -32602, -32000
LIMIT_EXCEEDED = -32005
REVERTED = 3


class RpcError(Exception):
    """What a node answers instead of a result. https://www.jsonrpc.org/specification#error_object"""

    def __init__(self, message: str, code: int = SERVER_ERROR, data: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.data = data

    @property
    def body(self) -> dict[str, Any]:
        """The error object; `data` is absent where there is none."""
        return {"code": self.code, "message": self.message} | ({} if self.data is None else {"data": self.data})


class RefusedError(ValueError):
    """A verb that cannot be done; str() says why."""
