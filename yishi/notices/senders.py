"""How messages leave the house: mail by SMTP, SMS by a carrier's door or a program; files where nothing is set up.

What is written into a file has not left the house: it is to be told by hand, and is never called sent.
"""

import http.client
import json
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from .carriers import Carrier, call_for, read_carrier, refusal_in


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `id` is the delivery's id: a sender that can, refuses the same id twice."""

    id: str
    address: str
    text: str
    subject: str = ""
    content: str = ""  # the text without the signature, for carriers that add it themselves
    code: str = ""  # of the notice
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(OSError):
    """The carrier did not take it, and says why."""


class Unknown(Exception):
    """Nobody knows whether the carrier has it: a person decides."""


class Sender(Protocol):
    def send(self, message: Message) -> None:
        """Send it or raise: returning means that the carrier has taken it; OSError, that it has not; `Unknown`, that
        nobody knows. A sender with `by_hand = True` only writes it down for somebody to tell."""


class FileSender:
    """Writes each message as one file, named by its id, until a carrier is set up: somebody tells it by hand."""

    by_hand = True

    def __init__(self, folder: Path):
        self.folder = folder

    def send(self, message: Message) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{message.id}.json"
        if path.exists():  # taken already
            return
        part = path.with_suffix(".part")
        content = {"to": message.address, "text": message.text, "subject": message.subject}
        content["at"] = timezone.now().isoformat()
        part.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        part.replace(path)


class SmtpSender:
    """Mail through the server of YISHI_SMTP_URL (smtp://user:password@host:port, smtps://…)."""

    def __init__(self, url: str, sender: str):
        self.parts = urlsplit(url)
        self.sender = sender

    def send(self, message: Message) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.address, message.subject
        mail["Date"] = format_datetime(timezone.localtime())
        mail["Message-ID"] = f"<{message.id}@{self.sender.partition('@')[2] or 'yishi'}>"
        mail.set_content(message.text)
        host, port = self.parts.hostname or "localhost", self.parts.port
        if self.parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=20, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port or 25, timeout=20)
        with server:
            if self.parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if self.parts.username:
                server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
            server.send_message(mail)


def _filled_in(name: str, value: str) -> str:
    """What a carrier's template is filled with; of a day that may still move, in few letters, that it may."""
    return value.removesuffix("?") + "（暂定）" if name == "due_on" and value.endswith("?") else value


class HttpSender:
    """SMS by the door of a carrier, as its file describes it (carriers.py)."""

    def __init__(self, carrier: Carrier):
        self.carrier = carrier

    def send(self, message: Message) -> None:
        values = {name: _filled_in(name, str(value)) for name, value in message.params.items()} | {
            "id": message.id,
            "phone": message.address,
            "text": message.text,
            "content": message.content or message.text,
            "signature": settings.SMS_SIGNATURE,
        }
        call = call_for(self.carrier, values, message.code, timezone.now())
        request = urllib.request.Request(call.url, call.body, dict(call.headers), method=call.method)  # noqa: S310  http(s): read_carrier
        try:
            with urllib.request.urlopen(request, timeout=self.carrier.timeout) as answer:  # noqa: S310
                status, said = answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            status, said = error.code, error.read().decode("utf-8", "replace")
        except urllib.error.URLError as error:  # no connection: it was not sent
            raise Refused(str(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:  # sent, and no answer came
            raise Unknown(type(error).__name__) from error
        why = refusal_in(self.carrier, status, said)
        if why is not None:
            raise Refused(why)


class CommandSender:
    """SMS by a program of the house: it reads one message as JSON and ends with 0 where the carrier has taken it."""

    def __init__(self, command: str, timeout: int = 60):
        self.command, self.timeout = command, timeout

    def send(self, message: Message) -> None:
        told = json.dumps(asdict(message) | {"params": dict(message.params)}, ensure_ascii=False)
        try:
            done = subprocess.run(  # noqa: S603  a program that the operator's settings name, without a shell
                [self.command], input=told, capture_output=True, text=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Unknown(f"no end after {self.timeout} s") from error
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise Refused(f"exit code {done.returncode} {''.join(last)}".strip())


def sender_for(channel: str) -> Sender:
    """The sender that the settings name for a channel."""
    if channel == "mail" and settings.SMTP_URL:
        return SmtpSender(settings.SMTP_URL, settings.MAIL_FROM)
    if channel == "sms" and settings.SMS_SENDER == "http":
        return HttpSender(read_carrier(Path(settings.SMS_HTTP)))
    if channel == "sms" and settings.SMS_SENDER == "command":
        return CommandSender(settings.SMS_COMMAND)
    return FileSender(Path(settings.OUTBOX_DIR) / channel)
