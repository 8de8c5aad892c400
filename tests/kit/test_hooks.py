"""A table of hooks is connected once, however often a start connects it."""

from yishi.kit.hooks import connect


def test_each_function_stands_once_where_it_is_called_from_in_the_tables_order():
    changed, kept = [], []
    table = ((changed, len), (kept, sum), (changed, max))
    connect(table)
    connect(table)
    assert (changed, kept) == ([len, max], [sum])
