"""Visits: one written down by mistake is taken back, the next one starts from what is open, what was struck off is
looked at again; everybody in a team finds the way to their round."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.supervised import finding_of, supervised
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.supervision.matrix import matrix_of
from yishi.assistance.supervision.models import RoundMember, RoundVisit
from yishi.assistance.supervision.reads import told_of
from yishi.assistance.supervision.services.findings import finding_rule
from yishi.assistance.supervision.services.rounds import listed_add, round_close
from yishi.assistance.supervision.services.visits import round_visit_take_back
from yishi.commitments.models import Commitment
from yishi.commitments.services import clocks_run, recheck_record
from yishi.database.reach import everything, reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Post
from yishi.organisations.rights import may
from yishi.people.models import Account, Person
from yishi.web.assistance.supervision.village_papers import village_paper
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db


@kept
def under_way(cast):
    with everything():
        cast.people["bearer"] = Person.objects.create(name="乡政府甲")
        Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
        return supervised(cast)


def visited(under_way):
    return told_of(under_way.round, [under_way.village])[0]["visited"]


def test_a_visit_that_was_none_is_taken_back_with_the_reason(cast, all_files, under_way):
    under_way.visit(note="写错了村")
    visit, clerk = RoundVisit.objects.get(), cast.viewer("clerk")
    with pytest.raises(Refusal):
        round_visit_take_back(actor=clerk, visit=visit, reason=" ")
    with pytest.raises(NotAllowed):
        round_visit_take_back(actor=cast.viewer("outsider"), visit=visit, reason="写错了村")
    assert visited(under_way) == under_way.today
    round_visit_take_back(actor=clerk, visit=visit, reason="写错了村")
    assert visited(under_way) is None and not under_way.round.made.exists()
    assert RoundVisit.every.get().taken_back_by == cast.people["clerk"]
    counts = Entry.objects.filter(code__in=("assistance.round.visit",), subject_kind="round")
    assert sum(entry.quantities.get("visits", 0) for entry in counts) == 0
    with pytest.raises(WrongStage):
        round_visit_take_back(actor=clerk, visit=visit, reason="再来一次")


def test_a_visit_is_no_mistake_while_something_that_it_found_was_a_gap(cast, all_files, under_way):
    roof, tap = under_way.visit(under_way.gap(), under_way.gap("water", 1))
    visit, clerk = RoundVisit.objects.get(), cast.viewer("clerk")
    finding_rule(actor=clerk, finding=roof, ruling="unfounded", reason="看错了户")
    with pytest.raises(WrongStage):
        round_visit_take_back(actor=clerk, visit=visit, reason="没去过")
    finding_rule(actor=clerk, finding=tap, ruling="unfounded", reason="看错了户")
    round_visit_take_back(actor=clerk, visit=visit, reason="没去过")
    assert {found.ruling for found in (finding_of(roof.pk), finding_of(tap.pk))} == {"unfounded"}


def test_an_unannounced_round_is_hidden_again_where_it_was_not(cast, all_files, under_way):
    quiet = under_way.open(
        who="prefecture_clerk", place=cast.places["楚雄彝族自治州"], rule=None, visits="unannounced"
    ).round
    prefecture = cast.viewer("prefecture_clerk")
    listed_add(actor=prefecture, round=quiet, place=under_way.village, reason="暗访")
    under_way.visit(who="prefecture_clerk")
    assert may("round.see", cast.viewer("village_head"), quiet)
    round_visit_take_back(actor=prefecture, visit=RoundVisit.objects.get(), reason="写错了村")
    assert not may("round.see", cast.viewer("village_head"), quiet)


def test_the_page_offers_it_where_nothing_was_found(cast, client, under_way):
    with everything():
        under_way.visit()
        visit = RoundVisit.objects.get()
    sign_in(client, cast, "clerk")
    args = [under_way.round.pk, under_way.village.pk]
    back = reverse("round_visit_back", args=[*args, visit.pk])
    assert back in client.get(reverse("round_village", args=args)).content.decode()
    assert client.post(back, {"reason": "写错了村"}).status_code == 302
    assert back not in client.get(reverse("round_village", args=args)).content.decode()
    assert client.get(back).status_code == 404
    with everything():
        under_way.visit(under_way.gap())
        found = RoundVisit.objects.get()
    page = client.get(reverse("round_village", args=args)).content.decode()
    assert reverse("round_visit_back", args=[*args, found.pk]) not in page


def test_the_next_visit_starts_from_what_is_open(cast, client, under_way):
    """What is open stands first in grid and paper, and its cell takes no digit; what was struck off is found anew."""
    roof, tap, _sound = under_way.homes
    with everything():
        first, second = under_way.visit(under_way.gap(), under_way.gap("water", 1, words="水管断裂"))
        under_way.prove(second)
        under_way.strike(second)
    sign_in(client, cast, "clerk")
    address = reverse("round_grid", args=[under_way.round.pk, under_way.village.pk])
    answer = client.get(address)
    assert [found.pk for found, _item, _whom in answer.context["still"]] == [first.pk]
    page = answer.content.decode()
    assert f'name="housing_{roof.pk}"' not in page and f'name="water_{tap.pk}"' in page
    with everything():
        lines = matrix_of(under_way.round, under_way.homes, timezone.localdate())
        text = str(village_paper(under_way.round, under_way.village, lines, 0).data())
        assert "房屋墙体开裂" in text and "水管断裂" not in text
        with pytest.raises(Refusal):
            under_way.visit(under_way.gap())  # open: not a second time
        (anew,) = under_way.visit(under_way.gap("water", 1, words="又断了"))
        assert anew.pk != second.pk and anew.is_open


def test_what_was_struck_off_is_looked_at_again_and_comes_back_where_it_does_not_hold(cast, all_files, under_way):
    (roof,) = under_way.visit(under_way.gap())
    under_way.prove(roof)
    under_way.strike(roof)
    clerk = cast.viewer("clerk")
    with pytest.raises(Refusal):
        recheck_record(actor=clerk, commitment=finding_of(roof.pk).commitment, holds=True, text="太早")
    Commitment.within.filter(pk=roof.commitment_id).update(settled_on=under_way.today - timedelta(days=31))
    assert clocks_run(under_way.today)["recheck"] == 1
    waits = [item for item in inbox(clerk) if item.kind == "commitment" and "房屋墙体开裂" in str(item.title)]
    assert len(waits) == 1
    recheck_record(actor=clerk, commitment=finding_of(roof.pk).commitment, holds=False, text="又裂了")
    again = finding_of(roof.pk)
    assert again.is_open and (again.settled_by, again.proved_by) == (None, None)
    with pytest.raises(WrongStage):
        round_close(actor=clerk, round=under_way.round, words="完成")


def rows_of(cast, who):
    viewer = cast.viewer(who)
    with reaching(viewer.reach):
        return [item.url for item in inbox(viewer) if item.kind == "round"]


def test_a_round_stands_on_the_desk_of_its_team_and_of_nobody_else(cast, under_way):
    page = reverse("round", args=[under_way.round.pk])
    assert rows_of(cast, "member") == []
    with everything():
        under_way.join("member", "leader")
        under_way.join("handler")
    assert rows_of(cast, "member") == rows_of(cast, "handler") == [page]
    assert rows_of(cast, "neighbour") == rows_of(cast, "village_head") == []
    with everything():
        RoundMember.objects.filter(person=cast.people["handler"]).update(valid_to=under_way.today - timedelta(days=1))
        assert rows_of(cast, "handler") == []
        round_close(actor=cast.viewer("clerk"), round=under_way.round, words="没有发现问题")
    assert rows_of(cast, "member") == []


def test_who_sits_nowhere_is_led_to_their_round_by_the_menu(cast, client, under_way):
    expert = Person.objects.create(name="督战专家")
    Account.objects.create(username="expert", person=expert, password="!")
    cast.people["expert"] = expert
    sign_in(client, cast, "expert")
    line = f'href="{reverse("rounds")}"'
    assert client.get(reverse("desk"), follow=True).status_code == 403
    with everything():
        under_way.join("expert")
    page = client.get(reverse("desk"), follow=True).content.decode()
    assert line in page and reverse("round", args=[under_way.round.pk]) in page
    assert client.get(reverse("round_grid", args=[under_way.round.pk, under_way.village.pk])).status_code == 200
