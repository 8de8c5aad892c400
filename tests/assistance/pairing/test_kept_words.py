"""What was written of a pairing, a measure or a desk's rule is not lost under what is written later."""

import pytest
from django.urls import reverse

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import Pairing, VisitRule
from yishi.assistance.pairing.services.handovers import pairing_hand_over, pairings_hand_over
from yishi.assistance.pairing.services.measures import measure_done, measure_hear
from yishi.assistance.pairing.services.pairing import pairing_end, visit_rule_set
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def words(pairing):
    return Pairing.within.values_list("note", "end_reason").get(pk=pairing.pk)


def test_forms_4_why_a_pairing_ended_stands_beside_its_note(paired):
    head, pairing = paired.cast.viewer("village_head"), paired.pair()
    pairing_end(actor=head, pairing=pairing, on=paired.today, reason="调离")
    assert words(pairing) == ("常联系", "调离")


def test_forms_4_what_a_successor_is_told_stands_beside_the_predecessors_note(paired):
    head, first, second = paired.cast.viewer("village_head"), paired.pair(), paired.pair(family=paired.second)
    given = {"actor": head, "successor": paired.cast.people["cadre"], "on": paired.today, "note": "药费待报"}
    made = pairing_hand_over(pairing=first, **given)
    assert words(first) == ("常联系", "药费待报")
    assert words(Pairing.within.get(pk=made.result["pairing"])) == ("药费待报", "")
    pairings_hand_over(pairings=[second], **given)
    assert words(second) == ("常联系", "药费待报")


def test_forms_4_what_came_of_a_measure_in_an_earlier_round_stays(client, cast, paired):
    paired.pair()
    measure = paired.measure()
    hear = {"actor": cast.viewer("village_head"), "measure": measure}
    done = {"actor": cast.viewer("member"), "measure": measure, "done_on": paired.today}
    measure_done(**done, text="卡已办好")
    measure_hear(**hear, value="not_satisfied", text="没拿到", result="卡还在镇上")
    measure_done(**done, text="卡已送到")
    measure_hear(**hear, value="satisfied", text="拿到了")  # nothing new came of it: the first words stand
    measure.refresh_from_db()
    assert (measure.result, measure.earlier_results) == ("卡还在镇上", [])
    sign_in(client, cast, "village_head")
    type(measure).within.filter(pk=measure.pk).update(result="药费少一半", earlier_results=["卡还在镇上"])
    page = client.get(reverse("family", args=[paired.family.pk])).content.decode()
    assert "药费少一半" in page and "此前写的：卡还在镇上" in page


def test_forms_4_the_results_of_two_rounds_are_both_kept(cast, paired):
    paired.pair()
    measure = paired.measure()
    hear = {"actor": cast.viewer("village_head"), "measure": measure}
    done = {"actor": cast.viewer("member"), "measure": measure, "done_on": paired.today}
    measure_done(**done, text="卡已办好")
    measure_hear(**hear, value="not_satisfied", text="没拿到", result="卡还在镇上")
    measure_done(**done, text="卡已送到")
    measure_hear(**hear, value="satisfied", text="拿到了", result="药费少一半")
    measure.refresh_from_db()
    assert (measure.result, measure.earlier_results) == ("药费少一半", ["卡还在镇上"])


def test_forms_4_two_clerks_of_a_desk_set_the_days_between_visits(client, cast, paired):
    office, address = cast.bodies["office"], reverse("visit_rule")
    sign_in(client, cast, "clerk")

    def opened():
        form = client.get(address).context["form"]
        return {"version": form.initial["version"], "body": office.pk, "act_id": str(uuid7())}

    def stored():
        return VisitRule.objects.get(body=office).days

    assert client.post(address, {**opened(), "days": 50}).status_code == 302 and stored() == 50
    assert client.post(address, {**opened(), "days": 40}).status_code == 302 and stored() == 40  # what the page showed
    mine = opened()
    visit_rule_set(actor=cast.viewer("second_clerk"), body=office, days=14)
    answer = client.post(address, {**mine, "days": 60})
    page = answer.content.decode()
    assert answer.status_code == 422 and "现在保存的是：14" in page and 'value="60"' in page and stored() == 14
    again = {"version": answer.context["form"].data["version"], "body": office.pk, "act_id": str(uuid7()), "days": 60}
    assert client.post(address, again).status_code == 302 and stored() == 60
