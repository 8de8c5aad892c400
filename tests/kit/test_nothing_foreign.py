"""What somebody tries who knows an id, a number or a way round: they learn nothing of a family that is not theirs to
look after, and nobody confirms by their own word what needs a second one."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.assistance.helping import Helping
from tests.assistance.keeping import Keeping, card
from tests.assistance.pairs import Paired
from tests.assistance.works import Works
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from tests.proposals.proposing import Proposed
from yishi.assistance.deeds.models import Activity, Deed, PossibleDuplicate
from yishi.assistance.deeds.services.activities import activity_open
from yishi.assistance.deeds.services.deeds import deed_claim
from yishi.assistance.deeds.services.duplicates import duplicate_decide
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.projects.services.contracts import households_reach
from yishi.assistance.register.services.members import member_leave
from yishi.assistance.register.services.register import household_relocate
from yishi.database.reach import everything
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.query_codes import code_issue
from yishi.reporting import figures
from yishi.reporting.fold import fold_all
from yishi.reporting.question import Question
from yishi.reporting.small_numbers import Reader
from yishi.web.kit.middleware import QUERY_CODE_KEY

pytestmark = pytest.mark.django_db


@kept
def helping(cast):
    with everything():
        return Helping(cast)


def send(client, name: str, *args, **given):
    return client.post(reverse(name, args=args), {"act_id": str(uuid7()), **given})


def by_code(client, cast, who: str):
    """The phone on which somebody typed the ten characters of their slip."""
    with everything():
        code = code_issue(cast.people[who], "AAAABBBBCC")
    session = client.session
    session[QUERY_CODE_KEY] = str(code.pk)
    session.save()
    return client


def test_a_members_query_code_opens_none_of_what_the_member_recorded(client, cast, helping):
    with everything():
        deed = helping.record()
        opened = activity_open(actor=cast.viewer("member"), title="义诊", place=deed.place, on=deed.on, organiser=None)
        activity = Activity.objects.get(pk=opened.result["activity"])
        proposal = Proposed(cast).proposal
    by_code(client, cast, "member")
    for name, row in (
        ("deed_withdraw", deed), ("deed_correct", deed), ("deed_prove", deed), ("deed_code", deed),
        ("activity_add", activity), ("proposal_edit", proposal),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[row.pk])).status_code == 404, name
    assert send(client, "deed_withdraw", deed.pk, reason="不是我").status_code == 404
    with everything():
        assert Deed.within.get().state == "counted"


def test_who_has_no_post_any_more_corrects_nothing(client, cast, helping):
    with everything():
        deed = helping.record("handler", parties=[Part(cast.people["member"])])
        cast.people["handler"].posts.update(valid_to=timezone.localdate() - timedelta(days=1))
    sign_in(client, cast, "handler")
    assert send(client, "deed_withdraw", deed.pk, reason="换岗前记的").status_code == 404


def picture() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    return SimpleUploadedFile("签字纸.png", made.getvalue(), "image/png")


@pytest.mark.parametrize("kind", ["confirmation", "receipt", "payroll"])
def test_a_paper_that_names_families_is_shown_to_who_may_correct_the_deed(client, cast, helping, kind):
    with everything():
        deed = helping.record("clerk", parties=[Part(cast.people["member"])])
        deed_claim(actor=cast.viewer("outsider"), deed=deed, who=cast.bodies["outside_office"], role="co")
    sign_in(client, cast, "clerk")
    assert send(client, "deed_prove", deed.pk, kind=kind, words="户主某某签字", file=picture()).status_code == 302
    file = deed.evidence.get().file
    for who, sees in (("clerk", True), ("outsider", False)):
        sign_in(client, cast, who)
        words = client.get(reverse("deed", args=[deed.pk])).content.decode()
        assert deed.number in words
        assert ("户主某某签字" in words) is sees and (str(file.pk) in words) is sees
        assert client.get(reverse("deed_file", args=[deed.pk, file.pk])).status_code == (200 if sees else 404)


def test_whoever_left_a_village_is_read_there_no_more(client, cast):
    with everything():
        keeping = Keeping(cast)
        wife = keeping.member()
        member_leave(actor=cast.viewer("clerk"), member=wife, reason="marriage", on=timezone.localdate())
    sign_in(client, cast, "village_head")
    looked = send(client, "identity_open", wife.pk, why="paper")
    assert looked.status_code == 404 and card(1, female=True) not in looked.content.decode()
    for name in ("household_member_change", "household_member_leave"):
        assert client.get(reverse(name, args=[wife.pk])).status_code == 404


def test_a_need_goes_with_its_family(client, cast):
    with everything():
        paired = Paired(cast)
        need = paired.need()
    sign_in(client, cast, "village_head")
    assert client.get(reverse("need", args=[need.pk])).status_code == 200
    with everything():
        household_relocate(
            actor=cast.viewer("clerk"), household=paired.family, place=cast.places["邻近村"], on=paired.today
        )
    assert client.get(reverse("need", args=[need.pk])).status_code == 404
    assert need.words not in client.get(reverse("needs")).content.decode()


def test_a_claim_leaves_the_others_a_share(cast, helping):
    with everything():
        deed, handler = helping.record(), cast.viewer("handler")
        with pytest.raises(Refusal) as refused:
            deed_claim(actor=handler, deed=deed, who=cast.bodies["department"], role="lead", share=10_000)
    assert refused.value.code == "claim.whole"


def test_a_desk_confirms_for_no_member_and_nobody_their_own_record(client, cast, helping):
    office, member = cast.bodies["office"], cast.people["member"]
    with everything():
        named = helping.record("clerk", parties=[Part(member), Part(office, "organiser")], recorded_for=office)
        alone = helping.record("clerk", item="road", parties=[Part(office)], recorded_for=office)
    for who, deed in (("clerk", named), ("second_clerk", named), ("clerk", alone)):
        assert send(sign_in(client, cast, who), "deed_confirm", deed.pk).status_code == 422
    for who, deed in (("member", named), ("second_clerk", alone)):
        assert send(sign_in(client, cast, who), "deed_confirm", deed.pk).status_code == 302
    with everything():
        assert not Deed.within.filter(confirmed_at=None).exists()


def test_nobody_keeps_their_own_second_record_by_their_own_word(cast, helping):
    with everything():
        helping.record("clerk", parties=[Part(cast.people["member"])])
        helping.record("clerk", parties=[Part(cast.bodies["office"])], recorded_for=cast.bodies["office"])
        pair = PossibleDuplicate.objects.get()
        with pytest.raises(Refusal) as refused:
            duplicate_decide(actor=cast.viewer("clerk"), pair=pair, verdict="distinct", reason="两回事")
        assert refused.value.code == "duplicate.own"
        duplicate_decide(actor=cast.viewer("second_clerk"), pair=pair, verdict="distinct", reason="两回事")


def test_the_name_of_a_foreign_activity_is_not_told_by_the_filter(client, cast, helping):
    with everything():
        opened = activity_open(
            actor=cast.viewer("clerk"),
            title="牟尼村某户义诊",
            place=cast.places["牟尼村"],
            on=timezone.localdate(),
            organiser=cast.bodies["office"],
        )
    address = f"{reverse('deeds')}?activity={opened.result['activity']}"
    assert "牟尼村某户义诊" not in sign_in(client, cast, "outsider").get(address).content.decode()


def test_how_few_families_a_project_reached_is_not_told_to_its_builder(client, cast):
    with everything():
        helping, works = Helping(cast), Works(cast)
        households_reach(actor=works.clerk, project=works.project, households=helping.households[:3])
    figure = re.compile(r'href="#families".*?</a>', re.S)
    for who, said in (("clerk", ">3<"), ("water_clerk", "少于")):
        page = sign_in(client, cast, who).get(reverse("project", args=[works.pk])).content.decode()
        assert said in figure.search(page)[0]
        assert (">3<" in figure.search(page)[0]) is (who == "clerk")


@kept
def four(helping):
    """A deed for two families of 牟尼村, one for four of 邻近村."""
    cast, first, second = helping.cast, helping.households[:2], helping.households[4:8]
    with everything():
        helping.record("clerk", parties=[Part(cast.bodies["office"])], reached=Reached(households=first))
        helping.record(
            "clerk",
            parties=[Part(cast.bodies["office"])],
            place=cast.places["邻近村"],
            amount=Decimal(4),
            reached=Reached(households=second, unnamed=3),
        )
        fold_all()
    return helping


def figure_of(client, helping, place: str, page: str = "numbers/") -> str:
    return f"/desk/figures/place/{helping.cast.places[place].pk}/{page}"


def test_what_is_left_of_a_whole_tells_no_small_number(client, cast, four):
    """The village knows its own two families: six in the township would be four next door."""
    sign_in(client, cast, "village_head")
    own = client.get(figure_of(client, four, "牟尼村")).json()
    whole = client.get(figure_of(client, four, "共和镇")).json()
    assert own["households"] == 2 and whole["deeds"] == 2
    assert whole["rounded"]["households"] == {"from": 2, "to": 11}
    assert whole["unnamed"] is None
    rows = read_sheet(client.get(figure_of(client, four, "共和镇", "") + "?export=xlsx").content)
    assert "6" not in {str(cell) for row in rows[1:2] for cell in row}
    assert sign_in(client, cast, "clerk").get(figure_of(client, four, "共和镇")).json()["households"] == 6


def test_of_a_place_that_holds_ones_own_the_others_are_told_in_tens(cast, four):
    now = figures.still()
    places = [cast.places[name] for name in ("牟尼村", "邻近村", "外县村")]
    asked = Question(cast.places["云南省"], four.start, timezone.localdate())
    rows = figures.by_place(asked, places, now=now)
    numbers = {}
    with everything():
        for who in ("member", "village_head", "clerk", "province_clerk"):
            told = Reader(cast.viewer(who), now).tell_places(asked, rows)
            numbers[who] = [(one.low, one.spread) for one in told]
    assert numbers["member"] == [(0, 10), (0, 10), (0, 0)]
    assert numbers["village_head"] == [(2, 0), (0, 10), (0, 0)]
    assert numbers["clerk"] == numbers["province_clerk"] == [(2, 0), (4, 0), (0, 0)]
