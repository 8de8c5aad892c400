"""The result of a consultation in words: what the numbers carry, and not more. Page and paper read the same."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yishi.deliberation.consultation_report import LEAST_FOR_DOWNLOAD, LEAST_PEOPLE, MOST_PEOPLE
from yishi.deliberation.models import Consultation, Voice
from yishi.formats.opinion_map import mark, picture

CAUTION = 0.2  # from this share of voices out of one network on, it is said


@dataclass(frozen=True, slots=True)
class Line:
    """One statement where it is listed: its text, and the counts on which its place rests."""

    number: int
    text: str
    by_staff: bool
    counts: str
    per_group: str = ""


class ConsultationResult:
    """What the result page and the paper show of a closed consultation."""

    def __init__(self, consultation: Consultation):
        self.consultation = consultation
        self.told: dict[str, Any] = consultation.result or {}
        self.by_number = {row["number"]: row for row in self.told["rows"]}

    @property
    def people(self) -> int:
        return int(self.told["people"])

    @property
    def is_too_few(self) -> bool:
        return bool(self.told.get("too_few"))

    @property
    def has_groups(self) -> bool:
        return bool(self.told["k"] > 1)

    @property
    def has_download(self) -> bool:
        return self.people >= LEAST_FOR_DOWNLOAD

    @property
    def asked(self) -> list[str]:
        """How many were asked and answered, in sentences."""
        told = self.told
        parts = [
            _("%(people)s people took part, with %(votes)s votes on %(statements)s statements.")
            % {"people": f"{self.people:,}", "votes": f"{told['votes']:,}", "statements": f"{len(told['rows']):,}"}
        ]
        if told["addressed"] and self.people > told["addressed"]:  # no share: more came than were expected
            parts.append(
                _("It was meant for about %(addressed)s people; more came.") % {"addressed": f"{told['addressed']:,}"}
            )
        elif told["addressed"]:
            parts.append(
                _("It was meant for about %(addressed)s people: %(share)s %% of them answered.")
                % {"addressed": f"{told['addressed']:,}", "share": f"{100 * self.people / told['addressed']:.0f}"}
            )
        if told["slips"]:
            parts.append(
                _("%(slips)s slips were made; %(used)s were used.")
                % {"slips": f"{told['slips']:,}", "used": f"{told['by_kind'].get(Voice.Kind.SLIP, 0):,}"}
            )
        parts.append(
            _("People made %(stated)s statements, the desk wrote %(staff)s; %(refused)s were not admitted.")
            % {"stated": told["stated"], "staff": told["staff"], "refused": told["refused"]}
        )
        return parts

    @property
    def cautions(self) -> list[str]:
        """What a reader must know before believing the figures."""
        told, parts = self.told, []
        by_link = told["by_kind"].get(Voice.Kind.LINK, 0)
        if by_link:
            parts.append(
                _("%(count)s voices came by the link alone: one phone, one voice; whether one person is not certain.")
                % {"count": f"{by_link:,}"}
            )
        most = told["most_of_one_network"]
        if most > 1 and self.people and most / self.people >= CAUTION:
            parts.append(_("%(count)s voices came out of one and the same network.") % {"count": f"{most:,}"})
        parts.append(_("Who took part came of their own accord: they do not stand for those who did not."))
        return parts

    @property
    def asked_text(self) -> str:
        return sentences(self.asked)

    @property
    def cautions_text(self) -> str:
        return sentences(self.cautions)

    @property
    def standing(self) -> str:
        """Into how many groups the votes fall, and how many people said too little to stand in one."""
        if self.has_groups:
            parts = [
                ngettext(
                    "The votes fall into %(k)d opinion group.",
                    "The votes fall into %(k)d opinion groups.",
                    self.told["k"],
                )
                % {"k": self.told["k"]}
            ]
            if apart := self.people - self.told["placed"]:
                parts.append(
                    _("%(count)s people voted on too few statements to be placed in one.") % {"count": f"{apart:,}"}
                )
            return sentences(parts)
        return _("No opinion groups can be told apart in these votes; what follows counts everybody together.")

    @property
    def map_label(self) -> str:
        sizes = _(", ").join(_("group %(n)d: %(size)d people") % group for group in self.groups)
        return _("Map of opinions. %(sizes)s. The table below says the same.") % {"sizes": sizes}

    @property
    def map(self) -> SafeString:
        return mark_safe(picture(self.told["dots"], self.map_label))

    @property
    def drawn(self) -> int:
        return len(self.told["dots"])

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        made = []
        for place, group in enumerate(self.told["groups"]):
            dear = [
                {
                    "line": self.line(entry["number"]),
                    "agrees": entry["way"] == "agree",
                    "count": entry["count"],
                    "of": entry["of"],
                }
                for entry in group["dear"]
            ]
            made.append(
                {
                    "n": place + 1,
                    "mark": mark_safe(mark(place)),
                    "size": group["size"],
                    "certainty": group["certainty"],
                    "stability": group["stability"],
                    "dear": dear,
                }
            )
        return made

    def line(self, number: int) -> Line:
        row = self.by_number[number]
        counts = _("agree %(agree)d, object %(object)d, pass %(pass)d") % row
        groups = _("; ").join(
            _("group %(n)d: %(agree)d of %(seen)d") % {"n": place, "agree": cell[0], "seen": sum(cell)}
            for place, cell in enumerate(row["by_group"], start=1)
        )
        return Line(number, row["text"], row["by_staff"], counts, groups)

    @property
    def shared_heading(self) -> str:
        if self.has_groups:
            return _("What all groups share")
        if self.people >= MOST_PEOPLE:
            return _("What most agree with")
        return _("What was agreed with most often")

    @property
    def shared(self) -> list[Line]:
        numbers = self.told["shared"] if self.people >= MOST_PEOPLE else self.told["leading"]
        return [self.line(number) for number in numbers]

    @property
    def shared_note(self) -> str:
        if self.people < MOST_PEOPLE:
            return _("Fewer than %(least)d people took part: the counts say who took part, not what most think.") % {
                "least": MOST_PEOPLE
            }
        if self.has_groups:
            return _("In every group it is at least 90 % sure that more than half agree.")
        return _("It is at least 95 % sure that more than half of such people agree.")

    @property
    def refused(self) -> list[Line]:
        return [self.line(number) for number in self.told["shared_against"]]

    @property
    def divides(self) -> list[Line]:
        return [self.line(number) for number in self.told["divides"]]

    @property
    def parties(self) -> list[dict[str, Any]]:
        parties: list[dict[str, Any]] = self.told["parties"]
        return parties

    @property
    def least(self) -> int:
        return LEAST_PEOPLE

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All statements with counts, per group and per declared party."""
        names = [party["name"] for party in self.parties if party["people"] is not None]
        labels = {"agree": _("most agree"), "object": _("most object"), "": ""}
        return [
            {
                **row,
                "word": labels[row["most"]],
                "groups": ["/".join(str(count) for count in cell) for cell in row["by_group"]],
                "of_parties": [
                    (name, "/".join(str(count) for count in cell))
                    for name, cell in zip(names, row["by_party"], strict=True)
                ],
            }
            for row in self.told["rows"]
        ]


def sentences(parts: list[str]) -> str:
    """The sentences one after the other, with a blank between them only where the language has one."""
    return (" " if (get_language() or "").startswith("en") else "").join(parts)
