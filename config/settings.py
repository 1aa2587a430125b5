"""Settings of the shop; what differs between installations comes from the environment."""

import sys
from pathlib import Path

from django.utils.csp import CSP
from django.utils.log import CallbackFilter
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import OPERATORS
from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = environment.read()

SECRET_KEY = ENV["SECRET_KEY"]
DEBUG = ENV["DEBUG"]
DEMO = ENV["DEMO"]
ALLOWED_HOSTS = ENV["ALLOWED_HOSTS"] or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = ENV["CSRF_TRUSTED_ORIGINS"]

INSTALLED_APPS = [
    "config",
    "eventstore",
    "projections",
    "orders",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "config.apps.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.screens.kept.KeepingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.screens.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orders.screens.context.shop",
            ],
        },
    },
]

DATABASES = {"default": ENV["DATABASE_URL"]}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The log finds the business here, as Django finds addresses in ROOT_URLCONF.
EVENTSTORE = {
    "STREAMS": ["orders.streams", "accounts.streams", "eventstore.process.streams"],
    "SUBSCRIPTIONS": "config.subscriptions",
    "SYSTEMS": "config.systems",
    "OPERATORS": OPERATORS,
    "MAX_BYTES": ENV["EVENT_MAX_BYTES"],
    "SANDBOX": DEMO,
    "PERSONAL_DATA_KEYS": ENV["PERSONAL_DATA_KEYS"],
}

# Celery is a doorbell, never the truth: a bell that cannot be reached costs a request half a second at most,
# and what it would have rung for is found by the next tick.
CELERY_BROKER_URL = ENV["REDIS_URL"]
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "retry_on_timeout": False,
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_EAGER_RESULT = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Or else each task begins with a connection to the database of its own, which takes longer than the task.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# What carries business on has a queue of its own, and every other turn in the worker that empties both: no step of an
# order waits for fifteen tables.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "processes": {}}
# Whoever waits for another system waits in a pool of its own: nothing else is ever behind it.
CELERY_TASK_ROUTES = {
    "eventstore.tasks.carry": {"queue": "processes"},
    "eventstore.tasks.heed": {"queue": "processes"},
    "eventstore.tasks.ask": {"queue": "systems"},
    "orders.systems.partners.tasks.deliver": {"queue": "systems"},
    "orders.systems.payment_provider.tasks.look": {"queue": "systems"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "eventstore.tasks.tick", "schedule": 5.0, "options": {"expires": 5.0}},
    "renew": {"task": "projections.tasks.renew", "schedule": 5.0, "options": {"expires": 5.0}},
    "tidy": {"task": "accounts.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "tell partners": {"task": "orders.systems.partners.tasks.look", "schedule": 2.0, "options": {"expires": 2.0}},
    "look through": {
        "task": "orders.systems.payment_provider.tasks.look",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "forget": {"task": "eventstore.tasks.forget", "schedule": 3600.0, "options": {"expires": 3600.0}},
}

# Whether partners may be told of events at an address of this machine itself, over http: in a demo, and in tests.
PARTNERS_ON_LOOPBACK = DEMO

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "accounts.sessions"

# Signing in and all that belongs to it is done by django-allauth; accounts.screens.urls says how much of it.
ACCOUNT_ADAPTER = "accounts.screens.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # whoever types somebody's address has no mail sent there
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
MFA_ADAPTER = "accounts.screens.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code of half a minute ago, or of a clock that goes wrong by as much
MFA_TOTP_ISSUER = "Kettle & Spade"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV["BEHIND_PROXY"] else 0
STAFF_SECOND_FACTOR = ENV["STAFF_SECOND_FACTOR"]

# How often somebody has guessed is counted here, for all web servers together, and without Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

MAILERS = {"default": ENV["MAIL_URL"]}
DEFAULT_FROM_EMAIL = ENV["MAIL_FROM"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# Where the shop is, and where its money comes in: on invoices, and for whoever sends goods back.
SHOP_ADDRESS = ENV["CARRIER_SENDER"]
SHOP_BANK_ACCOUNT = ENV["SHOP_BANK_ACCOUNT"]

MEDIA_ROOT = ENV["MEDIA_ROOT"]
STATIC_URL = "static/"
STATIC_ROOT = None if DEMO else BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# A demo serves the files where they lie; an installation collects them, named by their content, for a year's cache.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # No address leads there: a label says where somebody lives.
    "labels": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV["MEDIA_ROOT"] / "labels", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_AUTOREFRESH = DEBUG

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not DEMO
# Whoever reaches the shop without a proxy could set the header himself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV["BEHIND_PROXY"] else None
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

LINES = ["in_one_line", "without_rows"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {name: {"()": CallbackFilter, "callback": f"ext://config.faults.{name}"} for name in LINES},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": LINES}},
    "root": {"handlers": ["console"], "level": ENV["LOG_LEVEL"]},
    "loggers": {"stripe": {"level": "WARNING"}},
}
