"""Projects and money."""

from .funds import DeedMovement, Fund, FundKind, FundMovement
from .projects import (
    Acceptance,
    AcceptanceLine,
    Allotment,
    Contract,
    PlannedMoney,
    ProgressLine,
    ProgressReport,
    Project,
    ProjectHousehold,
    ProjectPhoto,
    ProjectQuantity,
    ProjectStep,
    QuantityPart,
)

__all__ = [
    "Acceptance",
    "AcceptanceLine",
    "Allotment",
    "Contract",
    "DeedMovement",
    "Fund",
    "FundKind",
    "FundMovement",
    "PlannedMoney",
    "ProgressLine",
    "ProgressReport",
    "Project",
    "ProjectHousehold",
    "ProjectPhoto",
    "ProjectQuantity",
    "ProjectStep",
    "QuantityPart",
]
