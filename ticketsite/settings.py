"""Settings of the whole site; what differs between machines comes from the environment.

TICKETSITE_ENV=production demands its secrets and turns the locks on; without it this is a development
machine, which makes its own secret in TICKETSITE_VAR and speaks plain HTTP on the loopback.
"""

import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from booking.tickets.keys import development_key, parse_key, parse_keys
from ticketsite import environment
from ticketsite.caches import caches_of
from ticketsite.environment import env
from ticketsite.store_clusters import check_full, parse_store_clusters

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = environment.folder("TICKETSITE_VAR", default=BASE_DIR / "var")
_environment = env.str("TICKETSITE_ENV", default="development")
if _environment not in ("development", "production"):
    # Taken for development, a misspelt "production" would open a shop without its locks.
    raise ImproperlyConfigured(f'TICKETSITE_ENV is "{_environment}": set it to production, or leave it out')
PRODUCTION = _environment == "production"
DEBUG = environment.truth("DEBUG", default=False) and not PRODUCTION


def _required(name: str, why: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {why}")
    return value


def _development_secret() -> str:
    """A secret of this machine's own, made once and readable by its owner only."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


if PRODUCTION:
    SECRET_KEY = _required("SECRET_KEY", "a long random string that signs sessions and tokens.")
    # Keys of before: what was signed or encrypted with them is still read.
    SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
    _hosts = _required("ALLOWED_HOSTS", "the site's host names, separated by commas.")
    ALLOWED_HOSTS = [host.strip() for host in _hosts.split(",") if host.strip()]
else:
    SECRET_KEY = env.str("SECRET_KEY", default="") or _development_secret()
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = [
    "ticketsite",
    "assistant",
    "ticketsite.partners",
    "payments",
    "booking",
    "accounts",
    # It learns of its lists in urls.py: a process that follows seats, or commands, would wait a second for them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
    "django_htmx",
    "simple_history",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ticketsite.page_middleware.PackedPages",
    "ticketsite.page_middleware.ContentPolicy",
    "ticketsite.page_middleware.Sessions",
    "ticketsite.page_middleware.Languages",
    "ticketsite.page_middleware.Zones",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ticketsite.page_middleware.People",
    "ticketsite.page_middleware.office_authors",
    "ticketsite.page_middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ticketsite.queries.only_described_queries",
    "booking.acting.on_behalf_of_the_visitor",
]

ROOT_URLCONF = "ticketsite.urls"
ASGI_APPLICATION = "ticketsite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------
# SQLite needs BEGIN IMMEDIATE, or two writers that both read first deadlock at once instead of queueing.
# Threads of WSGI workers stay (ticketsite/wsgi.py), and keep their connections.
_CONNECTION_PER_THREAD = environment.truth("DATABASE_CONNECTION_PER_THREAD", default=False)
DATABASES = {"default": environment.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'ticketsite.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000;",
    }
elif not _CONNECTION_PER_THREAD:
    # Each request has a thread of its own, so a connection kept open would be kept for nobody: a pool shares them.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 24, "timeout": 10}}
if _CONNECTION_PER_THREAD:
    # One that breaks costs the requests of its threads a 503; asking before each whether it still works costs them all.
    DATABASES["default"]["CONN_MAX_AGE"] = None

REDIS_URL = environment.redis("REDIS_URL")
CACHES = caches_of(redis_url=REDIS_URL, several_processes=PRODUCTION)

# --- The seat store -------------------------------------------------------------------------------
_store_port = environment.whole("STORE_PORT_BASE", default=50051, least=1)
SEAT_STORE_ADDRESSES = environment.addresses(
    "SEAT_STORE_ADDRESSES", default=[f"127.0.0.1:{_store_port + n}" for n in range(3)]
)
# Several clusters by name (store_clusters.py says how); of none, there is one, named main, at the addresses above.
STORE_CLUSTERS = parse_store_clusters(env.str("STORE_CLUSTERS", default=""))
# Those that get no new inventories.
STORE_CLUSTERS_FULL = check_full(env.list("STORE_CLUSTERS_FULL", default=[]), STORE_CLUSTERS)
SEAT_STORE_DEADLINE_S = environment.seconds("SEAT_STORE_DEADLINE_S", default=5.0, least=0.1)
# PEM files: the authority to believe, and the certificate (role application) and key to show. None of them: no TLS.
SEAT_STORE_TLS_CA = env.str("SEAT_STORE_TLS_CA", default="")
SEAT_STORE_TLS_CERT = env.str("SEAT_STORE_TLS_CERT", default="")
SEAT_STORE_TLS_KEY = env.str("SEAT_STORE_TLS_KEY", default="")

# --- Selling --------------------------------------------------------------------------------------
CURRENCY = environment.currency("TICKETSITE_CURRENCY", default="INR")
HOLD_TTL_S = environment.whole("HOLD_TTL_S", default=600, least=1)
PAYMENT_EXTENSION_S = 120
# How long seats are held for somebody who waited for them and is told by mail.
WAITING_OFFER_S = 1800
# How long other seats are held for somebody who paid late and whose own are gone; the money stays reserved meanwhile.
LATE_OFFER_S = 1800
MAX_SEATS_PER_ORDER = 10
# How old may be what a request knows of timetables and prices (booking/remembering.py)?
SALE_FACTS_FRESH_S = environment.seconds("SALE_FACTS_FRESH_S", default=1.0)
DEPARTURE_HORIZON_DAYS = 30

# --- Tickets --------------------------------------------------------------------------------------
# What QR codes are signed with, as booking/tickets/keys.py reads it, and the public keys of before.
if PRODUCTION or env.str("TICKET_SIGNING_KEY", default=""):
    TICKET_SIGNING_KEY = parse_key(
        "TICKET_SIGNING_KEY", _required("TICKET_SIGNING_KEY", "32 random bytes in base64 that sign tickets.")
    )
else:
    TICKET_SIGNING_KEY = development_key(VAR_DIR / "ticket_signing_key")
TICKET_RETIRED_KEYS = parse_keys("TICKET_RETIRED_KEYS", env.list("TICKET_RETIRED_KEYS", default=[]))

# --- Money ----------------------------------------------------------------------------------------
# How long a payment may wait for the customer or the bank to say yes; the seats stay held meanwhile.
PAYMENT_WAIT_S = environment.whole("PAYMENT_WAIT_S", default=600, least=1)
# Addresses of apps to which the bank's page may lead a customer back; of no others.
PAYMENT_RETURN_ADDRESSES = environment.return_addresses("PAYMENT_RETURN_ADDRESSES")
# Where the site can be reached from outside, without a slash at the end; the sandbox sends its webhooks there.
SITE_ADDRESS = environment.web_address("SITE_ADDRESS")
# How long the sandbox's late numbers take.
SANDBOX_LATE_S = environment.seconds("SANDBOX_LATE_S", default=20.0)
# Stripe takes the money where both are set, the sandbox otherwise.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
if bool(STRIPE_SECRET_KEY) != bool(STRIPE_WEBHOOK_SECRET):
    raise ImproperlyConfigured("Set both STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or neither.")

# --- Partners -------------------------------------------------------------------------------------
# Whether webhooks may be sent to addresses that only this machine or its network reaches, and by plain HTTP.
WEBHOOKS_INSIDE = environment.truth("WEBHOOKS_INSIDE", default=not PRODUCTION)

# --- People ---------------------------------------------------------------------------------------
# How many proxies in front of the site may be believed about a client's address.
NUM_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole("NUM_PROXIES", default=0)
# How many live pages may be open from one address in one process: an office or a mobile network's exit shares one.
SOCKETS_PER_ADDRESS = environment.whole("SOCKETS_PER_ADDRESS", default=400 if PRODUCTION else 4_000, least=1)
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Nobody is let in before the address is known to be theirs. Whether an address has an account is told to nobody else:
# sign-up, log-in and a forgotten password look the same with and without one, and the mail says which it was.
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# Beside allauth's own limits, five wrong passwords in five minutes among them: people who buy without an account.
ACCOUNT_RATE_LIMITS = {"guest": "20/m/ip"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "accounts.forms.PasskeyForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ticketsite"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Browsers let passkeys work on http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"
# Signed with SECRET_KEY: only this site reads its tokens. Looked up at each request, so that a token ends with its
# session, and with the password it was got for.
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = environment.whole("ACCESS_TOKEN_S", default=900, least=1)
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "booking:home"
LOGOUT_REDIRECT_URL = "booking:home"
if PRODUCTION:
    vars().update(environment.mail_server("EMAIL_URL", default="smtp://localhost:25"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# The worker does other things too, and tries a mail again a minute later.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="tickets@localhost")

# --- REST -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ticketsite.partners.authentication.KeyAuthentication",
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Guests only where a view lets them in.
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasAccount"],
    "DEFAULT_THROTTLE_CLASSES": [
        "ticketsite.partners.throttles.PersonThrottle",
        "ticketsite.partners.throttles.KeyThrottle",
        "accounts.throttles.AddressThrottle",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "ticketsite.openapi.Description",
    "EXCEPTION_HANDLER": "ticketsite.problems.problem_response",
    # Per address; one household or office shares one. Passwords of one account are guarded more closely. Empty: none.
    "DEFAULT_THROTTLE_RATES": {
        "register": environment.rate("REGISTER_RATE", default="60/min" if PRODUCTION else "2000/min"),
        "login": environment.rate("LOGIN_RATE", default="120/min" if PRODUCTION else "2000/min"),
        "queue-join": environment.rate("QUEUE_JOIN_RATE", default="60/min" if PRODUCTION else "2000/min"),
        "login-account": environment.rate("LOGIN_ACCOUNT_RATE", default="10/min"),
        "guest": environment.rate("GUEST_RATE", default="20/min" if PRODUCTION else "2000/min"),
        # Of everything that has no limit of its own.
        "customer": environment.rate("CUSTOMER_RATE", default="300/min" if PRODUCTION else ""),
        "key": environment.rate("KEY_RATE", default="600/min" if PRODUCTION else ""),
        "address": environment.rate("ADDRESS_RATE", default="3000/min" if PRODUCTION else ""),
    },
    "NUM_PROXIES": NUM_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ticketsite",
    "DESCRIPTION": "Seats on trains and at shows, each sold once.",
    "VERSION": "1.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ticketsite.openapi.describe_problems",
        "ticketsite.openapi_examples.show_examples",
    ],
    # One name for what several answers show.
    "ENUM_NAME_OVERRIDES": {
        "PaymentStatusEnum": "payments.models.Payment.Status",
        "SaleStateEnum": "booking.models.Inventory.State",
        "RunStateEnum": "booking.models.Departure.State",
        "DeliveryStateEnum": "ticketsite.partners.models.WebhookDelivery.State",
        "WaitingRoomStateEnum": "booking.models.WaitingRoom.State",
        "PassDateStyleEnum": "booking.api.passes.DATE_STYLES",
    },
}

# --- The assistant --------------------------------------------------------------------------------
# A server that speaks OpenAI's chat completions, such as http://127.0.0.1:8080/v1; empty: no language model is asked.
ASSISTANT_LLM_URL = environment.web_address("ASSISTANT_LLM_URL")
ASSISTANT_LLM_MODEL = env.str("ASSISTANT_LLM_MODEL", default="")
ASSISTANT_LLM_KEY = env.str("ASSISTANT_LLM_KEY", default="")
# How many tokens a day, in UTC, for one customer (or address), and for all together.
ASSISTANT_LLM_TOKENS_A_DAY = environment.whole("ASSISTANT_LLM_TOKENS_A_DAY", default=50_000)
ASSISTANT_LLM_TOKENS_A_DAY_FOR_ALL = environment.whole("ASSISTANT_LLM_TOKENS_A_DAY_FOR_ALL", default=5_000_000)
if ASSISTANT_LLM_URL and not ASSISTANT_LLM_MODEL:
    raise ImproperlyConfigured("Set ASSISTANT_LLM_MODEL: what the server at ASSISTANT_LLM_URL calls its model.")

# --- Language, time, static -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Each by the name that its speakers give it. A language more: docs/decisions/026-languages.md.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("hi", "हिन्दी")]
# Before what libraries bring along, which in Hindi is little.
FORMAT_MODULE_PATH = ["ticketsite.formats"]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "of_libraries"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "ticketsite.static_files.HashedFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Logs: to standard error, where the process manager collects them; with DEBUG off Django would log to nobody ----
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

# --- The back office ------------------------------------------------------------------------------
# Whoever opens an exported list in a spreadsheet must not run what somebody wrote into a name.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_IMPORT_IGNORE_BLANK_LINES = True

# --- Locks ----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = environment.truth("SECURE_SSL_REDIRECT", default=True)
    # Load balancers ask over plain HTTP, from inside.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = environment.whole("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
