"""Words written with a verdict reach whoever supervises, always; and the bearer if whoever wrote them agrees."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from yishi.commitments.services import verdict_give
from yishi.organisations.query_codes import code_issue
from yishi.web.kit.middleware import QUERY_CODE_KEY

pytestmark = pytest.mark.django_db
WORDS = "只修了20米"


def said(cast, checked, **given):
    commitment = checked()
    verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="not_satisfied", text=WORDS, **given)
    return commitment


def read_by(client, cast, commitment, who):
    sign_in(client, cast, who)
    page = client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    assert "1" in page
    return WORDS in page


def test_forms_8_the_convener_reads_them_where_one_villager_raised_it(client, cast, checked):
    commitment = said(cast, checked)
    assert read_by(client, cast, commitment, "clerk")


@pytest.mark.parametrize("agrees", [False, True])
def test_forms_8_the_bearer_reads_them_if_the_villager_agrees(client, cast, checked, agrees):
    commitment = said(cast, checked, bearer_reads=agrees)
    assert read_by(client, cast, commitment, "handler") is agrees


def test_forms_8_the_villager_is_asked_on_the_page(client, cast, checked, all_files):
    commitment = checked()
    code = code_issue(cast.people["villager"], "AAAABBBBCC")
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    page = client.get(reverse("judge_one", args=[commitment.pk])).content.decode()
    assert 'name="bearer_reads"' in page and "办理单位" in page
    sent = {"value": "partly", "text": WORDS, "bearer_reads": "on"}
    assert client.post(reverse("judge_one", args=[commitment.pk]), sent).status_code == 302
    assert commitment.verdicts.get().bearer_reads
    assert not client.get(reverse("judge_one", args=[commitment.pk])).content.decode().count(WORDS)
