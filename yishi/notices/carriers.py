"""A carrier of SMS as a file says it: where its door is, what is sent, how it is signed, what it answers.

The file is TOML (docs/sms/*.toml are examples, for Aliyun and Tencent too). Every text in it may hold `{phone}`,
`{text}` (with the signature 【…】), `{content}` (without), `{signature}`, `{id}`, `{template}`, and what the notice
says: `{number}`, `{due_on}`, `{title}`. Whatever is not known is empty.
"""

import base64
import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

SIGNING = ("", "aliyun", "tencent")
ENCODINGS = ("form", "json", "query")
PLACE = re.compile(r"\{(\w+)\}")
KNOWN = {
    *("url", "method", "encoding", "sign", "key_id", "key_secret", "headers", "body", "templates", "success"),
    *("failure", "timeout", "phone_prefix"),
}


class BadCarrier(ValueError):
    """Its text is the one line that the operator reads."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What the file says."""

    url: str
    method: str = "POST"
    encoding: str = "form"
    sign: str = ""
    key_id: str = ""
    key_secret: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    success: Mapping[str, Any] = field(default_factory=dict)  # {"path": "Code", "equals": "OK"}; empty: any 2xx
    failure: str = ""  # where the answer says why: "Message"
    timeout: int = 20
    phone_prefix: str = ""  # "+86"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be made."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def read_carrier(path: Path) -> Carrier:
    """The carrier that `path` describes. Raises `BadCarrier`."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCarrier(f"{path}: {error}") from error
    if unknown := sorted(written.keys() - KNOWN):
        raise BadCarrier(f"{path}: unknown name {', '.join(unknown)}; known: {', '.join(sorted(KNOWN))}")
    parts = urlsplit(str(written.get("url", "")))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadCarrier(f"{path}: url must be like https://sms.example.com/send")
    carrier = Carrier(**written)
    if carrier.sign not in SIGNING or carrier.encoding not in ENCODINGS or carrier.method not in {"GET", "POST"}:
        raise BadCarrier(
            f"{path}: method must be GET or POST, encoding {', '.join(ENCODINGS)}, sign aliyun, tencent or nothing"
        )
    if carrier.sign and not (carrier.key_id and carrier.key_secret):
        raise BadCarrier(f"{path}: sign = {carrier.sign!r} needs key_id and key_secret")
    if carrier.sign == "tencent" and carrier.encoding != "json":
        raise BadCarrier(f"{path}: sign = 'tencent' goes with encoding = 'json'")
    return carrier


def call_for(carrier: Carrier, values: Mapping[str, str], code: str, now: datetime) -> Call:
    """The request that sends one message: `values` fill the file's texts, `code` of the notice chooses a template."""
    template = carrier.templates.get(code) or carrier.templates.get("default", "")
    known = {**values, "template": template, "phone": carrier.phone_prefix + values.get("phone", "")}
    body = filled(carrier.body, known)
    headers = {name: str(filled(text, known)) for name, text in carrier.headers.items()}
    if carrier.sign == "aliyun":
        body = aliyun_signed(carrier, body, f"{values.get('id', '')}-{now.timestamp():.3f}", now)
    if carrier.encoding == "json":
        payload = json.dumps(body, ensure_ascii=False)
        headers.setdefault("Content-Type", "application/json; charset=utf-8")
        if carrier.sign == "tencent":
            headers |= tencent_headers(carrier, payload, headers, now)
        return Call(carrier.method, carrier.url, headers, payload.encode())
    flat = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in body.items()
    }
    coded = urlencode(flat, quote_via=quote)
    if carrier.encoding == "query" or carrier.method == "GET":
        return Call(carrier.method, f"{carrier.url}{'&' if '?' in carrier.url else '?'}{coded}", headers, None)
    headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return Call(carrier.method, carrier.url, headers, coded.encode())


def refusal_in(carrier: Carrier, status: int, answer: str) -> str | None:
    """Why the carrier did not take it, as it says; None where it did."""
    try:
        said = json.loads(answer) if answer else {}
    except ValueError:
        said = {}
    why = str(_at(said, carrier.failure) or "") if carrier.failure else ""
    if not 200 <= status < 300:
        return f"HTTP {status} {why}".strip()
    if not carrier.success:
        return None
    value = _at(said, str(carrier.success.get("path", "")))
    wanted = carrier.success.get("equals")
    return None if str(value) == str(wanted) else f"{value} {why}".strip()


def filled(thing: Any, values: Mapping[str, str]) -> Any:
    """`thing` with every `{name}` in its texts filled."""
    if isinstance(thing, str):
        return PLACE.sub(lambda match: str(values.get(match[1], "")), thing)
    if isinstance(thing, Mapping):
        return {name: filled(value, values) for name, value in thing.items()}
    if isinstance(thing, list):
        return [filled(value, values) for value in thing]
    return thing


def _at(said: Any, path: str) -> Any:
    """What stands at "Response.SendStatusSet.0.Code"."""
    for step in path.split("."):
        if isinstance(said, list) and step.isdigit() and int(step) < len(said):
            said = said[int(step)]
        elif isinstance(said, Mapping):
            said = said.get(step)
        else:
            return None
    return said


def aliyun_signed(carrier: Carrier, body: Mapping[str, Any], nonce: str, now: datetime) -> dict[str, str]:
    """The parameters with Aliyun's signature (RPC, version 1.0); no two tries may have the same nonce."""
    parameters = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in body.items()
    } | {
        "AccessKeyId": carrier.key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": nonce,
        "SignatureVersion": "1.0",
        "Timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    ordered = "&".join(f"{quote(name, safe='~')}={quote(parameters[name], safe='~')}" for name in sorted(parameters))
    to_sign = f"{carrier.method}&%2F&{quote(ordered, safe='~')}"
    made = hmac.new(f"{carrier.key_secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    return parameters | {"Signature": base64.b64encode(made).decode()}


def tencent_headers(carrier: Carrier, payload: str, headers: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Tencent's signature (TC3-HMAC-SHA256) over content type and host, as headers."""
    host = urlsplit(carrier.url).netloc
    stamp, day = str(int(now.timestamp())), now.astimezone(UTC).strftime("%Y-%m-%d")
    service = host.split(".")[0]
    canonical = "\n".join(
        [
            *("POST", urlsplit(carrier.url).path or "/", urlsplit(carrier.url).query),
            f"content-type:{headers['Content-Type']}\nhost:{host}\n",
            *("content-type;host", hashlib.sha256(payload.encode()).hexdigest()),
        ]
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(["TC3-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{carrier.key_secret}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return {
        "Host": host,
        "X-TC-Timestamp": stamp,
        "Authorization": f"TC3-HMAC-SHA256 Credential={carrier.key_id}/{scope}, SignedHeaders=content-type;host, "
        f"Signature={signature}",
    }
