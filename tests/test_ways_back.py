"""Every act that somebody can do by mistake has a way back that leaves its trace, or says why it needs none.

The acts are read off the source (`tests/acts.py`), what undoes each stands in `tests/ways_back.py`; both are exact.
"""

from tests import acts, untried, ways_back


def declared() -> list[str]:
    return [*ways_back.UNDONE_BY, *ways_back.DONE_AGAIN, *ways_back.NEEDS_NONE, *ways_back.OWED]


def test_every_act_says_what_undoes_it_or_why_nothing_needs_to():
    by_people = acts.codes() - set(untried.BY_THE_SYSTEM)
    assert by_people - set(declared()) == set(), "new: say in tests/ways_back.py what undoes them"
    assert set(declared()) - by_people == set(), "no act of a person any more"
    assert sorted(declared()) == sorted(set(declared()))


def test_what_undoes_an_act_is_an_act_that_somebody_can_do():
    by_people = acts.codes() - set(untried.BY_THE_SYSTEM)
    undoing = {(act, back) for act, backs in ways_back.UNDONE_BY.items() for back in backs}
    assert {(act, back) for act, back in undoing if back not in by_people} == set()
    assert all(ways_back.UNDONE_BY.values())


def test_a_way_back_says_why():
    """Its service takes the reason: nothing is taken back in silence. A tick in a list is a tick."""
    is_one = {act for act, why in ways_back.NEEDS_NONE.items() if why == ways_back.IS_ONE}
    named = {back for backs in ways_back.UNDONE_BY.values() for back in backs}
    trees = {module.path: module for module in acts.modules()}
    silent = set()
    for opening in acts.openings():
        arguments = trees[opening.path].functions[opening.function].args
        words = {argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)}
        if not opening.function.startswith("_") and not words & {"reason", "note", "text", "answer", "finding"}:
            silent |= opening.codes & is_one & named
    assert silent == ways_back.WITHOUT_WORDS


def test_the_list_of_what_has_no_way_back_grows_no_longer():
    assert len(ways_back.OWED) <= 0
    assert all(ways_back.OWED.values())
