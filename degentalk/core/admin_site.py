"""The staff's site: Django's admin, entered through the members' sign-in."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class DegentalkAdminSite(AdminSite):
    """Signing in happens in one place, with its rate limits; the look is `templates/admin/base_site.html`."""

    site_header = _("degentalk admin")
    site_title = _("degentalk admin")
    index_title = _("Site administration")
    enable_nav_sidebar = False

    login = method_decorator(secure_admin_login)(AdminSite.login)
