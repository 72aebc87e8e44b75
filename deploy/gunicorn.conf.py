"""Gunicorn for production: `gunicorn --config deploy/gunicorn.conf.py`.

Another address or number is a word on the command line or in GUNICORN_CMD_ARGS; WEB_CONCURRENCY sets the workers.
"""

from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a file without a name in it

wsgi_app = "degentalk.wsgi:application"
bind = "127.0.0.1:8000"
worker_class = "gthread"
threads = 4

# Settings are read once, before any worker starts: what is wrong with them ends gunicorn with one sentence instead of
# being said again by every worker that it tries to start.
preload_app = True

timeout = 30
graceful_timeout = 30
keepalive = 5
# Workers are renewed now and then, not all at once, so that a slow leak never matters.
max_requests = 5000
max_requests_jitter = 500
accesslog = "-"
# A worker's sign of life must not wait for a slow disk.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
