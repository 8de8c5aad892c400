"""The environment, read once, loudly: an unknown or malformed value stops the start with one line.

Every setting stands in `SETTINGS`, from which `docs/settings.md` is checked.
"""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class BadSetting(SystemExit):
    """Stops the start; its text is the one line that the operator sees."""


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    read: Callable[[str], Any]
    text: str  # what it does, for docs/settings.md


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("must be 1 or 0")


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value) if value.lstrip("-").isdigit() else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return read


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _faces(value: str) -> frozenset[str]:
    faces = frozenset(_list(value))
    if not faces or not faces <= {"inner", "public"}:
        raise ValueError("must be inner, public or inner,public")
    return faces


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in allowed:
            raise ValueError("must be " + " or ".join(allowed))
        return value

    return read


def _address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc or value.endswith("/")):
        raise ValueError("must be like https://yishi.example.gov.cn, without a slash at the end")
    return value


SETTINGS = [
    Setting("YISHI_DATA_DIR", "var", _text, "folder for the database, files and keys"),
    Setting("YISHI_HOST", "127.0.0.1", _text, "address on which `./run` listens"),
    Setting("YISHI_PORT", "8000", _number(1, 65535), "port on which `./run` listens"),
    Setting("YISHI_WORKERS", "1", _number(1, 64), "web worker processes"),
    Setting("YISHI_DEBUG", "0", _flag, "1 shows technical error pages; never on a machine that others reach"),
    Setting("YISHI_DEMO", "1", _flag, "1 lets `./run` load the demo into an empty database"),
    Setting("YISHI_SECRET_KEY", "", _text, "key for sessions and codes; empty: made once in YISHI_DATA_DIR/secret-key"),
    Setting("YISHI_ALLOWED_HOSTS", "", _list, "host names the site answers to, by comma; empty: this machine only"),
    Setting("YISHI_PUBLIC_URL", "", _address, "address of the public door, printed in QR codes and messages"),
    Setting("YISHI_FACES", "inner,public", _faces, "which faces this process serves: inner (desks), public (door)"),
    Setting("YISHI_HTTPS", "0", _flag, "1 behind a proxy with TLS: secure cookies, HSTS, X-Forwarded-Proto"),
    Setting("YISHI_PROXIES", "0", _number(0, 5), "how many trusted proxies add to X-Forwarded-For"),
    Setting("YISHI_SMTP_URL", "", _text, "smtp://user:password@host:port or smtps://…; empty: mail goes into files"),
    Setting("YISHI_MAIL_FROM", "yishi@localhost", _text, "sender of mail"),
    Setting("YISHI_SMS_SENDER", "file", _choice("file"), "how SMS are sent; file: written to YISHI_DATA_DIR/outbox"),
    Setting("YISHI_SMS_SIGNATURE", "议事", _text, "the signature 【…】 before every SMS"),
    Setting("DATABASE_URL", "", _text, "postgres://user:password@host:port/name; empty: SQLite in YISHI_DATA_DIR"),
]
# Read by the test command only.
TEST_NAMES = {
    "YISHI_TEST_DATABASE_URL": "a PostgreSQL server for the tests",
    "YISHI_TEST_DATABASE": "which database the tests run on",
    "YISHI_ORACLE_DIR": "published consultations for the oracle tests",
}


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name without the prefix, in lower case. Raises `BadSetting`."""
    known = {setting.name for setting in SETTINGS} | TEST_NAMES.keys()
    for name in sorted(environ):
        if name.startswith("YISHI_") and name not in known:
            raise BadSetting(f"yishi: unknown setting {name}; docs/settings.md lists all settings")
    values = {}
    for setting in SETTINGS:
        try:
            values[setting.name.removeprefix("YISHI_").lower()] = setting.read(
                environ.get(setting.name, setting.default)
            )
        except ValueError as error:
            raise BadSetting(f"yishi: {setting.name}: {error}") from error
    return values


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's database settings for `url`; SQLite in `data_dir` without one."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data_dir / "yishi.sqlite3"),
            "OPTIONS": {
                # Without IMMEDIATE, read-then-write transactions fail with "locked" under load.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
                    "PRAGMA mmap_size=134217728; PRAGMA cache_size=-32000;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("yishi: DATABASE_URL: must be like postgres://user:password@host:5432/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 15}},
    }


def secret_key(given: str, data_dir: Path) -> str:
    """The given key, or the one in the data folder, made at the first start and readable by its owner only."""
    if given:
        return given
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(48)
        path.write_text(key + "\n")
        path.chmod(stat.S_IRUSR)
        return key
