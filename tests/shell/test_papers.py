"""Papers are printed and edited; who has no part in the matter gets none."""

import io
import zipfile

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.formats.test_paper import needs_fonts, needs_poppler, read
from tests.kept import kept
from tests.story import Story
from yishi.commitments.services import letter_send
from yishi.database.reach import everything
from yishi.deliberation.services.minutes import minutes_write
from yishi.formats.letters import BOX

pytestmark = pytest.mark.django_db


@kept
def story(cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
        minutes_write(actor=story.by("convener"), sitting=story.sitting, text="各方同意缓交。")
        story.agree().hand_over()
        letter_send(actor=story.by("handler"), commitment=story.commitment, text="请按期办理")
    return story


def addresses(story):
    letter = story.commitment.events.get(kind="letter")
    sitting, agreement = story.sitting.pk, story.agreement.pk
    return [
        reverse("notice_pdf", args=[sitting]),
        reverse("notice_docx", args=[sitting]),
        reverse("sign_in_pdf", args=[sitting]),
        reverse("minutes_pdf", args=[sitting]),
        reverse("minutes_docx", args=[sitting]),
        reverse("agreement_pdf", args=[agreement]),
        reverse("agreement_docx", args=[agreement]),
        reverse("letter_pdf", args=[letter.pk]),
        reverse("letter_docx", args=[letter.pk]),
    ]


def test_it_works(client, cast, story):
    sign_in(client, cast, "clerk")
    for address in addresses(story):
        response = client.get(address)
        assert response.status_code == 200, address
        if address.endswith(".pdf"):
            assert response.content.startswith(b"%PDF-")
        else:
            names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
            assert "word/document.xml" in names


def test_the_posters_code_leads_to_the_room(client, cast):
    sign_in(client, cast, "convener")
    assert client.get(reverse("venue_poster", args=[cast.venue.pk])).content.startswith(b"%PDF-")


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "former_member"])
def test_others_get_no_paper(client, cast, story, who):
    sign_in(client, cast, who)
    assert {client.get(address).status_code for address in addresses(story)} == {404}


@needs_fonts
@needs_poppler
def test_text_5_letters_that_cannot_be_printed_are_named_before_and_on_the_paper(client, cast, story):
    rare = "\U0003f000"  # no character is there, so no font of any machine carries it
    type(story.agreement).objects.filter(pk=story.agreement.pk).update(text=f"由李{rare}负责")
    sign_in(client, cast, "clerk")
    address = reverse("agreement_pdf", args=[story.agreement.pk])
    page = client.get(address)
    assert page["Content-Type"].startswith("text/html")
    words = page.content.decode()
    assert rare in words and "U+3F000" in words and f"{address}?anyway=1" in words
    printed = client.get(address, {"anyway": "1"})
    assert f"由李{BOX}负责" in read(printed.content) and f"由李{BOX}负责：U+3F000" in read(printed.content)
    assert client.get(reverse("agreement_docx", args=[story.agreement.pk])).status_code == 200
    assert client.get(reverse("notice_pdf", args=[story.sitting.pk])).content.startswith(b"%PDF-")  # no such letter
