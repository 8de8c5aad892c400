"""Settings for the tests: fast passwords, a folder of their own, SQLite or the PostgreSQL that the run names."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="yishi-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("YISHI_DATA_DIR", str(_folder))
os.environ.setdefault("YISHI_ENV_FILE", "")  # not the settings of an installation on this machine
os.environ.setdefault("YISHI_SECRET_KEY", "a key for tests only")

from yishi.cli.messages import compile_all  # noqa: E402
from yishi.config import environment  # noqa: E402
from yishi.config.settings import *  # noqa: E402, F403

compile_all()  # the tests read the Chinese that people read

if os.environ.get("YISHI_TEST_DATABASE") == "postgresql":
    DATABASES = {"default": environment.database(os.environ["YISHI_TEST_DATABASE_URL"], _folder)}
    DATABASES["default"]["OPTIONS"] = {}  # pytest's own connections, no pool
else:
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
INSTALLATION_SECONDS = 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
