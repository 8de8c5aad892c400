"""The page of a way back names what is taken back: who came by a wrong line of a list must see it there."""

import ast
import re
from collections.abc import Iterator

from tests import acts

BACK = re.compile(r"(^|_)(take_back|step_back|open_again)$")
WEB = acts.PACKAGE / "web"
# Pages of an act on one file, whose lead or heading names it; what merely hands on; taps without a page.
NAMING = {"worry_act", "agreement_act", "act_on", "_taking_back"}
PASSING = {"path", "partial", "one_tap"}


def pages() -> Iterator[tuple[str, ast.Call]]:
    """Each call in the code of a page that hands over a service of a way back, and where it stands."""
    for module in acts.modules():
        if not module.path.is_relative_to(WEB):
            continue
        for call in ast.walk(module.tree):
            if not isinstance(call, ast.Call) or acts.called(call) in NAMING | PASSING:
                continue
            if any(BACK.search(acts.called(ast.Call(word, [], []))) for word in call.args):
                yield f"{module.name}:{call.lineno}", call


def names(call: ast.Call) -> bool:
    """Whether the page says which one: in what it tells of it, or in a heading or lead with something filled in."""
    told = {keyword.arg: keyword.value for keyword in call.keywords}
    if told.keys() & {"what", "facts"}:
        return True
    said = [told[word] for word in ("heading", "lead") if word in told]
    return any(not isinstance(each, ast.Call) or acts.called(each) == "join" for each in said)


def test_every_page_of_a_way_back_names_what_goes():
    found = dict(pages())
    assert len(found) > 25
    assert [where for where, call in found.items() if not names(call)] == []
