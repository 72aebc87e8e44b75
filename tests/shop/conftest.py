"""What tests of the shop's pages share."""

import pytest
from django.test import Client


@pytest.fixture
def window():
    """`window(alice)`: a browser of theirs."""
    from tests.signing_in import sign_in

    def opened(member) -> Client:
        client = Client()
        sign_in(client, member)
        return client

    return opened
