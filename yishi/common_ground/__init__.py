"""What unites and what divides: `from yishi.common_ground import analyse`.

The names are fetched when they are first asked for: the floor of a room (`floor.py`) needs no numerical library, and a
web process that never analyses should not carry one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analysis import analyse
    from .result import CommonGround, Group
    from .state import CommonGroundState
    from .votes import BadVotes

_HOME = {
    "analyse": "analysis",
    "BadVotes": "votes",
    "CommonGround": "result",
    "CommonGroundState": "state",
    "Group": "result",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = ["BadVotes", "CommonGround", "CommonGroundState", "Group", "analyse"]
