"""Logs without personal data."""

import copy
import logging
import re

# A query code, an invitation or an id in an address opens somebody's file: the log keeps only the shape.
CODE = re.compile(r"(?<=/)(?=[^/\s?]*\d)[^/\s?]{6,}")
QUERY = re.compile(r"(?<=\S)\?\S*")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


class Line(logging.Formatter):
    """A log line without codes in addresses, query strings and mobile numbers."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django."):
            record = copy.copy(record)
            record.msg, record.args = CODE.sub("…", QUERY.sub("", record.getMessage())), None
        return PHONE.sub("…", super().format(record))


class Expected(logging.Filter):
    """Drops the web server's warning that the guide of installation answers (docs/install.zh-CN.md): whoever tries the
    demo has nothing to do about it."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "tcp_migrate_req" not in record.getMessage()
