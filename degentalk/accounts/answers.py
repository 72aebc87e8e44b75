"""How pages answer forms: once per key, with or without a reload."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from degentalk.accounts.models import User
from degentalk.core import idempotency
from degentalk.core.errors import KeyInFlight, KeyMissing, KeyReused, TooOften
from degentalk.core.forms import KeyedForm
from degentalk.core.limits import Limit

SEE_OTHER = 303

Fact = dict[str, Any]
"""What a verb did, as it is remembered for the form's key."""


class HtmxRequest(HttpRequest):
    """A request after the middleware of HTMX."""

    htmx: HtmxDetails
    user: User | AnonymousUser


def once(
    actor: User,
    form: KeyedForm,
    endpoint: str,
    facts: Fact,
    verb: Callable[[], Fact],
    *,
    limit: Limit | None = None,
) -> Fact | None:
    """What the verb did for this form's key, now or the first time. None if refused: then the form says why.

    The answer is remembered for the key, `facts`, and everything the form holds. `limit` counts attempts of the actor.
    """
    written = {name: value for name, value in form.cleaned_data.items() if name not in {"key", "seen"}}
    key, request = form.cleaned_data["key"], facts | written
    try:
        answer = idempotency.run(actor=actor, endpoint=endpoint, key=key, request=request, verb=verb, limit=limit)
    except (KeyInFlight, TooOften) as error:
        # The first sending may still succeed: the form keeps its key, so that trying again cannot post twice.
        form.add_error(None, str(error))
    except KeyReused:
        form.refuse(_("This form was sent before, with another text. Send it again to post this one too."))
    except KeyMissing:
        form.refuse(_("This form had lost a part on the way. Send it again."))
    else:
        if not answer.refused:
            form.is_replayed = answer.replayed
            return answer.body
        form.refuse(answer.body["detail"], code=answer.body["code"])
    return None


def signed_out(request: HtmxRequest, then: str) -> HttpResponse:
    """Sign in and come back. With HTMX the page stays, and with it what was written; its script says what to do."""
    return HttpResponse(status=401) if request.htmx else see_other(sign_in_url(then))


def sign_in_url(then: str) -> str:
    """The sign-in page, which leads on to `then`."""
    return redirect_to_login(then).url


def elsewhere(request: HtmxRequest, url: str) -> HttpResponse:
    """Go to another page, also from within one."""
    return HttpResponseClientRedirect(url) if request.htmx else see_other(url)


def see_other(url: str) -> HttpResponse:
    """Read there what came of it: a reload of the answer sends no form again."""
    response = redirect(url)
    response.status_code = SEE_OTHER
    return response


def status_of(form: Form) -> int:
    """A form that is shown again with errors was not processed."""
    return 422 if form.errors else 200


def whole(figure: int) -> str:
    """A figure as it reads in a sentence."""
    return str(number_format(figure, use_l10n=True, force_grouping=True))
