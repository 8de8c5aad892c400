"""The form of a page of figures: what stands in the address, to be changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.organisations.sectors import sectors
from yishi.reporting.book import Still
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import Form

from .figure_choice import NONE, PERIODS, Choice

AS_IT = (
    ("", gettext_lazy("focus sets as they were then")),
    ("then", gettext_lazy("focus sets and places as they were then")),
    ("now", gettext_lazy("focus sets as they are now")),
)


class FigureForm(Form):
    """The choices of a page of figures, sent as its address."""

    campaign = forms.ChoiceField(label=gettext_lazy("campaign"))
    period = forms.ChoiceField(label=gettext_lazy("period"))
    on = day_field(gettext_lazy("day in it"), help_text=gettext_lazy("For year, quarter, month and day."))
    start = day_field(gettext_lazy("from"))
    end = day_field(gettext_lazy("until"))
    direction = forms.ChoiceField(label=gettext_lazy("direction"))
    item = forms.ChoiceField(label=gettext_lazy("item"))
    sector = forms.ChoiceField(label=gettext_lazy("sector"))
    set = forms.ChoiceField(label=gettext_lazy("place set"))
    how = forms.ChoiceField(label=gettext_lazy("then or now"), choices=AS_IT)
    known = day_field(
        gettext_lazy("known by"),
        help_text=gettext_lazy("What was known at the end of this day. Empty: what is known now."),
    )
    body = forms.CharField(widget=forms.HiddenInput)
    phase = forms.CharField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, choice: Choice, now: Still):
        super().__init__(initial=choice.asked, auto_id="figure_%s")
        versions = {
            version.item_id: version
            for version in now.catalogue
            if version.item.campaign_id == _pk(choice.question.campaign)
        }
        directions = {version.item.direction_id: version.item.direction for version in versions.values()}
        nothing = [("", _("all"))]
        phases = [(f"phase:{phase.pk}", phase.name) for phase in choice.phases]
        drives = [(f"drive:{drive.pk}", drive.name) for drive in choice.drives]
        choices = {
            "campaign": [
                *[(str(campaign.pk), campaign.name) for campaign in choice.campaigns],
                (NONE, _("of no campaign")),
            ],
            "period": [*PERIODS, *phases, *drives],
            "direction": nothing + [(str(key), direction.name) for key, direction in directions.items()],
            "item": nothing + [(str(key), version.name) for key, version in versions.items()],
            "sector": nothing + [(sector.code, sector.name) for sector in sectors().values()],
            "set": nothing + [(str(key), members[0].place_set.name) for key, members in now.members.items()],
        }
        for field in self.fields.values():
            field.required = False
        for name, offered in choices.items():
            self.fields[name].choices = offered
        for name in ("on", "start", "end", "known"):
            self.fields[name].widget.format = "%Y-%m-%d"
        for name in ("body", "phase"):
            if name not in choice.asked:
                del self.fields[name]


def _pk(record: Any) -> Any:
    return record.pk if record else None
