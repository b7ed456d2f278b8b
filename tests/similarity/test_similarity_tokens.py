"""Tokens and fingerprints: what a student may change without writing anything new."""

import sys
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.similarity.fingerprints import fingerprints, passages
from autograder.similarity.tokens import MAX_CHARACTERS, tokens
from tests.support.sample_class import COPIED, OWN, RENAMED

HOSTILE_SOURCES = {
    "brackets": "(" * 200_000,
    "quotes": "'" * 200_001,
    "triple quotes": '"""' + "\\\n" * 100_000,
    "backslashes": "\\" * 200_000,
    "indents": "".join(" " * depth + "if x:\n" for depth in range(600)),
    "digits": "9" * 200_000,
    "nul": "\0" * 50_000,
    "surrogates": "\ud800" * 50_000,
    "f-strings": "f'{" * 60_000,
    "line ends": "\r\n\x0c\u2028" * 50_000,
}


def texts(source: str) -> list[str]:
    return [token.text for token in tokens(source)]


@pytest.mark.parametrize(
    "changed",
    ["total = first + 1", "x=y+1", "x = (y +\n     1)  # why", "\n\nx = y + 1\n"],
)
def test_names_layout_and_comments_change_nothing(changed: str) -> None:
    assert [text for text in texts(changed) if text not in "()"] == ["name", "=", "name", "+", "1"]


def test_what_is_called_keeps_its_name() -> None:
    assert texts("out = torch.zeros(len(rows))") == [
        *("name", "=", "name", ".", "zeros"),
        *("(", "len", "(", "name", ")", ")"),
    ]


def test_texts_in_quotes_are_alike() -> None:
    assert texts("print('a')") == texts('print("""b\nc""")')


def test_a_cell_that_is_no_python_is_read_as_far_as_it_goes() -> None:
    assert texts("x = 1\n%matplotlib inline\n  y = 2\n z = 3")[:3] == ["name", "=", "1"]


@pytest.mark.parametrize("source", HOSTILE_SOURCES.values(), ids=HOSTILE_SOURCES)
def test_hostile_source_is_read_in_bounded_time(source: str) -> None:
    started = time.process_time()
    assert len(tokens(source)) <= MAX_CHARACTERS
    assert time.process_time() - started < 2


@settings(deadline=None, max_examples=80)
@given(st.text(st.characters() | st.sampled_from("()[]'\"\\\n #f{}"), max_size=300))
def test_no_text_stops_the_comparison(source: str) -> None:
    limit = sys.getrecursionlimit()
    fingerprints(source)
    assert sys.getrecursionlimit() == limit


def test_a_renamed_copy_has_the_same_fingerprints() -> None:
    assert fingerprints(COPIED).keys() == fingerprints(RENAMED).keys()


def test_another_solution_shares_no_more_than_its_head() -> None:
    shared = fingerprints(COPIED).keys() & fingerprints(OWN).keys()
    assert {fingerprints(COPIED)[mark].first for mark in shared} <= {1}


def test_a_copied_passage_is_found_inside_other_code() -> None:
    inside = f"class Filter:\n{textwrap.indent(COPIED, '    ')}\n" + "x = [1, 2]\n" * 9
    assert len(fingerprints(COPIED).keys() & fingerprints(inside).keys()) > 5


def test_every_fingerprint_is_a_passage_and_knows_its_lines() -> None:
    found = fingerprints(COPIED)
    assert found.keys() <= passages(COPIED)
    last = len(COPIED.splitlines())
    assert all(1 <= lines.first <= lines.last <= last for lines in found.values())


def test_an_answer_of_a_few_tokens_has_no_fingerprint() -> None:
    assert fingerprints("model = ...") == {}
