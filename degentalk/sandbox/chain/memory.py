"""A file that a chain grows again from: what every block was made of, one JSON object a line, the settings first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from degentalk.sandbox.chain.blocks import Block, Json
from degentalk.sandbox.chain.hexes import hexed


class Memory:
    """Blocks in the order in which they were made; one whose parent is not the newest was a reorganisation."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open: IO[str] | None = None

    def read(self) -> Iterator[Json]:
        """The settings and then every block; an unfinished last line is forgotten."""
        if not self._file.exists():
            return
        with self._file.open() as lines:
            for line in lines:
                if not line.endswith("\n"):
                    return
                yield json.loads(line)

    def begin(self, settings: dict[str, Any]) -> None:
        """A chain from its first block on. What was remembered is kept beside it, as .old."""
        self.close()
        if self._file.exists():
            self._file.replace(self._file.with_name(self._file.name + ".old"))
        self._open = self._file.open("w")
        self._write(settings)

    def resume(self) -> None:
        """Go on after the last whole line."""
        whole = self._file.read_bytes().rfind(b"\n") + 1
        with self._file.open("r+b") as file:
            file.truncate(whole)
        self._open = self._file.open("a")

    def add(self, block: Block) -> None:
        """One more block."""
        made = {
            "hash": block.hash,
            "parent": block.body["parentHash"],
            "timestamp": block.timestamp,
            "extra": hexed(block.header.extra_data),
            "transactions": [hexed(transaction.encode()) for transaction in block.transactions],
        }
        self._write(made)

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _write(self, line: Json) -> None:
        if self._open is not None:
            self._open.write(json.dumps(line) + "\n")
            self._open.flush()
