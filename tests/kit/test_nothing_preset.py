"""Nothing is stored that nobody chose: a required list starts with no choice, and each preset says why it is one."""

import pytest
from django import forms
from django.urls import reverse

from tests.cast import sign_in
from tests.every_form import form_classes
from yishi.web.kit.forms import ActForm

pytestmark = pytest.mark.django_db
PRESETS = {  # what is chosen before anybody chooses, and why that is no word in somebody's mouth
    "assistance.campaign.campaign_items.ItemForm.additivity": "a property of the item: deeds add up unless it is said",
    "assistance.campaign.campaign_items.ItemForm.serves": "an item that counts no heads asks for none",
    "assistance.campaign.campaign_items.ItemForm.fed_by": "by hand, unless it is said that another act feeds it",
    "assistance.campaign.campaigns.LeadForm.role": "the page of the leading group; its office is the second case",
    "assistance.deeds.activities.ManyForm.how": "beside the amounts, in words: one deed for each ticked family",
    "assistance.deeds.deed_acts.ClaimForm.role": "who joins a deed took part in it, unless they say more",
    "assistance.deeds.deed_acts.InsteadForm.role": "likewise",
    "assistance.deeds.deed_acts.NumberForm.role": "likewise",
    "assistance.deeds.deed_record.DeedForm.role": "who records their own deed did it, unless they say otherwise",
    "commitments.judge.SecondWordForm.again": "hidden: which word of theirs it is, not what they say",
    "deliberation.process.process_editor.GateForm.tier": "a gate is the county's where the model says nothing",
    "proposals.proposal_acts.RateForm.bearer_reads": "whoever proposed wrote to the body that answers, by name",
}


def _name(kind, field):
    return f"{kind.__module__.removeprefix('yishi.web.')}.{kind.__qualname__}.{field}"


def _choosing():
    """(form class, name, field) of every field of an act in which somebody chooses."""
    for kind in form_classes():
        if issubclass(kind, ActForm):
            for name, field in kind.base_fields.items():
                if isinstance(field, forms.BooleanField | forms.ChoiceField):
                    yield kind, name, field


def test_nothing_is_chosen_before_somebody_chooses_unless_it_says_why():
    preset = {_name(kind, name) for kind, name, field in _choosing() if field.initial not in (None, "", False)}
    assert preset == {*PRESETS}


def test_a_required_list_starts_with_no_choice():
    tried = []
    for kind, name, field in _choosing():
        if type(field.widget) is forms.Select and field.required and not isinstance(field, forms.ModelChoiceField):
            form = kind.__new__(kind)
            ActForm.__init__(form)  # the lists that a form fills for one viewer are not asked for
            made = form.fields[name]
            if field.initial in (None, "") and len(list(made.choices)) > 1:
                form[name]
                assert list(made.choices)[0][0] == "", _name(kind, name)
                assert form[name].as_widget().count("selected") == 1
                tried.append(_name(kind, name))
    assert "assistance.projects.project_plan.NewForm.kind" in tried and len(tried) > 10


def test_one_choice_alone_is_no_question():
    class OneDesk(ActForm):
        desk = forms.ChoiceField(choices=[("office", "办公室")])

    form = OneDesk()
    assert "selected" not in str(form["desk"]) and len(form.fields["desk"].choices) == 1


def test_a_stored_value_is_offered_as_it_stands():
    class Kind(ActForm):
        kind = forms.ChoiceField(choices=[("road", "道路"), ("water", "饮水")])

    assert 'value="water" selected' in str(Kind(initial={"kind": "water"})["kind"])
    assert 'value=""' not in str(Kind(initial={"kind": "water"})["kind"])


def test_the_page_of_a_new_matter_stores_no_theme_that_nobody_chose(client, cast):
    sign_in(client, cast, "convener")
    page = client.get(reverse("matter_new"))
    first = page.context["form"].fields["theme"].choices[0]
    sent = client.post(reverse("matter_new"), {"title": "修水渠", "summary": "三组", "theme": ""})
    assert first[0] == "" and sent.status_code == 422 and "theme" in sent.context["form"].errors
