"""The file of settings, read by the program itself: service, command line and jobs cannot differ.

A line is `NAME=VALUE`; one that is empty or begins with `#` or `;` says nothing. The value is what stands behind the
first `=`, without the blanks around it; `&`, `$`, `#`, backslashes and blanks within are letters like others. It may
stand in one pair of quotes, '…' or "…", which then do not belong to it. Nothing is expanded.
"""

from pathlib import Path


class BadFile(ValueError):
    """Its text is what the operator reads, with the number of the line."""


def parse(text: str) -> dict[str, str]:
    """name: value of every line. Raises `BadFile`."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        name, equals, value = line.partition("=")
        name = name.strip().removeprefix("export ").strip()
        if not equals or not name.isidentifier():
            raise BadFile(f"line {number}: must be NAME=VALUE")
        if name in values:
            raise BadFile(f"line {number}: {name} stands twice")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name] = value
    return values


def read(path: Path) -> dict[str, str]:
    """What the file says. Raises `BadFile`, also where it cannot be read."""
    try:
        return parse(path.read_text("utf-8"))
    except PermissionError as error:
        raise BadFile("may be read by the service's account only: run this as that account") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"cannot be read ({error})") from error
