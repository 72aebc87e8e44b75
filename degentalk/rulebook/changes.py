"""What is different between two versions of the rules, in words. Knows no rule itself."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]


def between(before: Any, after: Any) -> list[str]:
    """One line for each difference, such as “xp › actions › post_created › base: 10 → 15”."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    changed = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return [f"{' › '.join(path)}: {old.get(path, '∅')} → {new.get(path, '∅')}" for path in changed]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and value and all(isinstance(row, list) and row for row in value):
        for row in value:  # a table: its first column names the row
            yield from _leaves(row[1:], (*path, str(row[0])))
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
