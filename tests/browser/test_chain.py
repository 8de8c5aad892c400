"""牟尼村's whole chain through the pages, as different people: from the QR code to the verdict that opens a promise
again, its strike-off, and the province that counts it once. And what the outsider from another county does not see."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.deliberation.models import Agreement, Matter, ProcessVersion, Seat, Sitting, Statement, Study, Worry
from yishi.deliberation.services.processes import processes_load

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "花卉公司付不出租金，一千七百二十亩地的租金和水费都欠着"
TITLE = "牟尼村土地租金协商"


class People:
    """One window for each person, opened when first needed; villagers and phones at 390 px."""

    PHONES = ("villager", "second_villager", "member", "village_head", "company_head")

    def __init__(self, open_page: Callable, cast):
        self.open_page, self.cast, self.windows = open_page, cast, {}

    def __getitem__(self, who: str):
        if who not in self.windows:
            account = "" if who in ("villager", "second_villager") else who
            self.windows[who] = self.open_page(account, self.cast, width=390 if who in self.PHONES else 1440)
        return self.windows[who]

    def at(self, who: str, name: str, *args):
        """Go to a page as `who` and give the window."""
        page = self[who]
        answer = page.goto(reverse(name, args=args))
        assert answer.status == 200, f"{who} at {name}: {answer.status}"
        return page

    def refused(self, who: str, name: str, *args) -> None:
        answer = self[who].goto(reverse(name, args=args))
        assert answer.status in (403, 404), f"{who} at {name}: {answer.status}"


def send(page) -> None:
    """Send the page's main form and wait for what it leads to; a refusal fails the test with its words."""
    with page.expect_navigation():
        page.locator("main form.act-form button[type=submit]").last.click()
    wrong = page.locator(".error-summary")
    assert not wrong.count(), wrong.inner_text()


def newest(model, **given):
    with everything():
        return model._base_manager.filter(**given).order_by("-pk").first()


@pytest.fixture
def people(open_page, cast):
    processes_load()
    return People(open_page, cast)


def test_the_whole_chain(people, cast):
    # The villager scans the code in the room and raises it without an account.
    page = people["villager"]
    page.goto(reverse("venue_door", kwargs={"token": "MN0000TEST"}))
    assert "牟尼村协商议事室" in page.locator("h1").inner_text()
    page.goto(reverse("raise_worry_at", kwargs={"token": "MN0000TEST"}))
    page.fill("[name=text]", WORDS)
    page.check("[name=theme][value=land]", force=True)
    page.fill("[name=raiser_phone]", "13900000000")
    send(page)
    code = page.locator(".code-big").inner_text()
    worry = newest(Worry)

    # The neighbour says the same and joins it.
    page = people.at("second_villager", "raise_worry_at", "MN0000TEST")
    page.fill("[name=text]", "花卉公司还欠着租金和水费")
    page.check("[name=theme][value=land]", force=True)
    page.locator("form.act-form button[type=submit]").last.click()
    page.locator(f"[name=same_as][value='{worry.pk}']").check(force=True)
    page.locator("section.alert button[type=submit]").click()
    page.wait_for_url("**" + reverse("raised"))
    assert worry.number in page.locator("main").inner_text()
    with everything():
        same = Worry.objects.exclude(pk=worry.pk).get()

    # The convener sees that it is the same, and joins them.
    page = people.at("convener", "worry", same.pk)
    page.locator("section.alert a.btn").click()
    assert page.locator(f"[name=into][value='{worry.pk}']").is_checked()
    page.locator("[name=reason]").fill("说的是同一件事")
    send(page)

    # The convener finds it on the desk and takes it up under the QR model.
    page = people.at("convener", "desk")
    assert "花卉公司付不出租金" in page.locator("main").inner_text()
    page = people.at("convener", "worry_take_up", worry.pk)
    page.fill("[name=title]", TITLE)
    version = ProcessVersion.objects.get(name="码上征题", published_at__isnull=False)
    page.select_option("[name=process]", value=str(version.pk))
    page.fill("[name=reason]", "涉及全村，宜协商")
    send(page)
    matter = newest(Matter)
    assert TITLE in page.locator("h1").inner_text()

    # Parties.
    for name, body in (("村民", "village"), ("花卉公司", "company"), ("农业农村局", "department")):
        page = people.at("convener", "party_new", matter.pk)
        page.fill("[name=name]", name)
        page.select_option("[name=body]", str(cast.bodies[body].pk))
        send(page)

    # Study: a visit, a finding, handed in by the convener, checked by the county office.
    page = people.at("convener", "study_new", matter.pk)
    page.fill("[name=question]", "租金为何付不出")
    send(page)
    study = newest(Study)
    page = people.at("convener", "visit_new", study.pk)
    page.fill("[name=on]", timezone.localdate().isoformat())
    page.fill("[name=where]", "花卉基地")
    page.fill("[name=met]", "公司负责人、三户村民")
    page.fill("[name=text]", "花价跌了，公司周转不开，愿意分期付")
    send(page)
    page = people.at("convener", "finding_new", study.pk)
    page.fill("[name=text]", "公司愿付，需缓交半年")
    send(page)
    page = people.at("convener", "study_hand_in", study.pk)
    page.fill("[name=report]", "建议缓交半年，由农业农村局监督")
    send(page)
    page = people.at("clerk", "study_check", study.pk)
    page.locator("[name=accepted]").first.check(force=True)
    page.fill("[name=note]", "走访属实")
    send(page)

    # Seats: a member chairs, the convener writes, three parties; all say yes.
    parties = {party.name: party for party in matter.parties.all()}
    for who, seat_class, party in (
        ("member", "chair", None),
        ("convener", "secretary", None),
        ("village_head", "party", "村民"),
        ("company_head", "party", "花卉公司"),
        ("handler", "party", "农业农村局"),
    ):
        page = people.at("convener", "seat_new", matter.pk)
        page.select_option("[name=seat_class]", seat_class)
        page.select_option("[name=who]", str(cast.people[who].pk))
        if party:
            page.select_option("[name=party]", str(parties[party].pk))
        if who != "member":
            page.check("[name=accepted]", force=True)
        send(page)
    chair = newest(Seat, matter=matter, role="chair")
    page = people.at("member", "my_seat", chair.pk)
    page.locator("[name=accepts]").first.check(force=True)
    send(page)
    page = people.at("member", "seat_declare", chair.pk)
    page.fill("[name=interests]", "无")
    send(page)
    people.refused("outsider", "my_seat", chair.pk)

    # The sitting is planned; notice is short, with its reason.
    page = people.at("convener", "sitting_new", matter.pk)
    starts = timezone.localtime() + timedelta(hours=2)
    page.fill("[name=starts_at]", datetime.strftime(starts, "%Y-%m-%dT%H:%M"))
    send(page)
    sitting = newest(Sitting)
    page = people.at("convener", "sitting_notice", sitting.pk)
    page.fill("[name=short_notice_reason]", "年关将近，各方同意提前开")
    send(page)

    # In the room: roll call, opening, one statement, three stances from three phones.
    page = people.at("convener", "sitting_room", sitting.pk)
    page.locator("#roll-all").click()
    page.wait_for_selector("#room-roll li:not(.is-away)")
    page.locator(f'form[action="{reverse("room_open", args=[sitting.pk])}"] button').click()
    page.locator("#room-new [name=text]").fill("租金缓交半年，水费分期付清")
    page.locator("#room-new button[type=submit]").click()
    page.wait_for_selector("h2.statement-text:has-text('租金缓交半年')")
    statement = newest(Statement)
    for who, value in (("village_head", "conditional"), ("company_head", "agree"), ("handler", "agree")):
        page = people.at(who, "room", sitting.pk)
        assert "租金缓交半年" in page.locator("main").inner_text()
        if value == "conditional":
            page.locator("details summary.btn").click()
            page.fill("[name=condition]", "农业农村局监督付款")
        with page.expect_response("**/stance/") as answer:
            page.locator(f"button[name=value][value={value}]").click()
        assert answer.value.ok
    page = people.at("convener", "sitting_room", sitting.pk)
    assert "农业农村局监督付款" in page.locator("main").inner_text()  # the condition under which it is shared
    people.refused("outsider", "sitting_room", sitting.pk)
    page = people.at("convener", "room_close", sitting.pk)
    send(page)

    # Agreement with a duty, consents on paper, recorded.
    page = people.at("convener", "agreement_new", matter.pk)
    page.fill("[name=text]", "租金缓交半年，水费分期付清")
    page.fill("[name=conditions]", "由农业农村局监督付款")
    send(page)
    agreement = newest(Agreement)
    page = people.at("convener", "duty_new", agreement.pk)
    page.fill("[name=act]", "付清两季租金")
    page.select_option("[name=bearer]", str(cast.bodies["company"].pk))
    page.select_option("[name=supervisor]", str(cast.bodies["department"].pk))
    page.fill("[name=due_on]", (timezone.localdate() + timedelta(days=30)).isoformat())
    page.fill("[name=proof_expected]", "银行转账凭证")
    send(page)
    for party in parties.values():
        page = people["convener"]
        page.goto(f"{reverse('consent_new', args=[agreement.pk])}?party={party.pk}")
        page.check("[name=way][value=paper]", force=True)
        send(page)
    page = people.at("convener", "agreement_record", agreement.pk)
    send(page)
    commitment = newest(Commitment)
    assert commitment.state == "agreed"

    # The gate: the village committee claims it; then it is handed over and the clock runs.
    page = people.at("village_head", "gates")
    assert TITLE in page.locator("main").inner_text()
    gate = matter.gates.get(answer="")
    page = people.at("village_head", "gate", gate.pk)
    page.check("[name=answer][value=approve]", force=True)
    page.fill("[name=reason]", "同意")
    send(page)
    page = people.at("convener", "agreement_hand_over", agreement.pk)
    send(page)

    # The company finds what it owes, and gives proof; the department, a second person, checks it.
    page = people.at("company_head", "desk")
    assert "付清两季租金" in page.locator("main").inner_text()
    prove(people, commitment, "第一季租金已付")
    check(people, commitment)

    # The villager judges: not satisfied. It is opened again by itself.
    page = people.at("villager", "judge")
    page.fill("[name=code]", code)
    send(page)
    page.locator(".file-card", has_text="付清两季租金").click()
    page.check("[name=value][value=not_satisfied]", force=True)
    page.fill("[name=text]", "只付了一季")
    send(page)
    commitment.refresh_from_db()
    assert (commitment.state, commitment.round) == ("in_force", 2)
    page = people.at("company_head", "commitment", commitment.pk)
    assert "只付了一季" not in page.locator("main").inner_text()  # anonymous towards the handler

    # Done once more, judged well by both, struck off.
    prove(people, commitment, "两季都付清了")
    check(people, commitment)
    page = people.at("villager", "judge_one", commitment.pk)
    page.check("[name=value][value=satisfied]", force=True)
    send(page)
    timely = Commitment._base_manager.filter(pk=commitment.pk)
    timely.update(verdict_due_on=timezone.localdate() - timedelta(days=1))  # the neighbour's ten days are over
    page = people.at("handler", "commitment_strike_off", commitment.pk)
    send(page)
    commitment.refresh_from_db()
    matter.refresh_from_db()
    assert (commitment.state, matter.state) == ("struck_off", "done")

    # The villager reads it; the neighbour who joined heard of it too.
    page = people.at("villager", "follow_one", worry.pk)
    assert TITLE in page.locator("main").inner_text()
    with everything():
        joined = Worry.objects.exclude(pk=worry.pk).get()
    assert joined.raiser.notices.filter(code="matter.done").exists()

    # The province counts it once, and opens it; the outsider's county counts nothing of it.
    page = people.at("province_clerk", "overview")
    assert page.locator(".figure", has_text="协商").count() >= 1
    page = people.at("province_clerk", "matters")
    assert page.locator("tbody tr").count() == 1
    people.at("province_clerk", "matter", matter.pk)
    for who in ("outsider", "outside_handler"):
        for name, thing in (
            ("worry", worry),
            ("matter", matter),
            ("sitting", sitting),
            ("matter_agreement", matter),
            ("commitment", commitment),
            ("statement_close", statement),
        ):
            people.refused(who, name, thing.pk)
    page = people.at("outsider", "matters")
    assert TITLE not in page.content()
    page = people.at("outsider", "worries")
    assert WORDS[:8] not in page.content()


def prove(people: People, commitment: Commitment, words: str) -> None:
    page = people.at("company_head", "commitment_prove", commitment.pk)
    page.fill("[name=text]", words)
    send(page)


def check(people: People, commitment: Commitment) -> None:
    page = people.at("handler", "commitment_check", commitment.pk)
    page.locator("[name=accepted]").first.check(force=True)
    page.locator("[name=as_agreed]").first.check(force=True)
    page.fill("[name=finding]", "凭证属实")
    send(page)
