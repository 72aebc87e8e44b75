"""What pages are compared with: a board in a plain template, three queries with session and member, and no more."""

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from xp.models import UserXp

ROWS = 50
TEMPLATE = Engine().from_string(
    """<!doctype html><html lang="en"><head><title>Members by XP</title></head><body><p>{{ member.username }}</p><table>
{% for row in rows %}<tr><td>{{ forloop.counter }}</td><td><a href="{{ row.user.get_absolute_url }}">
{{ row.user.username }}</a></td><td>{{ row.level }}</td><td>{{ row.xp }}</td></tr>{% endfor %}</table></body></html>"""
)


def bare(request: HttpRequest) -> HttpResponse:
    """The first of a board, behind the same middleware as every page."""
    rows = UserXp.objects.listed().select_related("user")[:ROWS]
    return HttpResponse(TEMPLATE.render(Context({"member": request.user, "rows": rows})))


urlpatterns = [path("bare", bare), path("", include("degentalk.urls"))]
