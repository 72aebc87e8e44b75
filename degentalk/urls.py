"""Every URL of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("degentalk.api")),
    path("account/", include("degentalk.accounts.urls")),  # stands in for two of allauth's views
    path("account/", include("allauth.urls")),
    path("", include("xp.urls")),
    path("", include("paths.urls")),
    path("", include("shop.urls")),
    path("", include("payments.urls")),
    path("", include("wallet.urls")),
    path("", include("degentalk.forum.urls")),
    path("", include("degentalk.pages.urls")),
]

handler500 = "degentalk.core.problems.server_error"
