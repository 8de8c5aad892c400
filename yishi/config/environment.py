"""The environment, read once, loudly: an unknown or malformed value stops the start with one line.

Every setting stands in `SETTINGS`, from which `docs/settings.md` is checked. What the environment does not say, the
file of settings says (`settings_file.py`): the one that YISHI_ENV_FILE names, else /etc/yishi.env where there is one.
The program reads it itself, so that no command works on another, empty installation because its shell did not.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from yishi.kit.sealing import BadKeys, KeyRing
from yishi.notices.carriers import read_carrier

from . import settings_file

ON_SQLITE = 2  # web processes at most: all write through one lock, and a third one would mostly wait


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
        number = int(value) if value.isascii() and value.isdigit() else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return read


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _faces(value: str) -> frozenset[str]:
    faces = frozenset(_list(value))
    if not faces or not faces <= {"inner", "public", "member"}:
        raise ValueError("must be inner, public, member or several of them: inner,public")
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


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise ValueError("must be like smtp://user:password@host:587 or smtps://user:password@host:465")
    _ = parts.port  # raises ValueError for what is no port
    return value


def _carrier(value: str) -> str:
    if value:
        read_carrier(Path(value))
    return value


def _program(value: str) -> str:
    if value and not os.access(value, os.X_OK):
        raise ValueError(f"{value} is no program that this account may run")
    return value


def _database_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/")):
        raise ValueError("must be like postgres://user:password@host:5432/name")
    unknown = parse_qs(parts.query).keys() - {"host", *POSTGRES_OPTIONS}
    if unknown:
        raise ValueError(f"unknown option {', '.join(sorted(unknown))}; known: host, {', '.join(POSTGRES_OPTIONS)}")
    _ = parts.port
    return value


def _register_keys(value: str) -> KeyRing | None:
    return KeyRing.parse(value) if value else None


FILE = "YISHI_ENV_FILE"
WELL_KNOWN = Path("/etc/yishi.env")
REGISTER_KEYS = "register-keys"  # in the data folder
POSTGRES_OPTIONS = ("sslmode", "sslrootcert", "connect_timeout", "target_session_attrs")
SETTINGS = [
    Setting(FILE, "/etc/yishi.env", _text, "file of settings, for what the environment does not say; empty: none"),
    Setting("YISHI_DATA_DIR", "var", _text, "folder for the database, files and keys"),
    Setting("YISHI_HOST", "127.0.0.1", _text, "address on which `./run` listens"),
    Setting("YISHI_PORT", "8000", _number(1, 65535), "port on which `./run` listens"),
    Setting("YISHI_WORKERS", "0", _number(0, 64), "web worker processes; 0: one per core, on SQLite two at most"),
    Setting("YISHI_JOBS", "1", _flag, "1: `./run` also runs the jobs (messages, clocks); 0 where another process does"),
    Setting("YISHI_DEBUG", "0", _flag, "1 shows technical error pages; never on a machine that others reach"),
    Setting(
        "YISHI_DEMO",
        "1",
        _flag,
        "1 lets `./run` load the demo, whose people anybody can be, into an empty database; 0 with YISHI_HTTPS=1",
    ),
    Setting("YISHI_SECRET_KEY", "", _text, "key for sessions and codes; empty: made once in YISHI_DATA_DIR/secret-key"),
    Setting(
        "YISHI_REGISTER_KEYS",
        "",
        _register_keys,
        "keys of the register's identity numbers; empty: made once in YISHI_DATA_DIR/register-keys",
    ),
    Setting("YISHI_ALLOWED_HOSTS", "", _list, "host names the site answers to, by comma; empty: this machine only"),
    Setting("YISHI_PUBLIC_URL", "", _address, "address of the public door, printed in QR codes and messages"),
    Setting(
        "YISHI_INNER_URL", "", _address, "address of the inner desks, printed on invitations; empty: the public one"
    ),
    Setting("YISHI_MEMBER_URL", "", _address, "address at which members sign in; empty: that of the inner desks"),
    Setting(
        "YISHI_SOURCE_URL",
        "",
        _address,
        "where the source of this version is offered (asked by the licence), for the footer",
    ),
    Setting(
        "YISHI_FACES", "inner,public", _faces, "which faces this process serves: inner (desks), public (door), member"
    ),
    Setting("YISHI_HTTPS", "0", _flag, "1 behind a proxy with TLS: secure cookies, HSTS, X-Forwarded-Proto"),
    Setting("YISHI_PROXIES", "0", _number(0, 5), "how many trusted proxies add to X-Forwarded-For"),
    Setting(
        "YISHI_SMTP_URL", "", _mail_server, "smtp://user:password@host:port or smtps://…; empty: mail goes into files"
    ),
    Setting("YISHI_MAIL_FROM", "yishi@localhost", _text, "sender of mail"),
    Setting(
        "YISHI_SMS_SENDER",
        "file",
        _choice("file", "http", "command"),
        "how SMS are sent; file: written to YISHI_DATA_DIR/outbox and told by hand",
    ),
    Setting("YISHI_SMS_HTTP", "", _carrier, "file that describes the carrier's door, for YISHI_SMS_SENDER=http"),
    Setting("YISHI_SMS_COMMAND", "", _program, "program that sends an SMS, for YISHI_SMS_SENDER=command"),
    Setting("YISHI_SMS_SIGNATURE", "议事", _text, "the signature 【…】 before every SMS"),
    Setting("DATABASE_URL", "", _database_url, "postgres://user:password@host:port/name; empty: SQLite"),
]
# Read by the test command only.
TEST_NAMES = {
    "YISHI_TEST_DATABASE_URL": "a PostgreSQL server for the tests",
    "YISHI_TEST_DATABASE": "which database the tests run on",
    "YISHI_TEST_DRAW": "which of the long walks are drawn",
    "YISHI_ORACLE_DIR": "published consultations for the oracle tests",
}


def together(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, and behind it what the file of settings says. Raises `BadSetting`."""
    named = environ.get(FILE)
    path = Path(named) if named else WELL_KNOWN
    if named == "" or (named is None and not path.exists()):
        return dict(environ)
    try:
        written = settings_file.read(path)
    except settings_file.BadFile as error:
        raise BadSetting(f"yishi: {path}: {error}") from error
    for name in written:
        if name not in {setting.name for setting in SETTINGS} or name == FILE:
            raise BadSetting(f"yishi: {path}: unknown setting {name}; docs/settings.md lists all settings")
    return {**written, **environ}


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name without the prefix, in lower case. Raises `BadSetting`."""
    environ = together(environ)
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
    return _fitting(values)


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """What settings ask of each other, and defaults that follow from others. Raises `BadSetting`."""
    if values["https"]:
        if not values["allowed_hosts"]:
            raise BadSetting("yishi: YISHI_HTTPS=1 needs YISHI_ALLOWED_HOSTS, the host names of the site")
        if values["debug"]:
            raise BadSetting("yishi: YISHI_DEBUG=1 shows inner details; it cannot go with YISHI_HTTPS=1")
        if values["demo"]:
            raise BadSetting("yishi: the demo lets anybody sign in as anybody; YISHI_HTTPS=1 needs YISHI_DEMO=0")
        if not values["proxies"]:
            raise BadSetting("yishi: YISHI_HTTPS=1 needs YISHI_PROXIES, the number of trusted proxies in front")
        if not values["public_url"].startswith("https://"):
            raise BadSetting("yishi: YISHI_HTTPS=1 needs YISHI_PUBLIC_URL beginning with https://")
    for sender, name in (("http", "sms_http"), ("command", "sms_command")):
        if values["sms_sender"] == sender and not values[name]:
            raise BadSetting(f"yishi: YISHI_SMS_SENDER={sender} needs YISHI_{name.upper()}")
    cores = len(os.sched_getaffinity(0))
    values["workers"] = values["workers"] or (cores if values["database_url"] else min(cores, ON_SQLITE))
    # Passkeys and a person's browser know "localhost", not 127.0.0.1 or "all addresses".
    host = "localhost" if values["host"] in {"127.0.0.1", "0.0.0.0", "::", "::1"} else values["host"]  # noqa: S104
    values["public_url"] = values["public_url"] or f"http://{host}:{values['port']}"
    faces = values["faces"]
    if "inner" in faces and "public" in faces:
        values["inner_url"] = values["inner_url"] or values["public_url"]
    elif "inner" in faces and not values["inner_url"]:
        raise BadSetting("yishi: YISHI_FACES=inner needs YISHI_INNER_URL, the address of the inner desks")
    if "member" in faces and "inner" not in faces and not values["member_url"]:
        raise BadSetting(
            "yishi: YISHI_FACES with member needs YISHI_MEMBER_URL, the address at which members sign in; the process "
            "of the inner desks needs the same, for invitations"
        )
    values["member_url"] = values["member_url"] or values["inner_url"]
    values["allowed_hosts"] = values["allowed_hosts"] or sorted({"localhost", "127.0.0.1", "[::1]", host})
    return values


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's database settings for `url`; SQLite in `data_dir` without one."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data_dir / "yishi.sqlite3"),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,  # opening one and its PRAGMAs costs more than many a query
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
    try:
        parts = urlsplit(_database_url(url))
    except ValueError as error:
        raise BadSetting(f"yishi: DATABASE_URL: {error}") from error
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,  # a restarted server costs no page
        "OPTIONS": {
            # Pages ask short questions: compiling one takes longer than answering it.
            "options": "-c jit=off",
            **query,
            "pool": {"min_size": 1, "max_size": 8, "timeout": 15},
        },
    }


def secret_key(given: str, data_dir: Path) -> str:
    """The given key, or the one in the data folder, made at the first start and readable by its owner only."""
    if given:
        return given
    path = data_dir / "secret-key"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    except FileExistsError:
        pass
    return path.read_text().strip()


def register_keys(given: KeyRing | None, data_dir: Path) -> KeyRing:
    """The given keys, or those in the data folder, made at the first start and readable by their owner only.

    Written beside and linked into place: of two processes that start at once, the second reads the keys of the first.
    """
    if given is not None:
        return given
    path = data_dir / REGISTER_KEYS
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = data_dir / f".{REGISTER_KEYS}.{os.getpid()}"
        with os.fdopen(
            os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR), "w"
        ) as file:
            file.write(KeyRing.generate().written())
            os.fsync(file.fileno())
        beside.chmod(stat.S_IRUSR)
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    try:
        return KeyRing.parse(path.read_text())
    except (BadKeys, OSError) as error:
        raise BadSetting(f"yishi: {path} holds no keys of the register: {error}; restore it from a backup") from error
