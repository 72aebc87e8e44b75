"""A local EVM chain over JSON-RPC for development and tests: nothing on it is worth anything. See ../README.md."""

from degentalk.sandbox.chain.chain import Chain
from degentalk.sandbox.chain.node import Options

__all__ = ["Chain", "Options"]
