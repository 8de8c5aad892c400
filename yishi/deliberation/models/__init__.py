"""The records of deliberation, by the part of the chain to which they belong."""

from .ballots import BallotVoter, SecretBallot, Urn
from .briefs import Brief, BriefPosition
from .chairing import Intervention
from .consultations import (
    Consultation,
    ConsultationSlip,
    ConsultationStatement,
    ConsultationVote,
    Voice,
)
from .dates import DateAnswer, DateRound
from .matters import (
    GatePaper,
    GateRequest,
    GoodCase,
    LeaderNote,
    Matter,
    Party,
    PhotoMask,
    ProcessModel,
    ProcessVersion,
    Release,
    Stage,
    StepRecord,
)
from .plans import PlanTopic, YearPlan
from .reading import MinutesAnswer
from .room import ConditionAcceptance, HandCount, Presence, Recess, Stance, Statement, StatementEdition
from .sheets import StanceSheet
from .sittings import (
    Agreement,
    ChairObjection,
    Consent,
    Draw,
    Duty,
    Minutes,
    ReplacedMinutes,
    Seat,
    Sitting,
    Study,
    StudyFinding,
    StudyVisit,
)
from .speaking import AgendaItem, AgendaSpan, Turn
from .worries import Worry, WorryStep

__all__ = [
    "AgendaItem",
    "AgendaSpan",
    "Agreement",
    "BallotVoter",
    "Brief",
    "BriefPosition",
    "ChairObjection",
    "ConditionAcceptance",
    "Consent",
    "Consultation",
    "ConsultationSlip",
    "ConsultationStatement",
    "ConsultationVote",
    "DateAnswer",
    "DateRound",
    "Draw",
    "Duty",
    "GatePaper",
    "GateRequest",
    "GoodCase",
    "HandCount",
    "Intervention",
    "LeaderNote",
    "Matter",
    "Minutes",
    "MinutesAnswer",
    "Party",
    "PhotoMask",
    "PlanTopic",
    "Presence",
    "Recess",
    "ReplacedMinutes",
    "ProcessModel",
    "ProcessVersion",
    "Release",
    "Seat",
    "SecretBallot",
    "Sitting",
    "Stage",
    "Stance",
    "StanceSheet",
    "Statement",
    "StatementEdition",
    "StepRecord",
    "Study",
    "StudyFinding",
    "StudyVisit",
    "Turn",
    "Urn",
    "Voice",
    "Worry",
    "WorryStep",
    "YearPlan",
]
