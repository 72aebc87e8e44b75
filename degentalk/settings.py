"""All settings of Degentalk. Every variable it reads, with its default, is in .env.example."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF

from degentalk.core.dev import chain
from degentalk.core.embedded import places
from degentalk.core.environment import REQUIRED, THIS_MACHINE, Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR / ".env")

# Off unless asked for: forgetting a variable must never expose a production site. `make dev` turns it on.
DEBUG = env.switch("DEBUG", False)
HERE = places.of_checkout(BASE_DIR)

SECRET_KEY = env.text("SECRET_KEY", "only-for-development-and-tests" if DEBUG else REQUIRED)
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"] if DEBUG else REQUIRED)
# Where mails lead that no request asked for. Without it the first of the names above.
SITE_HERE = "http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
SITE_URL = env.url("SITE_URL", "", schemes=("http", "https")).rstrip("/") or SITE_HERE
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", [])
SITE_NAME = "Degentalk"

INSTALLED_APPS = [
    "degentalk.core",
    "degentalk.accounts",
    "degentalk.rulebook",
    "degentalk.approvals",
    "wallet",
    "paths",
    "xp",
    "shop",
    "payments",
    "degentalk.forum",
    "degentalk.pages",
    "django_cotton",
    "django_htmx",
    "allauth",
    "allauth.account",
    "knox",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "degentalk.core.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]
if DEBUG:
    INSTALLED_APPS.append("degentalk.demo")  # brings `manage.py seed`; production has neither

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "degentalk.core.middleware.ForEveryone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "degentalk.accounts.middleware.MemberTimeZone",
    "xp.middleware.DailyVisit",
    "degentalk.core.toasts.ToastsOutOfBand",
    "degentalk.core.middleware.NoStoreForMembers",
    "degentalk.core.middleware.BusyPages",
]

ROOT_URLCONF = "degentalk.urls"
WSGI_APPLICATION = "degentalk.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Never on: with it a missing component is a TypeError instead of a clear error.
            "debug": False,
            "builtins": ["degentalk.core.templatetags.degen"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "degentalk.pages.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
COTTON_DIR = "components"
COTTON_SNAKE_CASED_NAMES = False  # components carry the plan's names in kebab case

# ── Database ────────────────────────────────────────────────────────────────────────────────────────────────────────
# One alias, two roles: the application role executes the doors and reads; the owner only migrates. See docs/operations.
DATABASE_LIMITS = "-c lock_timeout=2000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=60000"


def _database(name: str, default: str) -> dict[str, Any]:
    settings = env.database(name, default if DEBUG else REQUIRED)
    settings["OPTIONS"] = {**settings.get("OPTIONS", {}), "options": DATABASE_LIMITS}
    settings["CONN_MAX_AGE"] = 60
    settings["CONN_HEALTH_CHECKS"] = True
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True  # pgbouncer in transaction mode stays possible
    return settings


DATABASES = {"default": _database("DATABASE_URL", HERE.database_url(places.APP_ROLE))}
# Only `migrate` needs the owner: in production the processes of the site should not even know its password.
KNOWS_OWNER = DEBUG or bool(env.text("DATABASE_OWNER_URL", ""))
DATABASE_OWNER = _database("DATABASE_OWNER_URL", HERE.database_url(places.OWNER_ROLE)) if KNOWS_OWNER else {}
DATABASE_GRANTS = "degentalk.grants"
ROLES = "degentalk.roles"  # the groups that migrate writes

# ── Redis protocol: cache and queue ─────────────────────────────────────────────────────────────────────────────────
REDIS_URL = env.url("REDIS_URL", HERE.redis_url() if DEBUG else REQUIRED, schemes=("redis", "rediss", "unix"))
CACHE_PREFIX = env.text("CACHE_PREFIX", "degentalk")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": CACHE_PREFIX,
        "TIMEOUT": 300,
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a task may run twice; each is idempotent by its key
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page never waits for a broker that is down: what a commit promised is in the outbox, and beat sweeps it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "max_retries": 0,
    "socket_connect_timeout": 1,
    "global_keyprefix": f"{CACHE_PREFIX}:queue:",  # sites, and test runs, on one server keep their tasks apart
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "core.deliver_outbox": {"task": "core.deliver_outbox", "schedule": 15.0},
    "core.forget_limits": {"task": "core.forget_limits", "schedule": crontab(minute=25)},
    "core.forget_old": {"task": "core.forget_old", "schedule": crontab(hour=3, minute=10)},
    "xp.pay_pending_rewards": {"task": "xp.pay_pending_rewards", "schedule": 60.0},
    "xp.recompute_levels": {"task": "xp.recompute_levels", "schedule": 60.0},
    "paths.recompute_levels": {"task": "paths.recompute_levels", "schedule": crontab(minute=35)},
    "xp.build_board_buckets": {"task": "xp.build_board_buckets", "schedule": 60.0},
    "xp.forget_refusals": {"task": "xp.forget_refusals", "schedule": crontab(hour=3, minute=40)},
    "wallet.refresh_board": {"task": "wallet.refresh_board", "schedule": 30.0},
    "wallet.seal": {"task": "wallet.seal", "schedule": 300.0},
    "wallet.audit": {"task": "wallet.audit", "schedule": crontab(hour=4, minute=40)},
    "xp.examine": {"task": "xp.examine", "schedule": crontab(hour=4, minute=10)},
    "xp.forget_periods": {"task": "xp.forget_periods", "schedule": crontab(hour=3, minute=20)},
    "payments.settle_waiting": {"task": "payments.settle_waiting", "schedule": 60.0},
    "payments.close_expired": {"task": "payments.close_expired", "schedule": 300.0},
    "payments.watch_chains": {"task": "payments.watch_chains", "schedule": 10.0, "options": {"expires": 10.0}},
    "payments.reconcile": {"task": "payments.reconcile", "schedule": crontab(minute=45)},
    "payments.sweep": {"task": "payments.sweep", "schedule": crontab(hour=5, minute=10)},
    "payments.books": {"task": "payments.books", "schedule": crontab(hour=5, minute=50)},
    "approvals.expire_old": {"task": "approvals.expire_old", "schedule": crontab(hour=3, minute=50)},
}

# ── What is kept for a while ────────────────────────────────────────────────────────────────────────────────────────
IDEMPOTENCY_KEYS_KEPT_DAYS = env.number("IDEMPOTENCY_KEYS_KEPT_DAYS", 90, at_least=1)

# ── Proof of the ledger ─────────────────────────────────────────────────────────────────────────────────────────────
# The seed of the Ed25519 key that signs seals, and public keys that signed before it; see docs/operations.
SEAL_KEY = env.key("SEAL_KEY", b"only-for-development-and-tests!!" if DEBUG else REQUIRED)
SEAL_OLD_PUBLIC_KEYS = env.keys("SEAL_OLD_PUBLIC_KEYS", [])
SEAL_LOG = env.text("SEAL_LOG", "")
AUDIT_FREEZES_WALLETS = env.switch("AUDIT_FREEZES_WALLETS", True)

# ── XP ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
XP_REFUSALS_KEPT_DAYS = env.number("XP_REFUSALS_KEPT_DAYS", 30, at_least=1)

# ── Money ───────────────────────────────────────────────────────────────────────────────────────────────────────────
# Without a key and a secret nobody can pay by card here: the button is absent and its routes answer 503.
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRETS = env.texts("STRIPE_WEBHOOK_SECRETS", [])  # two while one is being replaced by the other
STRIPE_LIVEMODE = env.switch("STRIPE_LIVEMODE", not DEBUG)  # events and payments of the other mode are left alone
STRIPE_API_BASE = env.service("STRIPE_API_BASE", "https://api.stripe.com")
# In development something on this machine may stand in for Stripe: it shows the page to pay on too, and pages say so.
IS_SANDBOX = DEBUG and urlsplit(STRIPE_API_BASE).hostname in THIS_MACHINE
STRIPE_CHECKOUT_ORIGIN = STRIPE_API_BASE.rstrip("/") if IS_SANDBOX else "https://checkout.stripe.com"
# The chains that USDT is taken on; docs/treasurer.md says how.
USDT_CHAINS = env.objects("USDT_CHAINS", [])
# In whole USDT: for more than that two providers of a chain must agree.
USDT_AGREE_ABOVE = env.number("USDT_AGREE_ABOVE", 500, at_least=0)
# In development a sandbox may stand in for the chains: its wallet pays on the page of an order, and pages say so.
USDT_SANDBOX_URL = chain.home_of(USDT_CHAINS) if DEBUG else ""
# Whether what is paid above the price becomes DGT by itself; else staff decide. Cards are always charged exactly.
SURPLUS_IS_CREDITED = env.switch("SURPLUS_IS_CREDITED", False)
# How long an order can be paid. Stripe takes 30 minutes to a day.
ORDER_MINUTES = env.number("ORDER_MINUTES", 60, at_least=35, at_most=1_400)

# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
# Usernames are unique without regard to case by an index on UPPER(username), which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
ACCOUNT_ADAPTER = "degentalk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "degentalk.accounts.forms.LoginForm", "signup": "degentalk.accounts.forms.SignupForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # mail when the password or an address changes
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_SESSION_REMEMBER = True  # signed in for two weeks, whether one signed up or in
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_REDIRECT_URL = "pages:home"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"

EMAIL = env.email("EMAIL_URL", "consolemail://" if DEBUG else REQUIRED)
vars().update(EMAIL)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Degentalk <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── Language and time ───────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # what our words exist in: Django's own in another language would stand among them
FORMAT_MODULE_PATH = "degentalk.core.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# ── Static files ────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ── Web security (MONEY.md, W) ──────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # load balancers ask over plain HTTP
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.switch("BEHIND_TLS_PROXY", False):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # limits count the visitor's address, not the proxy's
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Answered alike whoever asks, and without looking who does: caches in front may keep these.
PATHS_FOR_EVERYONE = {"/economy/seals.json"}

# ── API ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "degentalk.accounts.authentication.ApiTokenAuthentication",
        "degentalk.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["degentalk.accounts.permissions.SignedInWithScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["degentalk.core.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "degentalk.core.problems.handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"
MIGRATION_MODULES = {"knox": None}  # its own token table would stay empty: ours replaces it
REST_KNOX = {
    "TOKEN_PREFIX": "dgt_pat_",
    "TOKEN_TTL": timedelta(days=90),
    "AUTH_HEADER_PREFIX": "Bearer",
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Degentalk API",
    "DESCRIPTION": "XP, levels and DGT of Degentalk. Errors are problem documents (RFC 9457).",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "SCHEMA_PATH_PREFIX": "/api",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "degentalk.core.problems.document_problems",
    ],
}

# ── Logs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # Django's own handler would say everything twice
        "stripe": {"level": "WARNING"},  # at INFO it names every address that it asks
    },
}
