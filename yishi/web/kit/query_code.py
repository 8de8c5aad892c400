"""The door of the query code: ten letters and digits on paper open what is their holder's own."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.kit.errors import Refusal
from yishi.organisations.query_codes import Kind, code_try
from yishi.web.kit.forms import Form
from yishi.web.kit.middleware import QUERY_CODE_KEY
from yishi.web.kit.request import Request


class CodeForm(Form):
    code = forms.CharField(
        label=gettext_lazy("Query code"),
        help_text=gettext_lazy("Ten letters and digits, such as K7M4-2QX-D9R. Small letters and blanks do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


OF_A_SEAT = gettext_lazy("This is the code of a seat. Here it needs the code on the receipt of what you raised.")
OF_ONES_OWN = gettext_lazy(
    "This code is for what you raised. To speak in the room you need the code of your seat: ask the secretary."
)


def enter_code(request: Request, form: CodeForm, *kinds: str) -> bool:
    """Let the session act for whoever holds the code; False, with an error on the form, where no code of one of
    `kinds` is live.

    Wrong codes are slowed per address.
    """
    try:
        code = code_try(form.cleaned_data["code"], request.META.get("REMOTE_ADDR", ""))
    except Refusal as refusal:
        form.add_error("code", str(refusal.message))
        return False
    if code is None:
        form.add_error("code", _("There is no such code. Please check each letter; if you lost it, ask your convener."))
        return False
    if code.kind not in kinds:
        form.add_error("code", OF_A_SEAT if code.kind == Kind.SEAT else OF_ONES_OWN)
        return False
    request.session.cycle_key()
    request.session[QUERY_CODE_KEY] = str(code.pk)
    return True
