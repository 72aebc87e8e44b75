"""What tests of pages share."""

import pytest


@pytest.fixture
def warm(client):
    """Visit a page so that whatever is cached for seconds is fresh: then its queries can be counted."""
    from degentalk.rulebook import services as rulebook

    def visit(path):
        rulebook.forget()
        return client.get(path)

    return visit
