"""A sensitive worry goes to the authority that the law provides; whoever raised it reads to which."""

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Worry
from yishi.deliberation.services import screening
from yishi.deliberation.services.screening import AUTHORITY
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .worries import ReasonForm, load_worry, worry_act


class ReferForm(ReasonForm):
    authority = WordsField(
        AUTHORITY,
        gettext_lazy("To which authority"),
        help_text=gettext_lazy("Such as a court, a petition office, the police. Whoever raised it will read this."),
    )
    field_order = ("act_id", "authority", "reason")


@page("worry.screen", load=load_worry)
def worry_refer(request: Request, worry: Worry) -> HttpResponse:
    return worry_act(
        request, worry, ReferForm(request.POST or None), screening.worry_refer, _("Refer it"), _("Refer it")
    )


urlpatterns = [
    path("desk/worries/<uuid:pk>/refer/", worry_refer, name="worry_refer"),
]
