"""Django's settings, from the environment (see environment.py)."""

from functools import partial
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from . import environment

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "yishi"
ENV = environment.read()
DATA_DIR = Path(ENV["data_dir"]) if Path(ENV["data_dir"]).is_absolute() else ROOT / ENV["data_dir"]

SECRET_KEY = environment.secret_key(ENV["secret_key"], DATA_DIR)
REGISTER_KEYS = environment.register_keys(ENV["register_keys"], DATA_DIR)
REGISTER_KEYS_FILE = None if ENV["register_keys"] else DATA_DIR / environment.REGISTER_KEYS
DEBUG = ENV["debug"]
ALLOWED_HOSTS = ENV["allowed_hosts"]
FACES = ENV["faces"]
PUBLIC_URL = ENV["public_url"]
INNER_URL = ENV["inner_url"]
MEMBER_URL = ENV["member_url"]
SOURCE_URL = ENV["source_url"]  # where users find the source of what runs here (AGPL, section 13)
HTTPS = ENV["https"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "yishi.journal",
    "yishi.people",
    "yishi.notices",
    "yishi.organisations",
    "yishi.attachments",
    "yishi.commitments",
    "yishi.deliberation",
    "yishi.proposals",
    "yishi.assistance",
    "yishi.crossings",
    "yishi.reporting",
    "yishi.web",
    "yishi.config",
]

MIDDLEWARE = [
    "yishi.config.proxies.ClientAddressMiddleware",
    "yishi.web.kit.middleware.AddressMiddleware",
    "yishi.web.kit.middleware.SizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yishi.web.kit.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yishi.web.kit.sessions.SessionLimitsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yishi.web.kit.middleware.ViewerMiddleware",
    "yishi.web.kit.private.PrivateMiddleware",
    "yishi.web.kit.demo.DemoMiddleware",
    "yishi.web.kit.middleware.UnprintableMiddleware",
    "yishi.web.kit.received.ReceivedMiddleware",
    "yishi.web.kit.uploads.UploadsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yishi.config.urls"
WSGI_APPLICATION = "yishi.config.wsgi.application"
DATABASE_OF = partial(environment.database, data_dir=DATA_DIR)  # for `yishi move`: another one, by its address
DATABASES = {"default": environment.database(ENV["database_url"], DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "yishi.web.kit.widgets.Renderer"
_loaders = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],  # ours before a library's of the same name
        "OPTIONS": {
            # `./run dev`: read at each request, so that a saved template is seen at the next reload.
            "loaders": _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "yishi.web.shell.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "yishi.web.kit.page_tags", "yishi.web.kit.list_tags"],
            "libraries": {
                "money": "yishi.web.assistance.projects.money_tags",
                "outcomes": "yishi.web.commitments.outcome_tags",
            },
        },
    }
]

# Sign-in
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "yishi.web.shell.lockout.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
# "login_failed" counts wrong codes of the second lock, per account; axes counts wrong passwords (web/shell/signin.py).
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Yishi"
# A village shares one address: the pair account + address is locked, nobody can lock a stranger's account elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # its log would carry account names
AXES_LOCKOUT_CALLABLE = "yishi.web.shell.lockout.locked_out"
SESSION_ENGINE = "yishi.web.kit.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # desks are shared: also where somebody is signed in without the sign-in page
SESSION_COOKIE_AGE = 12 * 3600  # at the longest, however busy
SESSION_IDLE_SECONDS = 30 * 60  # a desk that somebody left
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "yishi.web.kit.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "yishi-session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "yishi-csrf"

# Transport and headers
TRUSTED_PROXIES = ENV["proxies"]
SILENCED_SYSTEM_CHECKS: list[str] = []
if HTTPS:
    # The neighbours of our host name are not ours to promise for: no includeSubDomains, no preload list.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = True
    CSRF_TRUSTED_ORIGINS = [
        f"https://*{host}" if host.startswith(".") else f"https://{host}" for host in ALLOWED_HOSTS if host != "*"
    ]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = sorted(path.parent for path in (PACKAGE / "locale").rglob("zh_Hans"))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

INSTALLATION_SECONDS = 2  # how long a page may show an old site name

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
# Not collected, or edited at this moment (`./run dev`): serve the sources.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "yishi.config.static.Files"},
}
FONTS_DIR = ROOT / "frontend" / "fonts-built"  # TTF files for PDF; `./run` puts them there
FILES_DIR = DATA_DIR / "files"
WAITING_DIR = DATA_DIR / "waiting"  # uploads of forms that are sent again in a moment; encrypted, for a day
ERROR_PAGES = ROOT / "docs" / "nginx" / "errors"  # the proxy shows them where this does not answer
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
REQUEST_MAX_BYTES = 64 * 1024 * 1024  # of one form with its files; the proxy in front takes as much
PHOTO_MAX_BYTES = 20 * 1024 * 1024
PHOTO_MAX_PIXELS = 110_000_000  # a JPEG, which is unpacked small: 12,000 × 9,000
PICTURE_MAX_PIXELS = 16_000_000  # what must be unpacked whole
HEIC_MAX_PIXELS = 26_000_000  # its reader needs eight bytes for each
PROGRESSIVE_MAX_BYTES = 160 * 1024 * 1024  # a progressive JPEG is held whole, two bytes for each sample
SCAN_MAX_PIXELS = 36_000_000  # a page of A4 at 600 dots an inch

# Jobs, messages
MAIL_FROM = ENV["mail_from"]
SMTP_URL = ENV["smtp_url"]
SMS_SENDER = ENV["sms_sender"]
SMS_HTTP = ENV["sms_http"]
SMS_COMMAND = ENV["sms_command"]
SMS_SIGNATURE = ENV["sms_signature"]
OUTBOX_DIR = DATA_DIR / "outbox"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Several processes count wrong tries together only in a cache that they share: a table of the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}
DEMO = ENV["demo"]

# Logs name no person: no account, no phone, no address with a code in it (logs.py).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "yishi.config.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "ERROR"},
        "yishi": {"level": "INFO"},
    },
}
