"""How messages leave the house: mail by SMTP, SMS through an interface; files where nothing else is set up."""

import json
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `id` is the delivery's id: a sender that can, refuses the same id twice."""

    id: str
    address: str
    text: str
    subject: str = ""


class Sender(Protocol):
    def send(self, message: Message) -> None:
        """Send it or raise; returning means that the carrier has taken it."""


class FileSender:
    """Writes each message as one file, named by its id: the default until a carrier is set up, and for tests."""

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


def sender_for(channel: str) -> Sender:
    """The sender that the settings name for a channel."""
    if channel == "mail" and settings.SMTP_URL:
        return SmtpSender(settings.SMTP_URL, settings.MAIL_FROM)
    return FileSender(Path(settings.OUTBOX_DIR) / channel)
