"""What the register asks about a household, a person, a year: one table from which forms, services and requests read.

A value arrives as text (typed by people: yuan, mu, labels of a form's choices are codes already) or in its own type
(fen, Decimal, date, bool, list of codes); `read` gives it back in its own type or refuses and names the field.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.kit import identity
from yishi.kit.errors import Refusal
from yishi.kit.money import fen_from_yuan
from yishi.kit.text import clean

from . import codes

MOST_FEN = 100_000_000_000  # a billion yuan
_CARD_IN_TEXT = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `kind`: code, codes, text, phone, flag (yes or no), known (yes, no or not known), whole,
    decimal, money, day, year."""

    name: str
    label: Any
    kind: str
    list: str = ""  # of codes
    most: int = 0  # the highest number, or the longest text
    unit: Any = ""


HOUSEHOLD = (
    Field("kind", _("type of household"), "code", "household_kind"),
    Field("attribute", _("poverty attribute"), "code", "poverty_attribute"),
    Field("state", _("state of poverty"), "code", "exit_state"),
    Field("standard", _("standard applied"), "code", "standard"),
    Field("identified_year", _("year of identification"), "year"),
    Field("exited_year", _("year of leaving poverty"), "year"),
    Field("returned", _("fell back into poverty"), "flag"),
    Field("watch_kind", _("kind of monitored household"), "code", "watch_kind"),
    Field("watch_from", _("monitored from"), "day"),
    Field("watch_cleared_on", _("risk cleared on"), "day"),
    Field("watch_contact", _("contact for monitoring"), "text", most=64),
    Field("watch_phone", _("phone of that contact"), "phone", most=16),
    Field("no_labour", _("nobody in the household can work"), "flag"),
    Field("is_martyrs", _("family of a martyr or soldier"), "flag"),
    Field("is_family_planning", _("family planning household"), "flag"),
    Field("is_resettled", _("resettled household"), "flag"),
    Field("resettlement_site", _("resettlement site"), "text", most=96),
    Field("group_name", _("villagers' group"), "text", most=64),
    Field("phone", _("phone"), "phone", most=16),
    Field("bank_name", _("bank"), "text", most=96),
)
PERSON = (
    Field("sex", _("sex"), "code", "sex"),
    Field("ethnic", _("people (ethnic group)"), "code", "ethnic"),
    Field("born_on", _("day of birth"), "day"),
    Field("politics", _("political status"), "code", "politics"),
)
MEMBER = (
    Field("relation", _("relation to the head"), "code", "relation"),
    Field("number", _("number of the person"), "text", most=32),
)
MEMBER_YEAR = (
    Field("education", _("level of education"), "code", "education"),
    Field("student", _("at school"), "code", "student"),
    Field("dropout_reason", _("why out of school"), "code", "dropout_reason"),
    Field("health", _("state of health"), "codes", "health"),
    Field("skill", _("ability to work"), "code", "skill"),
    Field("work_place", _("where they work"), "code", "work_place"),
    Field("work_firm", _("employer"), "text", most=96),
    Field("work_months", _("months of work away"), "whole", most=12),
    Field("public_post", _("public post"), "code", "public_post"),
    Field("public_post_months", _("months in the public post"), "whole", most=12),
    Field("medical", _("basic medical insurance"), "code", "medical"),
    Field("serious_illness", _("serious illness insurance"), "known"),
    Field("commercial", _("commercial medical insurance"), "known"),
    Field("medical_aid", _("medical aid"), "known"),
    Field("pension", _("pension insurance"), "code", "pension"),
    Field("minimum_living", _("minimum living allowance"), "known"),
    Field("destitute", _("supported as destitute"), "known"),
    Field("resettled", _("resettled"), "known"),
    Field("in_service", _("in military service"), "known"),
    Field("graduate_reason", _("why a graduate has no work"), "code", "graduate_reason"),
)
MONEY = (
    Field("wage_income", _("wages"), "money"),
    Field("business_income", _("business income"), "money"),
    Field("property_income", _("property income"), "money"),
    Field("transfer_income", _("transfer income"), "money"),
    Field("business_cost", _("cost of the business"), "money"),
    Field("claims_income", _("insurance claims received"), "money"),
    Field("self_paid", _("medical cost paid by the family"), "money"),
    Field("watch_line", _("income line for monitoring, per head"), "money"),
)
LAND = (
    Field("cropland", _("cropland"), "decimal", most=99999, unit=_("mu")),
    Field("irrigated", _("irrigated land"), "decimal", most=99999, unit=_("mu")),
    Field("woodland", _("woodland"), "decimal", most=99999, unit=_("mu")),
    Field("returned_woodland", _("land turned back to forest"), "decimal", most=99999, unit=_("mu")),
    Field("orchard", _("orchard"), "decimal", most=99999, unit=_("mu")),
    Field("grassland", _("grassland"), "decimal", most=99999, unit=_("mu")),
    Field("water_surface", _("water surface"), "decimal", most=99999, unit=_("mu")),
)
LIVING = (
    Field("house_area", _("floor area of the house"), "decimal", most=9999, unit=_("m²")),
    Field("house_structure", _("structure of the house"), "code", "house_structure"),
    Field("house_grade", _("grade of the house"), "code", "house_grade"),
    Field("road_kind", _("road to the house"), "code", "road_kind"),
    Field("road_km", _("distance to the village's main road"), "decimal", most=999, unit=_("km")),
    Field("has_power", _("electricity at home"), "known"),
    Field("has_production_power", _("electricity for work"), "known"),
    Field("has_broadcast", _("radio and television"), "known"),
    Field("water_is_hard_to_get", _("water is hard to get"), "known"),
    Field("water_is_safe", _("water is safe"), "known"),
    Field("has_toilet", _("sanitary toilet"), "known"),
    Field("fuel", _("main fuel"), "code", "fuel"),
)
HELP = (
    Field("in_cooperative", _("in a cooperative"), "known"),
    Field("led_by_company", _("led on by a company"), "known"),
    Field("led_by_person", _("led on by a successful neighbour"), "known"),
    Field("industry_kinds", _("industry that reaches the household"), "codes", "industry_kind"),
    Field("measures", _("measures of this year"), "codes", "measure"),
)
PAPER = (
    Field("head_count", _("people in the household"), "whole", most=99),
    Field("collected_on", _("asked on"), "day"),
    Field("filled_by", _("filled in by"), "text", most=64),
    Field("signed_on", _("signed by the head on"), "day"),
)
HOUSEHOLD_YEAR = (*PAPER, *MONEY, *LAND, *LIVING, *HELP)


def read(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values in their own types. A name that no field has is a mistake of the caller: KeyError."""
    known = {field.name: field for field in fields}
    return {name: read_one(known[name], value) for name, value in values.items()}


def read_one(field: Field, value: Any) -> Any:
    """A value in the field's own type; refuses one that does not fit, naming the field."""
    try:
        return _READERS[field.kind](field, value)
    except (ValueError, InvalidOperation) as error:
        raise Refusal(
            "field.value", _("%(label)s: this value does not fit.") % {"label": field.label}, field=field.name
        ) from error


def no_card_number(text: str, field: str) -> str:
    """Refuse a text in which somebody wrote an identity number: it has a field of its own, where it is sealed."""
    for number in _CARD_IN_TEXT.findall(unicodedata.normalize("NFKC", text)):
        if not identity.read(number).fault:
            raise Refusal(
                "text.identity",
                _("Do not write identity numbers here: they have a field of their own, where they are kept encrypted."),
                field=field,
            )
    return text


def _code(field: Field, value: Any) -> str:
    code = str(value or "")
    if code and not codes.has(field.list, code):
        raise ValueError(code)
    return code


def _codes(field: Field, value: Any) -> list[str]:
    typed = [value] if isinstance(value, str) else list(value or ())
    chosen = [code for code in dict.fromkeys(typed) if _code(field, code)]
    if field.list == "health" and "healthy" in chosen and len(chosen) > 1:
        raise Refusal("health.both", _("Healthy and ill at once: choose one of the two."), field=field.name)
    return chosen


def _text(field: Field, value: Any) -> str:
    text = " ".join(clean(str(value or "")).split())
    if len(text) > field.most:
        raise ValueError(text)
    return no_card_number(text, field.name)


def _phone(field: Field, value: Any) -> str:
    number = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", str(value or "")))
    if number and not re.fullmatch(r"\+?[0-9]{3,15}", number):
        raise Refusal("person.phone", _("This is no phone number. Enter digits, or leave it empty."), field=field.name)
    return number


def _flag(field: Field, value: Any) -> bool:
    return value in (True, 1, "1", "true", "on", "yes", "是")


def _known(field: Field, value: Any) -> bool | None:
    if value in (None, "", "unknown"):
        return None
    return _flag(field, value)


def _whole(field: Field, value: Any) -> int | None:
    if value in (None, ""):
        return None
    number = int(unicodedata.normalize("NFKC", str(value)).strip())
    if not 0 <= number <= field.most:
        raise ValueError(number)
    return number


def _year(field: Field, value: Any) -> int | None:
    if value in (None, ""):
        return None
    number = int(unicodedata.normalize("NFKC", str(value)).strip().removesuffix("年"))
    if not 1978 <= number <= 2100:
        raise ValueError(number)
    return number


def _decimal(field: Field, value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    number = Decimal(unicodedata.normalize("NFKC", str(value)).strip().replace(",", ""))
    if not number.is_finite() or not 0 <= number <= field.most or number != round(number, 2):
        raise ValueError(number)
    return number


def _money(field: Field, value: Any) -> int | None:
    if value in (None, ""):
        return None
    fen = value if isinstance(value, int) else fen_from_yuan(unicodedata.normalize("NFKC", str(value)))
    if not 0 <= fen <= MOST_FEN:
        raise ValueError(fen)
    return fen


def _day(field: Field, value: Any) -> date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


_READERS = {
    "code": _code,
    "codes": _codes,
    "text": _text,
    "phone": _phone,
    "flag": _flag,
    "known": _known,
    "whole": _whole,
    "year": _year,
    "decimal": _decimal,
    "money": _money,
    "day": _day,
}
