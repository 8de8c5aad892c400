"""Messages leave the house by a carrier's door, by a program or by mail; what only went into a file is told by hand."""

import json
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from tests.cast import sign_in
from yishi.config.environment import BadSetting
from yishi.config.environment import read as read_settings
from yishi.database.reach import everything
from yishi.kit.ids import uuid7
from yishi.notices import senders
from yishi.notices.carriers import BadCarrier, Carrier, aliyun_signed, call_for, read_carrier, tencent_headers
from yishi.notices.models import Delivery
from yishi.notices.outbox import run_outbox
from yishi.notices.senders import CommandSender, FileSender, HttpSender, Message, Refused, SmtpSender, Unknown
from yishi.notices.services import tell
from yishi.people.models import Person

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "sms").glob("*.toml"))
MESSAGE = Message(
    "01900000-0000-7000-8000-000000000001",
    "13900000000",
    "【议事】已答复",
    content="已答复",
    code="worry.answered",
    params={"number": "1"},
)


@pytest.fixture
def door():
    """A carrier's door that remembers what came, and answers what it is told to."""

    class Door(BaseHTTPRequestHandler):
        came, status, answer = [], 200, {"Code": "OK"}

        def do_POST(self):
            Door.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])).decode()))
            if Door.status == 0:  # took it, and the line broke
                self.connection.close()
                return
            self.send_response(Door.status)
            self.end_headers()
            self.wfile.write(json.dumps(Door.answer).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Door.url = f"http://127.0.0.1:{server.server_port}/send"
    yield Door
    server.shutdown()
    server.server_close()


def carrier(door, **more) -> Carrier:
    body = {"to": "{phone}", "text": "{text}", "id": "{id}", "number": "{number}{unknown}"}
    success = {"path": "Code", "equals": "OK"}
    return Carrier(**{"url": door.url, "encoding": "json", "body": body, "success": success, "failure": "Why", **more})


def test_operating_3_an_sms_goes_through_the_door_of_a_carrier(door):
    HttpSender(carrier(door, headers={"Authorization": "Bearer x"})).send(MESSAGE)
    headers, sent = door.came[0]
    assert headers["Authorization"] == "Bearer x"
    assert json.loads(sent) == {"to": "13900000000", "text": "【议事】已答复", "id": MESSAGE.id, "number": "1"}


def test_operating_3_what_a_carrier_refuses_is_said_and_what_nobody_knows_is_in_doubt(door):
    door.answer = {"Code": "isv.LIMIT", "Why": "触发流控"}
    with pytest.raises(Refused, match="isv.LIMIT 触发流控"):
        HttpSender(carrier(door)).send(MESSAGE)
    door.status = 503
    with pytest.raises(Refused, match="HTTP 503"):
        HttpSender(carrier(door)).send(MESSAGE)
    door.status = 0
    with pytest.raises(Unknown):
        HttpSender(carrier(door)).send(MESSAGE)
    with pytest.raises(Refused):
        HttpSender(carrier(door, url="http://127.0.0.1:9/send")).send(MESSAGE)


def test_operating_3_a_program_sends_an_sms_and_its_end_says_whether(tmp_path):
    program = tmp_path / "send-sms"
    came_to = tmp_path / "came"
    program.write_text(f'#!/bin/sh\ncat > {came_to}\ngrep -q 139 {came_to} || {{ echo "no number" >&2; exit 3; }}')
    program.chmod(0o700)
    CommandSender(str(program)).send(MESSAGE)
    came = json.loads(came_to.read_text())
    assert (came["address"], came["text"], came["params"]) == ("13900000000", "【议事】已答复", {"number": "1"})
    with pytest.raises(Refused, match="exit code 3 no number"):
        CommandSender(str(program)).send(Message("1", "1", "x"))
    program.write_text("#!/bin/sh\nexec sleep 9")
    with pytest.raises(Unknown):
        CommandSender(str(program), timeout=1).send(MESSAGE)


def test_operating_3_the_signatures_are_those_that_the_carriers_publish():
    aliyun = Carrier(url="https://x", method="GET", sign="aliyun", key_id="testid", key_secret="testsecret")
    published = {"Action": "DescribeRegions", "Format": "XML", "Version": "2014-05-26"}
    at = datetime(2016, 2, 23, 12, 46, 24, tzinfo=UTC)
    signed = aliyun_signed(aliyun, published, "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", at)
    assert signed["Signature"] == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    tencent = Carrier(
        url="https://cvm.tencentcloudapi.com", encoding="json", sign="tencent",
        key_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", key_secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )  # fmt: skip
    payload = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    content_type = {"Content-Type": "application/json; charset=utf-8"}
    headers = tencent_headers(tencent, payload, content_type, datetime.fromtimestamp(1551113065, UTC))
    assert headers["Authorization"].endswith("72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_operating_3_every_example_of_a_carrier_makes_a_request(path):
    call = call_for(read_carrier(path), {"phone": "13900000000", "content": "已答复", "id": "1"}, "x", timezone.now())
    assert call.body and b"13900000000" in call.body.replace(b"%2B86", b"")


@pytest.mark.parametrize(
    ("text", "said"),
    [("url = 1", "url must be"), ("url", "="), ('url = "https://a"\nurls = 1', "unknown name urls")]
    + [('url = "https://a"\nsign = "aliyun"', "key_id"), ('url = "https://a"\nsign = "x"', "sign aliyun, tencent")],
)
def test_operating_3_a_faulty_carrier_stops_the_start_with_one_line(tmp_path, text, said):
    file = tmp_path / "sms.toml"
    file.write_text(text)
    with pytest.raises(BadCarrier, match=said):
        read_carrier(file)
    with pytest.raises(BadSetting, match=r"YISHI_SMS_HTTP: .*sms\.toml") as stopped:
        read_settings({"YISHI_ENV_FILE": "", "YISHI_SMS_SENDER": "http", "YISHI_SMS_HTTP": str(file)})
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(("sender", "missing"), [("http", "YISHI_SMS_HTTP"), ("command", "YISHI_SMS_COMMAND")])
def test_operating_3_a_sender_asks_for_what_it_needs(sender, missing):
    with pytest.raises(BadSetting, match=missing):
        read_settings({"YISHI_ENV_FILE": "", "YISHI_SMS_SENDER": sender})


def test_operating_3_a_mail_says_when_it_was_written(monkeypatch):
    sent = []

    class Server:
        def __init__(self, *_, **__): ...
        def __enter__(self):
            return self

        def __exit__(self, *_): ...
        def has_extn(self, _name):
            return False

        def send_message(self, mail):
            sent.append(mail)

    monkeypatch.setattr(senders.smtplib, "SMTP", Server)
    SmtpSender("smtp://mail.example:25", "yishi@example.gov.cn").send(Message("1", "a@example.gov.cn", "正文", "题目"))
    said = parsedate_to_datetime(message_from_bytes(bytes(sent[0]))["Date"])
    assert abs((said - timezone.now()).total_seconds()) < 60


@pytest.fixture
def written(cast, tmp_path) -> Delivery:
    with everything():
        person = Person.objects.create(name="村民丁", phone="13912345678")
    tell(
        person=person, code="worry.answered", params={"number": "1"}, subject=("worry", uuid7()), once="x",
        channels=("app", "sms"),
    )  # fmt: skip
    assert run_outbox(senders={"sms": FileSender(tmp_path)}) == 0, "nothing was sent"
    return Delivery.objects.get()


def test_operating_3_what_went_into_a_file_is_to_be_told_by_hand_and_not_called_sent(written):
    assert (written.state, written.sent_at) == ("written", None)
    with translation.override("zh-hans"):
        assert written.get_state_display() == "已写下，待人工通知"


def test_operating_3_the_administrator_finds_whom_to_tell_and_ticks_it(client, cast, written):
    sign_in(client, cast, "administrator")
    assert reverse("outbox") in client.get(reverse("administration")).content.decode()
    page = client.get(reverse("outbox")).content.decode()
    assert reverse("outbox") in page.split("<main")[0], "in the menu"
    assert "13912345678" in page and "村民丁" in page and "都发出去了" not in page
    client.post(reverse("outbox_decide", args=[written.pk]), {"told": "1"})
    written.refresh_from_db()
    assert (written.state, written.told_by) == ("told", cast.people["administrator"])
    assert "13912345678" not in client.get(reverse("outbox")).content.decode()


@pytest.mark.migrations
@pytest.mark.django_db(transaction=True)
def test_operating_3_earlier_sms_are_no_longer_called_sent(written):
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    import_module("yishi.notices.migrations.0002_told_by_hand").say_what_was_written(
        apps, SimpleNamespace(connection=connection)
    )
    written.refresh_from_db()
    assert (written.state, written.sent_at) == ("written", None)
