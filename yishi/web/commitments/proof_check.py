"""What everybody is asked who checks a proof, of a promise or of a proposal's answer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.models import Commitment, Proof
from yishi.commitments.services.carrying import AS_AGREED_MISSING
from yishi.notices.days import day_said
from yishi.web.kit.forms import ActForm


class ProofCheckForm(ActForm):
    """Accepted or not, and how it was carried out: nothing is chosen before the checker chooses; the rates count it."""

    as_agreed = forms.TypedChoiceField(
        label=gettext_lazy("Was it carried out as agreed? (if you accept it)"),
        choices=[("1", gettext_lazy("yes, as agreed")), ("0", gettext_lazy("no, in part or otherwise"))],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("accepted") is True and cleaned.get("as_agreed", "") is None:
            self.add_error("as_agreed", forms.ValidationError(AS_AGREED_MISSING, code="required"))
        return cleaned


def proof_facts(commitment: Commitment, proof: Proof) -> list[tuple[str, str]]:
    """What the checker reads before they answer: what was promised, and what is said to be done."""
    facts = [
        (_("Quantity promised"), _amount(commitment.quantity, commitment)),
        (_("Quantity done"), _amount(proof.quantity, commitment)),
        (_("how it is proved"), commitment.proof_expected),
        (_("What was done, and how does one see it?"), proof.text),
        (_("Done on"), day_said(proof.done_on)),
    ]
    return [(label, text) for label, text in facts if text]


def _amount(quantity: Decimal | None, commitment: Commitment) -> str:
    return "" if quantity is None else f"{quantity.normalize():f} {commitment.unit}"
