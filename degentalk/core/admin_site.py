"""The staff's site: Django's admin, entered through the members' sign-in."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from degentalk.core import notices


class DegentalkAdminSite(AdminSite):
    """Signing in happens in one place, with its rate limits; the look is `templates/admin/base_site.html`."""

    site_header = _("degentalk admin")
    site_title = _("degentalk admin")
    index_title = _("Site administration")
    enable_nav_sidebar = False

    login = method_decorator(secure_admin_login)(AdminSite.login)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page, with what the apps have to say to this member of staff."""
        return super().index(request, {"notices": notices.of(request), **(extra_context or {})})
