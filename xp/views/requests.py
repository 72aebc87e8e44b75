"""What XP's views are called with."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from degentalk.accounts.models import User


class HtmxRequest(HttpRequest):
    """A request after the middleware of HTMX."""

    htmx: HtmxDetails
    user: User | AnonymousUser
