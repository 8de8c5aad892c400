"""What crossings add to the files of other parts: doors, links both ways, and what a worry's timeline tells."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed
from yishi.assistance.exits.models import ExitSuspicion
from yishi.assistance.supervision.models import Finding, FindingStep
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.commitments.models import Commitment
from yishi.crossings.links import Kind, links_of
from yishi.crossings.models import Crossing
from yishi.deliberation.models import Matter, Worry
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.proposals.models import Proposal
from yishi.web.assistance.supervision.supervision_words import item_word, standing_word
from yishi.web.kit.across import Door, FileLink
from yishi.web.kit.timeline import Event

ONTO_A_LIST = gettext_lazy("Put it on a list of supervision")


def worry_doors(viewer: Viewer, worry: Worry) -> list[Door]:
    """A worry that waits at a desk, and that does not go the way the law provides."""
    if worry.state not in Worry.OWED or worry.is_sensitive:
        return []
    offered = (
        ("worry.supervise", "worry_supervise", ONTO_A_LIST),
        ("worry.signal", "worry_signal", _("Let the village look into it (signal)")),
        ("worry.help", "worry_help", _("Help was given: record it as a deed")),
    )
    return [Door(reverse(name, args=[worry.pk]), label) for right, name, label in offered if may(right, viewer, worry)]


def matter_doors(viewer: Viewer, matter: Matter) -> list[Door]:
    return _onto_a_list(viewer, "matter", matter)


def proposal_doors(viewer: Viewer, proposal: Proposal) -> list[Door]:
    return _onto_a_list(viewer, "proposal", proposal) if proposal.state == Proposal.State.SUBMITTED else []


def signal_doors(viewer: Viewer, signal: WatchSignal) -> list[Door]:
    is_so = signal.state in (WatchSignal.State.WAITING, WatchSignal.State.TRUE, WatchSignal.State.KNOWN)
    return _onto_a_list(viewer, "signal", signal) if is_so else []


def watch_doors(viewer: Viewer, watch: Watch) -> list[Door]:
    return _onto_a_list(viewer, "watch", watch) if watch.stage in Watch.OPEN else []


def suspicion_doors(viewer: Viewer, suspicion: ExitSuspicion) -> list[Door]:
    return _onto_a_list(viewer, "suspicion", suspicion) if suspicion.state == ExitSuspicion.State.UPHELD else []


def _onto_a_list(viewer: Viewer, kind: str, file: Any) -> list[Door]:
    if not may(f"{kind}.supervise", viewer, file):
        return []
    return [Door(reverse(f"{kind}_supervise", args=[file.pk]), ONTO_A_LIST)]


# kind → (model, its page, its title, its words)
FILES: dict[str, tuple[Any, str, Callable[[Any], str], Callable[[Any], str]]] = {
    Kind.WORRY: (Worry, "worry", lambda worry: worry.number, lambda worry: worry.text),
    Kind.MATTER: (Matter, "matter", lambda matter: f"{matter.number} {matter.title}", lambda matter: matter.summary),
    Kind.PROPOSAL: (Proposal, "proposal", lambda one: f"{one.number} {one.title}", lambda one: one.text),
    Kind.SIGNAL: (WatchSignal, "watch_signal", lambda signal: signal.number, lambda signal: signal.words),
    Kind.WATCH: (Watch, "watch", lambda watch: watch.number, lambda watch: ""),
    Kind.SUSPICION: (ExitSuspicion, "exit_suspicion", lambda suspicion: suspicion.number, lambda one: one.basis),
    Kind.FINDING: (
        Finding,
        "supervision_finding",
        lambda finding: f"{finding.commitment.number} {item_word(finding)}",
        lambda finding: f"{finding.words}（{standing_word(finding)}）",
    ),
    Kind.DEED: (Deed, "deed", lambda deed: deed.number, lambda deed: deed.words),
}
JOINED = {Kind.FINDING: ("commitment", "round", "merged_into")}


def file_links(viewer: Viewer, kind: str, file: Any) -> list[FileLink]:
    """Where a file came from and what it became, in the order in which it happened; each opens for who reaches it."""
    crossings = links_of(kind, file.pk)
    ends = [(crossing, *_other_end(crossing, kind, file.pk)) for crossing in crossings]
    reached, known = _files((other, key) for _crossing, other, key, _came in ends)
    links = []
    for crossing, other, key, came in ends:
        _model, name, title, words = FILES[other]
        there = reached.get(key)
        links.append(
            FileLink(
                relation=(_("came from %(kind)s") if came else _("became %(kind)s")) % {"kind": Kind(other).label},
                title=title(known[key]),
                on=timezone.localdate(crossing.at),
                url=reverse(name, args=[key]) if there is not None else "",
                text=words(there) if there is not None else "",
                over=_("leads on no longer") if crossing.ended_at else "",
            )
        )
    return links


def _other_end(crossing: Crossing, kind: str, key: UUID) -> tuple[str, UUID, bool]:
    """Kind and key of the other side, and whether the file came from there."""
    if (crossing.from_kind, crossing.from_id) == (kind, key):
        return crossing.to_kind, crossing.to_id, False
    return crossing.from_kind, crossing.from_id, True


def _files(ends: Iterable[tuple[str, UUID]]) -> tuple[dict[UUID, Any], dict[UUID, Any]]:
    """The files by their keys: those that the viewer reaches, and all."""
    wanted: dict[str, list[UUID]] = {}
    for kind, key in ends:
        wanted.setdefault(kind, []).append(key)
    reached: dict[UUID, Any] = {}
    known: dict[UUID, Any] = {}
    for kind, keys in wanted.items():
        model, joined = FILES[kind][0], JOINED.get(Kind(kind), ())
        known |= model.within.select_related(*joined).in_bulk(keys)
        reached |= model.objects.select_related(*joined).in_bulk(keys)
    return reached, known


def worry_events(worry: Worry, to_raiser: bool) -> list[Event]:
    """What became of a worry, step by step: who owes it and by when, that it was coordinated, proved, struck off; or
    by when the village looks into it. Whoever raised it reads nothing of a family."""
    events: list[Event] = []
    for crossing in links_of(Kind.WORRY, worry.pk):
        if crossing.ended_at is None and crossing.to_kind == Kind.FINDING:
            events += _finding_events(crossing.to_id, is_over=worry.state == Worry.State.SETTLED)
        elif crossing.ended_at is None and crossing.to_kind == Kind.SIGNAL and worry.state == Worry.State.CARRIED:
            signal = WatchSignal.within.get(pk=crossing.to_id)
            events.append(Event(_("The village looks into it at home"), kind="now", due=signal.judge_by))
    return events


def _finding_events(key: UUID, *, is_over: bool) -> list[Event]:
    finding = Finding.within.select_related("commitment__bearer", "coordinator").get(pk=key)
    promise = finding.commitment
    events = [
        Event(step.get_kind_display(), step.at, step.body.name if step.body else "")
        for step in finding.steps.select_related("body")
        if step.kind == FindingStep.Kind.COORDINATED
    ]
    proofs = promise.proofs.filter(round=promise.round).order_by("given_at")
    events += [Event(_("It is said to be done, with proof"), proof.given_at, promise.owes) for proof in proofs]
    if promise.state == Commitment.State.STRUCK_OFF:
        events.append(Event(_("Struck off by a second person"), promise.settled_on))
    elif promise.state in Commitment.OPEN and not is_over:
        events.append(Event(_("Owed by %(body)s") % {"body": promise.owes}, kind="now", due=promise.due_on))
    return events
