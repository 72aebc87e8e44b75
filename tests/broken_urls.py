"""The site with a bug in it, for tests of what a bug shows."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from degentalk import urls

SECRET = "what-only-the-code-knows"
handler500 = urls.handler500


def broken(request: HttpRequest) -> HttpResponse:
    secret = SECRET
    with connection.cursor() as cursor:
        cursor.execute("select no_such_column from users where username = %s", [secret])
    return HttpResponse()


urlpatterns = [path("broken", broken), path("api/broken", broken), *urls.urlpatterns]
