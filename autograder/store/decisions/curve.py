"""A curve: a stated formula on the total, reckoned without running anything else.

score    the total;   full    full marks
+ - * / ** ( )  min max sqrt round abs, numbers
"""

import ast
import math
from collections.abc import Callable, Mapping

_MOST_CHARACTERS = 200
_STEPS = 200


class CurveError(Exception):
    """The formula cannot be used; the message says why."""


def curved(formula: str, score: float, full: float) -> float:
    """Return the total that `formula` makes of `score`, never below zero. Raises `CurveError`."""
    if len(formula) > _MOST_CHARACTERS:
        raise CurveError(f"it has more than {_MOST_CHARACTERS} characters")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        value = _value(tree.body, {"score": score, "full": full})
    except SyntaxError:
        raise CurveError("it isn't a formula") from None
    except (ArithmeticError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise CurveError(f"it has no value for a score of {score:g} ({error})") from None
    if not math.isfinite(value):
        raise CurveError(f"it has no finite value for a score of {score:g}")
    return max(0.0, round(value, 2))


def check_curve(formula: str, full: float) -> None:
    """Raise `CurveError` for a formula without a value somewhere, or that ranks students anew."""
    before = -math.inf
    for step in range(_STEPS + 1):
        score = 1.5 * full * step / _STEPS  # bonus points go beyond full marks
        value = curved(formula, score, full)
        if value < before - 1e-9:
            raise CurveError(f"a higher score gets less than a lower one (at {score:g})")
        before = value


def _least(*values: float) -> float:
    return min(values)


def _most(*values: float) -> float:
    return max(values)


def _round(value: float, digits: float = 0.0) -> float:
    return round(value, int(digits))


_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other,
    ast.Pow: math.pow,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": _least,
    "max": _most,
    "sqrt": math.sqrt,
    "round": _round,
    "abs": math.fabs,
}


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if type(value) is not bool:
            return float(value)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, names), _value(right, names))
        case ast.Call(func=ast.Name(id=name), args=[*args], keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*(_value(each, names) for each in args)))
        case _:
            raise CurveError(
                f"'{ast.unparse(node)}' isn't known; known are score, full, numbers, "
                f"+ - * / **, {', '.join(_FUNCTIONS)}"
            )
