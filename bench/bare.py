"""What pages are compared with: a board in a plain template, three queries with session and member, and no more.

And what webhooks are compared with: a POST that keeps what was posted.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

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


@csrf_exempt
def kept(request: HttpRequest) -> HttpResponse:
    """The least that keeps what was posted, behind the same middleware."""
    with connection.cursor() as cursor:
        cursor.execute("insert into bench_posts (body) values (%s)", [request.body.decode()])
    return HttpResponse(status=204)


urlpatterns = [path("bare", bare), path("kept", kept), path("", include("degentalk.urls"))]
