"""Sections of the rules, registered by the apps in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Rules = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One app's part of the rules."""

    name: str
    read: Callable[[], Any]
    """Reads the app's tunables as JSON without floats (multipliers are integer basis points)."""
    validate: Callable[[Rules], None]
    """Looks at the whole draft and raises RuleError with a sentence if it must not come into force."""


@dataclass
class Registry:
    sections: dict[str, Section] = field(default_factory=dict)

    def read(self) -> Rules:
        """The draft: every section as its app's tables say now."""
        return {name: section.read() for name, section in sorted(self.sections.items())}

    def validate(self, draft: Rules) -> None:
        for section in self.sections.values():
            section.validate(draft)


registry = Registry()


def register(*, section: str, read: Callable[[], Any], validate: Callable[[Rules], None]) -> None:
    """Make an app's tunables part of every rule set."""
    registry.sections[section] = Section(section, read, validate)
