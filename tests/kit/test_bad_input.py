"""Bad input, through the pages: each gets a sentence in Chinese that says what to do, and what was typed stays."""

import html
import io
import re
import struct
import zlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.assistance.imports.test_organisation import workbook
from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.assistance.imports.services.steps import imports_work
from yishi.attachments.models import Attachment
from yishi.cli import places as places_verb
from yishi.commitments.models import Commitment, TimeRequest
from yishi.deliberation.models import Agreement, Draw, ProcessVersion, Study, Worry
from yishi.deliberation.services.processes import process_file, process_shipped
from yishi.journal.act import acting_at
from yishi.journal.models import Entry
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.organisations.services.venues import venue_code_reissue
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

TYPED = "村口的路灯坏了半个月，晚上老人不敢出门"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@kept
def story(cast):
    return Story(cast)


def send(client, name, *args, **fields):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **fields})


def words(response) -> str:
    """What stands on the page: its text, and what its fields hold."""
    page = response.content.decode()
    page = re.sub(r"<script.*?</script>|<head>.*?</head>", "", page, flags=re.S)
    held = re.findall(r'value="([^"]*)"', page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page) + " ".join(held)))


def refused(response, *expected) -> None:
    """The same page again, with every one of these on it, and marked as an error for a screen reader."""
    assert response.status_code == 422
    assert b'role="alert"' in response.content
    page = words(response)
    for one in expected:
        assert one in page


def nothing_happened() -> bool:
    return not Entry.objects.exists() and not Worry.objects.exists()


def huge_photo() -> SimpleUploadedFile:
    """A PNG of 10,000 × 8,000 pixels that weighs less than 100 KB: true in every byte, and a bomb when opened."""
    width, height = 10_000, 8_000
    rows = zlib.compress(b"\x00" * ((width // 8 + 1) * height), 9)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert len(data) < 100_000
    return SimpleUploadedFile("村口.png", data, content_type="image/png")


class TestWorries:
    def raise_one(self, client, **fields):
        return send(client, "raise_worry_at", "MN0000TEST", **{"text": TYPED, "theme": "roads", **fields})

    def test_it_works(self, client, cast):
        assert self.raise_one(client).status_code == 302
        assert Worry.objects.get().text == TYPED

    @pytest.mark.parametrize("text", ["", "   \n　"])
    def test_an_empty_one(self, client, cast, text):
        refused(self.raise_one(client, text=text, raiser_name="村民丁"), "请用一两句话写下您要反映的事", "村民丁")
        assert nothing_happened()

    def test_one_of_ten_thousand_characters(self, client, cast):
        long = "长" * 10_000
        refused(self.raise_one(client, text=long, raiser_phone="13900000000"), long, "10000", "2000", "13900000000")
        assert nothing_happened()

    def test_a_phone_that_is_none(self, client, cast):
        refused(self.raise_one(client, raiser_phone="没有"), TYPED, "没有", "不是电话号码")
        assert nothing_happened()

    def test_a_photo_of_eighty_megapixels(self, client, cast):
        refused(self.raise_one(client, photo=huge_photo()), TYPED, "16,000,000", "您写的内容还在")
        assert nothing_happened() and not Attachment.objects.exists()

    @pytest.mark.parametrize(
        "data", [b"MZ\x90\x00 a program", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8"]
    )
    def test_a_fake_photo(self, client, cast, data):
        fake = SimpleUploadedFile("a.jpg", data, content_type="image/jpeg")
        refused(self.raise_one(client, photo=fake), TYPED, "不是照片", "您写的内容还在")
        assert nothing_happened() and not Attachment.objects.exists()

    def test_a_dead_qr_code_says_so_and_leads_on(self, client, cast):
        venue_code_reissue(actor=cast.viewer("convener"), venue=cast.venue)
        for name in ("venue_door", "raise_worry_at"):
            response = client.get(reverse(name, args=["MN0000TEST"]), follow=True)
            assert response.status_code == 410
            assert "旧二维码，已经更换" in words(response)
            assert reverse("raise_worry") in response.content.decode()

    def test_a_worry_typed_while_the_code_was_replaced_is_not_lost(self, client, cast):
        venue_code_reissue(actor=cast.viewer("convener"), venue=cast.venue)
        refused(self.raise_one(client, theme=""), TYPED)
        assert self.raise_one(client).status_code == 302
        worry = Worry.objects.get()
        assert (worry.text, worry.place.name, worry.venue) == (TYPED, "牟尼村", None)


class TestQueryCodes:
    def test_a_wrong_code_twenty_times(self, client, cast, story):
        code = story.raise_worry().code
        for number in range(20):
            response = send(client, "follow", code="AAAABBBBC" + "0123456789"[number % 10])
            refused(response, "AAAABBBBC")
        assert "输错次数太多" in words(response) and "再试" in words(response)
        assert send(client, "follow", code=code).status_code == 302, "the right one opens: a village shares an address"

    @pytest.mark.parametrize("code", ["", "' OR 1=1 --", "一二三四五", "x" * 5000])
    def test_what_is_no_code(self, client, cast, code):
        assert send(client, "follow", code=code).status_code == 422


class TestDueDates:
    def test_a_duty_due_in_the_past(self, client, cast, story):
        story.raise_worry().take_up().study_it().fill_seats().sit().stand()
        sign_in(client, cast, "convener")
        send(client, "agreement_new", story.matter.pk, text="缓交半年")
        agreement = Agreement.objects.get()
        page = send(client, "duty_new", agreement.pk, act="付清两季租金", due_on="2020-01-01", proof_expected="凭证")
        refused(page, "付清两季租金", "2020-01-01", "凭证")
        assert not agreement.duties.exists()

    @pytest.mark.parametrize("day", ["2020-01-01", "2026-02-30", "明年", "9999999-01-01"])
    def test_more_time_until_a_day_that_is_none(self, client, cast, story, day):
        story.raise_worry().take_up().study_it().fill_seats().sit().stand().agree().hand_over()
        sign_in(client, cast, "company_head")
        page = send(client, "commitment_time", story.commitment.pk, due_on=day, reason="雨季到了，没法施工")
        refused(page, "雨季到了，没法施工", day)
        assert not TimeRequest.objects.exists()

    def test_an_event_in_the_past_is_accepted_marked_and_starts_no_clock(self, client, cast, story):
        with acting_at(timezone.now() - timedelta(days=500)):
            story.raise_worry()
        story.take_up()
        sign_in(client, cast, "convener")
        long_ago = timezone.localdate() - timedelta(days=400)
        page = send(client, "study_new", story.matter.pk, question="租金为何付不出", opened_on=long_ago.isoformat())
        assert page.status_code == 302
        study = Study.objects.get()
        assert study.opened_on == long_ago
        assert "补录" in words(client.get(reverse("matter_studies", args=[story.matter.pk])))
        story.matter.refresh_from_db()
        assert story.matter.step_due_on is None or story.matter.step_due_on >= timezone.localdate()

    def test_an_event_in_the_future_has_not_happened(self, client, cast, story):
        story.raise_worry().take_up()
        sign_in(client, cast, "convener")
        day = (timezone.localdate() + timedelta(days=3)).isoformat()
        refused(
            send(client, "study_new", story.matter.pk, question="租金为何付不出", opened_on=day), "租金为何付不出", day
        )
        assert not Study.objects.exists()


class TestAgreements:
    def test_a_duty_without_bearer(self, client, cast, story):
        story.raise_worry().take_up().study_it().fill_seats().sit().stand()
        sign_in(client, cast, "convener")
        send(client, "agreement_new", story.matter.pk, text="缓交半年")
        agreement = Agreement.objects.get()
        send(client, "duty_new", agreement.pk, act="付清两季租金")
        for party in story.matter.parties.all():
            send(client, "consent_new", agreement.pk, party=str(party.pk), way="paper")
        page = send(client, "agreement_record", agreement.pk)
        refused(page, "第1")
        agreement.refresh_from_db()
        assert agreement.state == Agreement.State.DRAFT and not Commitment.objects.exists()
        assert "付清两季租金" in words(client.get(reverse("matter_agreement", args=[story.matter.pk])))

    def test_a_draw_larger_than_its_list(self, client, cast, story):
        story.raise_worry().take_up("one_seven_n")
        sign_in(client, cast, "convener")
        before = Person.within.count()
        names = "群众甲 13800000001\n群众乙"
        page = send(
            client, "draw_new", story.matter.pk, seat_class="drawn", wanted="9", names=names, number_source="福彩下期"
        )
        refused(page, "要抽9人", "名单只有2人", "群众甲 13800000001", "福彩下期")
        assert not Draw.objects.exists() and Person.within.count() == before


class TestFiles:
    @pytest.mark.parametrize(
        ("rows", "row", "reason"),
        [
            ("54,西藏自治区,province,\n5401,拉萨市,prefectures,54\n", "3", "prefectures"),
            ("54,西藏自治区,province,\n5402,,prefecture,54\n", "3", "没有填名称"),
            ("54,西藏自治区,province,\n540102,城关区,county,5401\n", "3", "5401"),
        ],
    )
    def test_a_malformed_place_csv(self, tmp_path, capsys, rows, row, reason):
        path = tmp_path / "places.csv"
        path.write_text("code,name,level,parent_code\n" + rows, "utf-8")
        assert places_verb.run(["load", str(path)]) == 1
        said = capsys.readouterr().out
        assert f"第{row}行" in said.replace(" ", "") and reason in said
        assert not Place.objects.filter(code__startswith="54").exists() and not Entry.objects.exists()

    def test_a_workbook_with_bad_rows(self, client, cast):
        sign_in(client, cast, "administrator")
        good = ["甲局", "部门", "牟定县", "", "", "", ""]
        data = workbook(bodies=[good, ["乙局", "怪类别", "牟定县", "", "", "", ""]])
        fields = {"kind": "organisation", "file": SimpleUploadedFile("机构.xlsx", data), "act_id": str(uuid7())}
        sent = client.post(reverse("import_new"), fields)
        imports_work()
        page = client.get(sent.url)
        assert "有 1 行不能导入" in words(page) and "机构 5 类别 没有“怪类别”这种机构类别" in words(page)
        assert not Body.objects.filter(name__in=["甲局", "乙局"]).exists(), "nothing is half-loaded"

    @pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"PK\x03\x04 half a workbook"])
    def test_what_is_no_workbook(self, client, cast, data):
        sign_in(client, cast, "administrator")
        page = send(client, "import_new", kind="organisation", file=SimpleUploadedFile("机构.xlsx", data))
        assert page.status_code == 422 and b'role="alert"' in page.content

    def test_a_model_file_with_an_unknown_role(self, client, cast):
        sign_in(client, cast, "clerk")
        text = process_file(process_shipped("qr")).replace('role = "handler"', 'role = "wizard"')
        before = ProcessVersion.objects.count()
        file = SimpleUploadedFile("模式.toml", text.encode())
        refused(send(client, "process_upload", owner=cast.bodies["office"].pk, file=file), "不认识的责任人角色“wizard”")
        assert ProcessVersion.objects.count() == before

    @pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"[[steps", b"", b"x = 1\n" * 100_000])
    def test_what_is_no_model_file(self, client, cast, data):
        sign_in(client, cast, "clerk")
        page = send(client, "process_upload", owner=cast.bodies["office"].pk, file=io.BytesIO(data))
        assert page.status_code == 422 and b'role="alert"' in page.content
