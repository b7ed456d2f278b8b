"""Read the table that q21 asks for, and compare it with a rerun."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from cnnlab.diagnosis import Cause, Diagnosis, caused, fail, sentence
from cnnlab.feedback.values import as_float64, kind
from cnnlab.helping import SEEDS, SETTINGS

QUESTION, NAME = "q21", "table"
Row = tuple[float, float]
ROOM = 1.0
"""Points of accuracy that another computer's arithmetic may explain."""
WIDE = 3.5
"""Standard errors within which a mean agrees; twice as many for the spread of so few seeds."""


def check_table_form(table: Any) -> None:
    """Raise `CheckFailed` unless each of the four rows holds a mean and a spread in percent."""
    found = _read(table)
    means = [mean for mean, _ in found.values()]
    if all(0 <= mean <= 1 for mean in means):
        fail(
            caused(
                QUESTION, Cause("fractions", "these are fractions: write percent, 75.0 for 0.75")
            )
        )
    if all(spread > mean for mean, spread in found.values()):
        fail(caused(QUESTION, _TURNED))
    for row, (mean, spread) in found.items():
        if not 0 <= mean <= 100:
            text = f'the mean of row "{row}" is not between 0 and 100 percent'
            fail(Diagnosis(sentence(QUESTION, text), symptom="no_percentage"))
        if not 0 <= spread <= 50:
            text = f'the spread of row "{row}" is not a standard deviation of percentages'
            fail(Diagnosis(sentence(QUESTION, text), symptom="no_spread"))


def check_conclusion(conclusion: Any) -> None:
    """Raise `CheckFailed` unless there is text: a person reads what it says."""
    text = ""
    if type(conclusion) is not str:
        text = "conclusion is not there yet: two sentences of text"
    elif len(conclusion.split()) < 8:
        text = "conclusion is too short for two sentences"
    if text:
        fail(Diagnosis(sentence(QUESTION, text), symptom="conclusion"))


def check_table(table: Any, rerun: Mapping[str, Row], unmoved: Mapping[str, float]) -> None:
    """Raise `CheckFailed` unless the table agrees with a rerun within its spread.

    Args:
        rerun: row → mean and spread of single networks, from many seeds.
        unmoved: row → mean accuracy on digits that were not moved.
    """
    check_table_form(table)
    found = _read(table)
    if all(_agrees(found[row], rerun[row]) for row in SETTINGS):
        return
    fail(_explained(found, rerun, unmoved))


def _explained(
    found: Mapping[str, Row], rerun: Mapping[str, Row], unmoved: Mapping[str, float]
) -> Diagnosis:
    rows = list(SETTINGS)
    for order in permutations(rows):
        if all(_agrees(found[row], rerun[other]) for row, other in zip(rows, order, strict=True)):
            names = ", ".join(
                f'"{row}"' for row, other in zip(rows, order, strict=True) if row != other
            )
            return caused(QUESTION, Cause("rows_swapped", f"the rows {names} are mixed up"))
    for cause, changed in (
        (_ERRORS, {row: (100 - mean, spread) for row, (mean, spread) in found.items()}),
        (_UNMOVED, {row: (found[row][0] - unmoved[row] + rerun[row][0], 0.0) for row in rows}),
    ):
        if all(_mean_agrees(changed[row][0], rerun[row]) for row in rows):
            return caused(QUESTION, cause)
    if all(_mean_agrees(found[row][0], rerun[row]) for row in rows):
        off = next(row for row in rows if not _agrees(found[row], rerun[row]))
        text = f'the mean of row "{off}" agrees with a rerun, but its spread is far too large'
        return Diagnosis(sentence(QUESTION, text), symptom="spread_differs")
    off = next(row for row in rows if not _mean_agrees(found[row][0], rerun[row]))
    text = (
        f'row "{off}" does not agree with a rerun of the experiment within its spread. Run the cell'
        " that measures again, with your random_shift as it is now, and write down what it says"
    )
    return Diagnosis(sentence(QUESTION, text), symptom="differs_from_rerun")


_ERRORS = Cause("errors_reported", "these are shares of wrong digits: report those that are right")
_TURNED = Cause("mean_and_spread_swapped", "mean and spread are swapped: the mean comes first")
_UNMOVED = Cause(
    "unmoved_digits", "these are accuracies on digits that were not moved: report moved ones"
)


def _mean_agrees(mean: float, rerun: Row) -> bool:
    return abs(mean - rerun[0]) <= WIDE * rerun[1] / len(SEEDS) ** 0.5 + ROOM


def _agrees(row: Row, rerun: Row) -> bool:
    return _mean_agrees(row[0], rerun) and row[1] <= 2 * WIDE * rerun[1] / len(SEEDS) ** 0.5 + ROOM


def _read(table: Any) -> dict[str, Row]:
    """Row → mean and spread; a sentence where it cannot be read."""
    if table is None or table is Ellipsis:
        text = f"{NAME} is still to be written: run the measurement, and copy its table"
        fail(Diagnosis(sentence(QUESTION, text), symptom="missing"))
    if not issubclass(type(table), dict):
        text = f"{NAME} is {kind(table)}, where a dictionary of four rows is expected"
        fail(Diagnosis(sentence(QUESTION, text), symptom="kind"))
    found: dict[str, Row] = {}
    named = {_row_name(key): value for key, value in table.items() if type(key) is str}
    for row in SETTINGS:
        if row not in named or named[row] is None or named[row] is Ellipsis:
            text = f'{NAME} has no row "{row}" yet'
            fail(Diagnosis(sentence(QUESTION, text), symptom="open_row"))
        pair = _pair(named[row])
        if pair is None:
            text = f'row "{row}" must hold two numbers, the mean and the spread'
            fail(Diagnosis(sentence(QUESTION, text), symptom="no_pair"))
        else:
            found[row] = pair
    return found


def _row_name(key: str) -> str:
    return key.strip().lower().replace(" ", "_").replace("-", "_")


def _pair(value: Any) -> Row | None:
    entries: Sequence[Any] = ()
    if issubclass(type(value), (list, tuple)):
        entries = list(value)
    else:
        numbers = as_float64(value)
        entries = numbers.tolist() if numbers is not None and numbers.dim() == 1 else ()
    if len(entries) != 2:
        return None
    each = [as_float64(entry) for entry in entries]
    if any(number is None or number.numel() != 1 or not number.isfinite() for number in each):
        return None
    first, second = (float(number) for number in each if number is not None)
    return first, second
