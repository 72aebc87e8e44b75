"""What tests of approvals share."""

import pytest


@pytest.fixture(autouse=True)
def greeting(monkeypatch):
    """A kind of the tests' own; whoever may adjust XP may ask for it and decide about it."""
    from degentalk.approvals import registry
    from tests.approvals.asking import KIND, greet

    kind = registry.Kind(KIND, "Greeting", "xp.adjust_xp", greet)
    monkeypatch.setitem(registry.kinds, KIND, kind)
