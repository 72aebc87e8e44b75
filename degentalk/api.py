"""The API: what the apps offer, its OpenAPI document, a page to try it, and a problem for every other path."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from degentalk.core import problems
from paths.api.staff import StaffPaths

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html"),
        name="api-docs",
    ),
    path("xp/", include("xp.api")),
    path("wallet/", include("wallet.api")),
    path("shop/", include("shop.api")),
    path("", include("payments.api")),
    path("admin/dgt/", include("shop.api.staff")),
    path("admin/xp/paths", StaffPaths.as_view(), name="api-admin-paths"),
    path("", include("xp.api.paths")),
    path("", include("paths.api")),
    re_path(r"", problems.not_found),
]
