"""What the sandbox remembers: JSON documents by id, in memory, and in a SQLite file where one is named."""

import copy
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLE = "CREATE TABLE IF NOT EXISTS document (id TEXT PRIMARY KEY, kind TEXT NOT NULL, number INTEGER, body TEXT)"
READ = "SELECT id, kind, number, body FROM document ORDER BY number"
WRITE = "INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"


@dataclass
class Document:
    """One thing: its kind, its place in the order in which things were made, and what it says."""

    kind: str
    number: int
    body: Json


class Store:
    """Only `put` changes anything: what comes out is a copy, except for `view`. The caller holds the lock."""

    def __init__(self, file: Path | None = None) -> None:
        self._documents: dict[str, Document] = {}
        self._of_kind: dict[str, list[str]] = defaultdict(list)
        self._unsaved: set[str] = set()
        self._database = None if file is None else sqlite3.connect(file, check_same_thread=False)
        if self._database is not None:
            self._database.execute(TABLE)
            for identity, kind, number, body in self._database.execute(READ):
                self._documents[identity] = Document(kind, number, json.loads(body))
                self._of_kind[kind].append(identity)

    def put(self, kind: str, body: Json, identity: str = "") -> None:
        """Keep this under its id, instead of what was there."""
        identity = identity or str(body["id"])
        known = self._documents.get(identity)
        number = known.number if known else len(self._documents)
        if known is None:
            self._of_kind[kind].append(identity)
        self._documents[identity] = Document(kind, number, copy.deepcopy(body))
        self._unsaved.add(identity)

    def find(self, identity: str, kind: str = "") -> Json | None:
        """A copy of it, if there is such a thing."""
        found = self._documents.get(identity)
        if found is None or (kind and found.kind != kind):
            return None
        return copy.deepcopy(found.body)

    def newest(self, kind: str, fits: Callable[[Json], bool] = bool, limit: int | None = None) -> list[Json]:
        """Copies of those of a kind that fit, the last made first."""
        return copy.deepcopy(self.view(kind, fits)[:limit])

    def oldest(self, kind: str, fits: Callable[[Json], bool] = bool) -> list[Json]:
        """Copies of those of a kind that fit, the first made first."""
        return self.newest(kind, fits)[::-1]

    def view(self, kind: str, fits: Callable[[Json], bool] = bool) -> list[Json]:
        """Those of a kind that fit, the last made first: the originals, to look at and not to change."""
        bodies = (self._documents[identity].body for identity in reversed(self._of_kind[kind]))
        return [body for body in bodies if fits(body)]

    def save(self) -> None:
        """Write what changed to the file; a crash before this leaves the state from before."""
        if self._database is not None and self._unsaved:
            rows = [(key, self._documents[key]) for key in self._unsaved]
            with self._database:
                self._database.executemany(
                    WRITE, [(key, row.kind, row.number, json.dumps(row.body)) for key, row in rows]
                )
        self._unsaved.clear()

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None
