"""T8: the map of promises is complete, and every test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([LSUAWT]\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
COUNTS = {"L": 30, "S": 28, "U": 25, "A": 17, "W": 18, "T": 10}


def rows():
    return ROW.findall((ROOT / "docs/promises.md").read_text())


def test_every_promise_is_in_the_map():
    expected = [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
    assert [row[0] for row in rows()] == expected


def test_every_promise_names_a_test_or_says_not_yet():
    assert [number for number, _promise, shown in rows() if "`tests/" not in shown and "not yet" not in shown] == []


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/promises.md").read_text())
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text()
    ]
    assert missing == []
    assert len(named) > 40
