"""The WSGI entry point for application servers."""

import os

from django.core.wsgi import get_wsgi_application

from degentalk.core.checks import refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "degentalk.settings")

application = get_wsgi_application()
refuse_unsafe_database()
