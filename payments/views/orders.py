from django.http import HttpRequest, HttpResponse


def order(request: HttpRequest, public_id: object) -> HttpResponse:
    return HttpResponse("")
