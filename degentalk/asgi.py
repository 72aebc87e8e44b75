"""The ASGI entry point for application servers."""

import os

from django.core.asgi import get_asgi_application

from degentalk.core.checks import refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "degentalk.settings")

application = get_asgi_application()
refuse_unsafe_database()
