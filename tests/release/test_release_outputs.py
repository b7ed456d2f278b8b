"""The solved notebook's outputs tell nothing about who ran it, and no answer is printed."""

from typing import Any

import pytest

from autograder.release.personal import personal_problems, this_machine
from autograder.release.solved import printed


def cell(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": "", "outputs": list(outputs)}


def said(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("MAC address: 0a:1b:2c:3d:4e:5f", "a network card's address: 0a:1b:2c:3d:4e:5f"),
        ("IP address: 192.168.1.20", "an IP address: 192.168.1.20"),
        ("saved to /home/student_001/cnn.zip", "a home folder: /home/student_001"),
        ("Node name: lab-pc-7", "this machine's names: lab-pc-7"),
    ],
)
def test_what_names_a_machine_is_named_with_its_cell(text: str, what: str) -> None:
    found = personal_problems("cnn.ipynb", [cell(), cell(said(text))], ["lab-pc-7"])
    assert [str(problem) for problem in found] == [f"cnn.ipynb, cell 2: its output shows {what}"]


def test_versions_shapes_and_accuracies_are_not_personal() -> None:
    text = "torch 2.15.0 on Linux; 97.28 % of 10,000; at 12:30:05; roots of the square /root-mean"
    assert not list(personal_problems("cnn.ipynb", [cell(said(text))], ["lab-pc-7"]))


def test_an_error_and_a_shown_value_are_searched_too() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["at 10.0.0.7 now"]}
    shown = {"output_type": "display_data", "data": {"text/html": ["<b>10.0.0.8</b>"]}}
    found = personal_problems("cnn.ipynb", [cell(error), cell(shown)], [])
    assert [problem.cell for problem in found] == [1, 2]


def test_this_machine_has_a_name() -> None:
    assert all(this_machine())


def test_printed_lines_belong_to_the_question_checked_next() -> None:
    check = {"cell_type": "code", "source": ['grader.check("q2")'], "outputs": []}
    document = {"cells": [cell(said("apart")), cell(said("one\ntwo")), check]}
    assert {"one", "two"} <= set(printed(document)["q2"])
    assert "apart" not in printed(document)["q2"]


def test_a_short_name_in_a_pictures_bytes_is_no_name() -> None:
    encoded = "iVBORw0K/vm/" * 40
    assert not list(personal_problems("cnn.ipynb", [cell(said(encoded))], ["vm"]))
    assert list(personal_problems("cnn.ipynb", [cell(said(f"{encoded} host vm"))], ["vm"]))
