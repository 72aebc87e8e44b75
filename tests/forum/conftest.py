"""Who is signed in, for tests of pages."""

import pytest
from django.test import Client


@pytest.fixture
def sign_in():
    """`sign_in(user)`: a browser of theirs."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
