"""The conditions of rules: a small language that is read, checked and never executed as code.

    any_member("disabled" in health) and main_cause != "disability"

It has the fields of the rule's scope (and of the household), named parameters, numbers, quoted codes, `true` and
`false`; comparisons (`16 <= age < 60` too), `in` a list or a field of several values; `and`, `or`, `not`; `+ - * /`;
and the functions of `FUNCTIONS`. Names, kinds and codes are checked when a pack is read: a slip is a plain sentence
that day, not a wrong finding later.

Logic is three-valued (Kleene): what compares with something unknown is unknown, and a rule speaks only where its
condition is certainly true. `missing(x)` and `known(x)` ask for what is not known itself.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .dossier import FIELDS, Dossier, Field, Scope

Values = Mapping[str, Any]
Run = Callable[[Dossier, Any, Values], Any]  # dossier, the member (helper, measure) in question, parameters

COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
REACHES: Mapping[str, Scope] = {"member": "member", "helper": "helper", "measure": "measure"}
FUNCTIONS = {
    "missing": "missing(x): x is not known",
    "known": "known(x): x is known",
    "size_of": "size_of(x): how many values a field of several values has",
    "days_since": "days_since(day): days from that day to the day of the check",
    "difference": "difference(a, b): how far apart two numbers are",
    "any_member": "any_member(condition): one member at least (likewise any_helper, any_measure)",
    "every_member": "every_member(condition): all members, and there is one (likewise every_helper, every_measure)",
    "count_member": "count_member(condition): how many members certainly (likewise count_helper, count_measure)",
}


class ExpressionError(Exception):
    """What is wrong with a condition, in one line."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A compiled piece and the kind of value it gives: number, code, codes, flag, day or list."""

    run: Run
    kind: str
    words: Mapping[str, str] | None = None
    values: tuple[Any, ...] = ()  # of a list or a constant


@dataclass(slots=True)
class Reader:
    """Compiles one condition and notes what it uses."""

    scope: Scope
    parameters: Iterable[str] = ()
    fields: dict[str, Field] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def read(self, text: str) -> Run:
        """The condition as a function that answers True, False or None (unknown). Raises `ExpressionError`."""
        if len(text) > 1000:
            raise ExpressionError("the condition is longer than 1000 characters")
        try:
            tree = ast.parse(" ".join(text.split()), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"cannot be read: {getattr(error, 'msg', error)}") from None
        made = self._piece(tree.body, self.scope)
        if made.kind != "flag":
            raise ExpressionError(f"gives a {made.kind}, not true or false")
        return made.run

    def _piece(self, node: ast.expr, scope: Scope) -> Typed:
        make = _MAKERS.get(type(node))
        if make is None:
            raise ExpressionError(f"“{ast.unparse(node)[:60]}” has no place in a condition")
        return make(self, node, scope)

    def _constant(self, node: ast.Constant, scope: Scope) -> Typed:
        value: Any = node.value
        if isinstance(value, float):
            value = Decimal(str(value))
        kind = "number" if isinstance(value, int | Decimal) and not isinstance(value, bool) else "code"
        if kind == "code" and not isinstance(value, str):
            raise ExpressionError(f"“{value}” is neither a number nor a code in quotes; write true or false")
        return Typed(lambda h, x, p: value, kind, values=(value,))

    def _name(self, node: ast.Name, scope: Scope) -> Typed:
        name = node.id
        if name in ("true", "false"):
            value = name == "true"
            return Typed(lambda h, x, p: value, "flag", values=(value,))
        if name in self.parameters:
            self.used.add(name)
            return Typed(lambda h, x, p: p.get(name), "number")
        own = FIELDS[scope].get(name)
        if own is not None and scope != "household":
            self.fields[name] = own
            get = operator.attrgetter(name)
            return Typed(lambda h, x, p: get(x), own.kind, own.words)
        of_household = FIELDS["household"].get(name)
        if of_household is not None:
            self.fields[name] = of_household
            look = operator.attrgetter(name)
            return Typed(lambda h, x, p: look(h), of_household.kind, of_household.words)
        raise ExpressionError(f"nobody knows “{name}” here: no field of a {scope} or household, and no parameter")

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Typed:
        """`head.sex`: a field of the head of the household."""
        of_head = FIELDS["member"].get(node.attr)
        if not isinstance(node.value, ast.Name) or node.value.id != "head" or of_head is None:
            raise ExpressionError(f"“{ast.unparse(node)[:60]}”: only fields of the head are reached so, as head.sex")
        self.fields[node.attr] = of_head
        get = operator.attrgetter(node.attr)
        return Typed(lambda h, x, p: None if h.head is None else get(h.head), of_head.kind, of_head.words)

    def _list(self, node: ast.List | ast.Tuple, scope: Scope) -> Typed:
        pieces = [self._piece(element, scope) for element in node.elts]
        values = tuple(value for piece in pieces for value in piece.values)
        if len(values) != len(pieces) or len({piece.kind for piece in pieces}) != 1:
            raise ExpressionError("a list holds numbers only or codes only")
        kept = frozenset(values)
        return Typed(lambda h, x, p: kept, "list", values=values)

    def _logic(self, node: ast.BoolOp, scope: Scope) -> Typed:
        runs = [self._flag(operand, scope) for operand in node.values]
        stop = isinstance(node.op, ast.Or)

        def run(h: Dossier, x: Any, p: Values) -> bool | None:
            answer: bool | None = not stop
            for operand in runs:
                truth = operand(h, x, p)
                if truth is stop:
                    return bool(stop)
                if truth is None:
                    answer = None
            return answer

        return Typed(run, "flag")

    def _flag(self, node: ast.expr, scope: Scope) -> Run:
        made = self._piece(node, scope)
        if made.kind != "flag":
            raise ExpressionError(f"“{ast.unparse(node)[:60]}” is a {made.kind}, not true or false")
        return made.run

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Typed:
        if isinstance(node.op, ast.Not):
            run = self._flag(node.operand, scope)

            def negate(h: Dossier, x: Any, p: Values) -> bool | None:
                truth = run(h, x, p)
                return None if truth is None else not truth

            return Typed(negate, "flag")
        inner = self._piece(node.operand, scope)
        if not isinstance(node.op, ast.USub) or inner.kind != "number" or not inner.values:
            raise ExpressionError(f"“{ast.unparse(node)[:60]}” has no place in a condition")
        value = -inner.values[0]
        return Typed(lambda h, x, p: value, "number", values=(value,))

    def _arithmetic(self, node: ast.BinOp, scope: Scope) -> Typed:
        left, right = self._piece(node.left, scope), self._piece(node.right, scope)
        do = _ARITHMETIC.get(type(node.op))
        if do is None or (left.kind, right.kind) != ("number", "number"):
            raise ExpressionError(f"“{ast.unparse(node)[:60]}”: only numbers, with + - * /")
        left_run, right_run = left.run, right.run

        def run(h: Dossier, x: Any, p: Values) -> Any:
            a, b = left_run(h, x, p), right_run(h, x, p)
            if a is None or b is None:
                return None
            try:
                return do(a, b)
            except ArithmeticError:
                return None

        return Typed(run, "number")

    def _compare(self, node: ast.Compare, scope: Scope) -> Typed:
        pieces = [self._piece(operand, scope) for operand in (node.left, *node.comparators)]
        runs = [
            self._pair(left, op, right, node)
            for left, op, right in zip(pieces, node.ops, pieces[1:], strict=False)
        ]  # fmt: skip
        if len(runs) == 1:
            return Typed(runs[0], "flag")

        def run(h: Dossier, x: Any, p: Values) -> bool | None:
            answer: bool | None = True
            for comparison in runs:
                truth = comparison(h, x, p)
                if truth is False:
                    return False
                if truth is None:
                    answer = None
            return answer

        return Typed(run, "flag")

    def _pair(self, left: Typed, op: ast.cmpop, right: Typed, node: ast.Compare) -> Run:
        text = ast.unparse(node)[:60]
        left_run, right_run = left.run, right.run
        if isinstance(op, ast.In | ast.NotIn):
            if right.kind not in ("list", "codes"):
                raise ExpressionError(f"“{text}”: “in” asks for a list or a field of several values")
            _check_codes(left if right.kind == "list" else right, right if right.kind == "list" else left, text)
            turned = isinstance(op, ast.NotIn)
            if right.kind == "list":
                kept = frozenset(right.values)

                def listed(h: Dossier, x: Any, p: Values) -> bool | None:
                    a = left_run(h, x, p)
                    return None if a is None else (a in kept) is not turned

                return listed

            def contained(h: Dossier, x: Any, p: Values) -> bool | None:
                a, b = left_run(h, x, p), right_run(h, x, p)
                return None if a is None or b is None else (a in b) is not turned

            return contained
        compare = COMPARE.get(type(op))
        if compare is None or left.kind != right.kind or left.kind in ("list", "codes"):
            raise ExpressionError(f"“{text}” compares a {left.kind} with a {right.kind}")
        if left.kind in ("code", "flag") and not isinstance(op, ast.Eq | ast.NotEq):
            raise ExpressionError(f"“{text}”: a {left.kind} is equal or not, never more or less")
        _check_codes(left, right, text)
        _check_codes(right, left, text)
        if right.values:
            return _to_constant(left_run, compare, right.values[0])

        def run(h: Dossier, x: Any, p: Values) -> bool | None:
            a, b = left_run(h, x, p), right_run(h, x, p)
            if a is None or b is None:
                return None
            try:
                return bool(compare(a, b))
            except ArithmeticError:  # a number that is none
                return None

        return run

    def _call(self, node: ast.Call, scope: Scope) -> Typed:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)[:40]
        if node.keywords:
            raise ExpressionError(f"“{name}” takes no named values")
        quantity, _, kind = name.partition("_")
        if quantity in ("any", "every", "count") and kind in REACHES:
            if len(node.args) != 1 or scope != "household":
                raise ExpressionError(f"{name}(condition) takes one condition, in a rule on households")
            return _over(quantity, kind, self._flag(node.args[0], REACHES[kind]))
        pieces = [self._piece(argument, scope) for argument in node.args]
        runs, kinds = [piece.run for piece in pieces], [piece.kind for piece in pieces]
        if name in ("missing", "known") and len(runs) == 1:
            return _presence(runs[0], name == "missing", kinds[0] == "codes")
        if name == "size_of" and kinds == ["codes"]:
            return Typed(lambda h, x, p: None if (a := runs[0](h, x, p)) is None else len(a), "number")
        if name == "days_since" and kinds == ["day"]:
            return Typed(lambda h, x, p: None if (a := runs[0](h, x, p)) is None else (h.as_of - a).days, "number")
        if name == "difference" and kinds == ["number", "number"]:
            return Typed(_difference(*runs), "number")
        raise ExpressionError(f"“{ast.unparse(node)[:60]}” is no function here. There are: {'; '.join(FUNCTIONS)}")


def _to_constant(left_run: Run, compare: Callable[[Any, Any], Any], value: Any) -> Run:
    def run(h: Dossier, x: Any, p: Values) -> bool | None:
        a = left_run(h, x, p)
        if a is None:
            return None
        try:
            return bool(compare(a, value))
        except ArithmeticError:  # a number that is none
            return None

    return run


def _check_codes(coded: Typed, constant: Typed, text: str) -> None:
    """Codes that are written out must be codes of the field that they are compared with."""
    unknown = [] if coded.words is None else [value for value in constant.values if value not in coded.words]
    if unknown:
        raise ExpressionError(f"“{text}”: “{unknown[0]}” is none of {', '.join(coded.words or ())}")


def _presence(run: Run, wants_missing: bool, of_many: bool) -> Typed:
    """A field of several values of which none is ticked was left blank."""
    if of_many:
        return Typed(lambda h, x, p: (not run(h, x, p)) is wants_missing, "flag")
    return Typed(lambda h, x, p: (run(h, x, p) is None) is wants_missing, "flag")


def _difference(left_run: Run, right_run: Run) -> Run:
    def run(h: Dossier, x: Any, p: Values) -> Any:
        a, b = left_run(h, x, p), right_run(h, x, p)
        if a is None or b is None:
            return None
        try:
            return abs(a - b)
        except ArithmeticError:
            return None

    return run


def _over(quantity: str, kind: str, run: Run) -> Typed:
    """`any_member(…)` and its like. A list that is not kept (None) is unknown."""
    records_of = operator.attrgetter(kind + "s")
    if quantity == "count":

        def count(h: Dossier, x: Any, p: Values) -> int | None:
            records = records_of(h)
            return None if records is None else sum(1 for record in records if run(h, record, p) is True)

        return Typed(count, "number")
    stop = quantity == "any"

    def some(h: Dossier, x: Any, p: Values) -> bool | None:
        records = records_of(h)
        if records is None:
            return None
        answer: bool | None = not stop and bool(records)
        for record in records:
            truth = run(h, record, p)
            if truth is stop:
                return bool(stop)
            if truth is None:
                answer = None
        return answer

    return Typed(some, "flag")


_ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Decimal(a) / Decimal(b),
}
_MAKERS: Mapping[type, Callable[[Reader, Any, Scope], Typed]] = {
    ast.Constant: Reader._constant,
    ast.Name: Reader._name,
    ast.Attribute: Reader._attribute,
    ast.List: Reader._list,
    ast.Tuple: Reader._list,
    ast.BoolOp: Reader._logic,
    ast.UnaryOp: Reader._unary,
    ast.BinOp: Reader._arithmetic,
    ast.Compare: Reader._compare,
    ast.Call: Reader._call,
}
