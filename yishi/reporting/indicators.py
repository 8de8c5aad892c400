"""What is counted: which entries of the journal feed figures (series), and the indicators that are read from them.

A series takes one quantity of one kind of entry. Series are never added to each other: money mobilised, received
and paid are three. A further indicator is a further row here; nothing else knows of it.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

SUM, DISTINCT = "sum", "distinct"
THOUSANDTHS, FEN = 1000, 100


@dataclass(frozen=True, slots=True)
class Series:
    """Rows of figures from entries of one code. `count` names the quantity that says how often (+1; -1 of a reversal),
    `amount` the one that says how much; an entry without them has no row in this series."""

    number: int  # as it is stored; never given to another
    code: str
    entry: str
    count: str = ""
    amount: str = ""
    unnamed: str = ""
    where: tuple[tuple[str, str], ...] = ()  # dims that an entry must have
    of_campaigns: bool = False  # its entries say for which campaign; the others are of none, whichever is asked
    is_stock: bool = False  # its rows are changes of what stands: asked as of the last day, whatever the first one
    fact: str = ""  # of a stock: the one that is asked; "" are all, told apart by item

    def takes(self, quantities: dict[str, Any], dims: dict[str, Any]) -> bool:
        """Has an entry with these quantities and dims a row in this series?"""
        if self.is_stock:
            return True
        return (self.count or self.amount) in quantities and all(dims.get(name) == code for name, code in self.where)

    def counted(self, quantities: dict[str, Any], *, is_reversal: bool) -> int:
        """How often the entry counts, with its sign; a series without `count` counts each entry once."""
        return int(quantities.get(self.count, 0)) if self.count else (-1 if is_reversal else 1)


REGISTER = Series(11, "register", "assistance.register.count", is_stock=True)
DEEDS = Series(0, "deeds", "assistance.deed.count", "deeds", "amount", "unnamed", of_campaigns=True)
SERIES: tuple[Series, ...] = (
    DEEDS,
    Series(1, "mobilised", "assistance.fund.move", amount="mobilised", of_campaigns=True),
    Series(2, "received", "assistance.fund.move", amount="received", of_campaigns=True),
    Series(3, "paid", "assistance.fund.move", amount="paid", of_campaigns=True),
    Series(4, "visits", "assistance.visit.log", count="visits"),
    Series(5, "needs", "assistance.need.state", count="needs"),
    Series(6, "met", "assistance.need.close", count="met"),
    Series(7, "proposals", "proposals.proposal.submit", count="proposals"),
    Series(8, "adopted", "proposals.adoption.record", count="adopted"),
    Series(9, "partly", "proposals.adoption.record", count="partly"),
    Series(
        10,
        "roads",
        "assistance.project.report",
        amount="done",
        where=(("kind", "road"), ("measure", "km")),
        of_campaigns=True,
    ),
    REGISTER,
)
BY_CODE = {series.code: series for series in SERIES}


def of_register(fact: str) -> Series:
    """The households of the register of which a fact is true: how they stand on a day, not what came in a period."""
    return replace(REGISTER, code=f"register.{fact}", fact=fact)


@cache
def series_of(entry_code: str) -> tuple[Series, ...]:
    """The series that take entries of a code."""
    return tuple(series for series in SERIES if series.entry == entry_code)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure that pages, reports and answer sheets name. `measure` is a field of `columns.Figure`."""

    code: str
    words: Any
    unit: Any
    what: Any  # what one of it is, for whoever reads the figure
    measure: str
    series: Series = DEEDS
    additivity: str = SUM
    per: int = 1  # the stored number of one unit: 100 fen are a yuan
    opens: str = ""  # the page of what is behind it; "" is the page of the deeds
    is_personal: bool = False  # counts families, people or what was done for one of them: others are told tens

    @property
    def is_money(self) -> bool:
        return self.per == FEN


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "deeds",
        _("deeds"),
        _("items"),
        _("One thing done is one deed, however many took part and reported it."),
        "deeds",
    ),
    Indicator(
        "households",
        _("households reached"),
        _("families"),
        _("Each household once, however often it was helped."),
        "households",
        additivity=DISTINCT,
        is_personal=True,
    ),
    Indicator(
        "people",
        _("people reached by name"),
        _("persons"),
        _("Each person once. People of whom only a number is known are not in it."),
        "people",
        additivity=DISTINCT,
        is_personal=True,
    ),
    Indicator(
        "unnamed",
        _("people reached, number only"),
        _("attendances"),
        _("As reported; somebody who came twice stands in it twice."),
        "unnamed",
        is_personal=True,
    ),
    Indicator(
        "villages",
        _("villages reached"),
        _("villages"),
        _("Each village once."),
        "villages",
        additivity=DISTINCT,
    ),
    Indicator(
        "givers",
        _("people who gave"),
        _("persons"),
        _("Members and others who were a party of a deed, each once."),
        "givers",
        additivity=DISTINCT,
    ),
    Indicator(
        "bodies",
        _("bodies that gave"),
        _("organisations"),
        _("Bodies that were a party of a deed, each once."),
        "bodies",
        additivity=DISTINCT,
    ),
    Indicator(
        "credits",
        _("parts in deeds"),
        _("parts"),
        _("Each party of each deed. What is more than the deeds is their overlap."),
        "credits",
    ),
    Indicator(
        "mobilised",
        _("money mobilised"),
        _("yuan"),
        _("Promised or raised. Never added to what was received or paid."),
        "amount",
        BY_CODE["mobilised"],
        per=FEN,
        opens="figure_entries",
    ),
    Indicator(
        "received",
        _("money received"),
        _("yuan"),
        _("Arrived where it is to be used."),
        "amount",
        BY_CODE["received"],
        per=FEN,
        opens="figure_entries",
    ),
    Indicator(
        "paid",
        _("money paid"),
        _("yuan"),
        _("Paid to whoever did the work or to the families."),
        "amount",
        BY_CODE["paid"],
        per=FEN,
        opens="figure_entries",
    ),
    Indicator(
        "visits",
        _("visits to families"),
        _("times"),
        _("Visits to families that were written down."),
        "deeds",
        BY_CODE["visits"],
        opens="figure_entries",
        is_personal=True,
    ),
    Indicator(
        "visited",
        _("households visited"),
        _("families"),
        _("Each household once, however often it was visited."),
        "households",
        BY_CODE["visits"],
        additivity=DISTINCT,
        opens="figure_entries",
        is_personal=True,
    ),
    Indicator(
        "needs",
        _("needs stated"),
        _("items"),
        _("What families and villages said they lack."),
        "deeds",
        BY_CODE["needs"],
        opens="figure_entries",
        is_personal=True,
    ),
    Indicator(
        "met",
        _("needs met"),
        _("items"),
        _("Needs that a deed has closed."),
        "deeds",
        BY_CODE["met"],
        opens="figure_entries",
        is_personal=True,
    ),
    Indicator(
        "roads",
        _("roads built by projects"),
        _("kilometres"),
        _("As reported done in projects, part by part; what was planned is not in it."),
        "amount",
        BY_CODE["roads"],
        per=THOUSANDTHS,
        opens="figure_entries",
    ),
    Indicator(
        "proposals",
        _("proposals handed in"),
        _("items"),
        _("Each proposal once, where its theme lies."),
        "deeds",
        BY_CODE["proposals"],
        opens="figure_entries",
    ),
    Indicator(
        "adopted",
        _("adopted"),
        _("times"),
        _("Adoptions into a document, each with its day."),
        "deeds",
        BY_CODE["adopted"],
        opens="figure_entries",
    ),
    Indicator(
        "partly",
        _("adopted in part"),
        _("times"),
        _("Adoptions of a part, each with its day."),
        "deeds",
        BY_CODE["partly"],
        opens="figure_entries",
    ),
)


def _standing(fact: str, households: Any, people: Any) -> tuple[Indicator, Indicator]:
    """The two figures of a fact of the register: households, and the people in them."""
    what = _("As the register says it of the last day of the period.")
    more: dict[str, Any] = {"series": of_register(fact), "opens": "register_behind", "is_personal": True}
    return (
        Indicator(f"{fact}_households", households, _("families"), what, "deeds", **more),
        Indicator(f"{fact}_people", people, _("persons"), what, "amount", **more),
    )


REGISTERED: tuple[Indicator, ...] = (
    *_standing("poor", _("households not yet out of poverty"), _("people not yet out of poverty")),
    *_standing("exited", _("households out of poverty"), _("people out of poverty")),
    *_standing("returned", _("households that fell back into poverty"), _("people who fell back into poverty")),
    *_standing("watched", _("monitored households"), _("people in monitored households")),
)
INDICATOR = {indicator.code: indicator for indicator in (*INDICATORS, *REGISTERED)}
