"""Notebooks as students' tools leave them: what is mended, noted, or refused."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake.notebook import Unreadable, read_notebook
from autograder.records import Submission
from tests.support.handed_in import code, read_content, whole
from tests.support.pictures import picture, png_start


@pytest.fixture
def read(tmp_path: Path) -> Any:
    return partial(read_content, tmp_path)


@pytest.fixture
def refusal(read: Any) -> Any:
    def refusal(content: Any) -> str:
        with pytest.raises(Unreadable) as caught:
            read(content)
        return str(caught.value)

    return refusal


def test_a_sound_notebook_needs_no_repair(read: Any) -> None:
    notebook = read(whole(code(["x = 1\n", "y = 2"]), code("z = 3")))
    assert [cell.source for cell in notebook.cells] == ["x = 1\ny = 2", "z = 3"]
    assert notebook.repairs == ()


def test_cells_keep_their_place_among_all_cells(read: Any) -> None:
    text = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    notebook = read(whole(text, code("x"), {"cell_type": "???"}, code("y")))
    assert [cell.index for cell in notebook.cells] == [1, 3]


def test_outputs_widgets_and_foreign_metadata_are_dropped(read: Any) -> None:
    html = {"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}
    notebook = read(
        whole(
            code("x", outputs=[html], metadata={"tags": ["t"], "evil": "<script>"}),
            metadata={
                "widgets": {"state": "<script>"},
                "kernelspec": {"name": "python3", "display_name": "Python 3"},
            },
        )
    )
    assert "<script>" not in json.dumps(notebook.document)
    assert notebook.document["cells"][0]["metadata"] == {"tags": ["t"]}
    assert notebook.document["metadata"]["kernelspec"]["name"] == "python3"


def test_pictures_of_text_cells_are_kept(read: Any) -> None:
    text = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "![a](attachment:a.png)",
        "attachments": {
            "a.png": {"image/png": picture("PNG"), "text/html": "<script>"},
            "a.jpg": {"image/jpeg": picture("JPEG")},
            "b": None,
            "c.png": {"image/png": "AAAA"},
            "huge.png": {"image/png": png_start(60_000, 60_000)},
        },
    }
    notebook = read(whole(text, code("x")))
    assert notebook.document["cells"][0]["attachments"] == {
        "a.png": {"image/png": picture("PNG")},
        "a.jpg": {"image/jpeg": picture("JPEG")},
    }


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ([code("x"), code(None)], "Cell 2: source that is no text, taken as empty."),
        ([code(["x", 1]), code(5)], "Cells 1, 2: source that is no text, taken as empty."),
        ([{"cell_type": "code", "source": "x"}], "Cell 1: missing metadata."),
        ([code("x"), 7], "Cell 2: unknown type, ignored."),
        ([code("x"), {"cell_type": ["code"]}], "Cell 2: unknown type, ignored."),
        (
            [code("x", id="a"), code("y", id="a")],
            "Cell 2: invalid or repeated id, replaced.",
        ),
        ([code("x\r\ny\rz")], "Cell 1: line ends of Windows or an old Mac, replaced."),
        ([code("x = '\ud800'")], "Cell 1: half a character, replaced."),
    ],
)
def test_a_mended_cell_is_noted(read: Any, cells: list[Any], note: str) -> None:
    notebook = read(whole(*cells))
    assert notebook.repairs == (note,)
    nbformat.validate(notebook.document)


def test_one_fault_in_many_cells_is_one_sentence(read: Any) -> None:
    notebook = read(whole(*[code(None) for _ in range(500)]))
    assert notebook.repairs == (
        "Cells 1, 2, 3, 4, 5, 6, 7, 8 and 492 more: source that is no text, taken as empty.",
    )


def test_line_ends_become_newlines(read: Any) -> None:
    assert read(whole(code("x\r\ny\rz"))).cells[0].source == "x\ny\nz"


def test_missing_metadata_of_the_notebook_is_noted(read: Any) -> None:
    assert read(whole(code("x"), metadata=None)).repairs == (
        "The notebook's metadata was missing.",
    )


def test_a_missing_format_version_is_read_as_4(read: Any) -> None:
    notebook = read({"cells": [code("x")], "metadata": {}})
    assert "read as version 4" in notebook.repairs[0]


def test_format_3_is_converted_as_nbformat_converts_it(read: Any) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Convolution"], "metadata": {}},
        {
            "cell_type": "code",
            "input": ["x = 1\n", "y = 2"],
            "outputs": [],
            "language": "python",
            "metadata": {},
        },
        {"cell_type": "markdown", "source": "text", "metadata": {}},
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    expected = nbformat.reads(json.dumps(old), as_version=4)
    notebook = read(old)
    assert [(cell["cell_type"], cell["source"]) for cell in notebook.document["cells"]] == [
        (cell.cell_type, cell.source) for cell in expected.cells
    ]
    assert notebook.cells[0].source == "x = 1\ny = 2"
    assert "was converted" in notebook.repairs[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_unicode_encodings_are_read_and_noted(read: Any, encoding: str) -> None:
    text = json.dumps(whole(code("x = 'é'")), ensure_ascii=False)
    notebook = read(text.encode(encoding))
    assert notebook.cells[0].source == "x = 'é'"
    assert len(notebook.repairs) == 1


def test_nan_is_read_and_noted(read: Any) -> None:
    text = json.dumps(whole(code("x"), metadata={"loss": float("nan")})).encode()
    assert read(text).repairs == ("The file held NaN, which JSON does not know.",)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"x = 1", "see line 1, column 1"),
        (b'{"cells": [', "cut off at the end"),
        (b'{\n"cells": [}', "see line 2, column 11"),
        (b"<!DOCTYPE html>", "is a web page"),
        (b'{"cells":\n<<<<<<< HEAD\n', "git merge conflict"),
        (b'{"cells": [], "x": ' + b"9" * 5000 + b"}", "a number in it is too long"),
        (b'{"x": "\xff"}', "byte 8 cannot be read"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[]", "no notebook"),
        (b'"text"', "no notebook"),
        (b'{"a": 1}', "it has no cells"),
        (b'{"cells": {}}', "cells are no list"),
        (b'{"cells": null}', "cells are no list"),
        (b'{"worksheets": [1]}', "no list of cells"),
        (b'{"nbformat": 4, "cells": []}', "no code cell"),
        (b"[" + b"0," * 5_000_001 + b"0]", "more than 5,000,000 values"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_what_is_no_notebook_is_refused_in_words(refusal: Any, content: bytes, part: str) -> None:
    sentence = refusal(content)
    assert part in sentence
    assert sentence.endswith((".", "?"))


def test_a_notebook_of_text_alone_has_nothing_to_grade(refusal: Any) -> None:
    assert "no code cell" in refusal(whole({"cell_type": "markdown", "source": "x"}))


def test_thousands_of_cells_are_refused(refusal: Any) -> None:
    assert "2,001 cells" in refusal(whole(*[code("")] * 2001))


def test_megabytes_of_code_are_refused(refusal: Any) -> None:
    assert "5,000,001 characters of code" in refusal(whole(code("#" * 5_000_001)))


# Anything at all

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "metadata", "source", "cell_type", "id", "tags", "input", "level"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
_CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "x"]) | _JSON,
        "source": st.text() | st.lists(st.text(max_size=5), max_size=3) | _JSON,
        "input": st.text(max_size=5) | _JSON,
        "level": _JSON,
        "metadata": st.fixed_dictionaries({}, optional={"tags": st.lists(st.text()) | _JSON})
        | _JSON,
        "id": st.text(max_size=3) | _JSON,
        "attachments": st.dictionaries(st.text(max_size=3), st.dictionaries(st.text(), _JSON))
        | _JSON,
    },
)
_DOCUMENT = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({"kernelspec": _JSON, "language_info": _JSON}) | _JSON},
    optional={
        "nbformat": st.sampled_from([3, 4, 5]) | _JSON,
        "cells": st.lists(_CELL | _JSON, max_size=5) | _JSON,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(_CELL | _JSON)}) | _JSON),
    },
)


@settings(deadline=None, max_examples=300)
@given(_DOCUMENT | _JSON)
def test_any_json_is_a_valid_notebook_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ipynb"
    path.write_text(json.dumps(content))
    try:
        notebook = read_notebook(Submission("a", path))
    except Unreadable as error:
        assert str(error)
        return
    nbformat.validate(notebook.document)
    json.dumps(notebook.document).encode()
    for cell in notebook.cells:
        cell.source.encode()
        assert notebook.document["cells"][cell.index]["source"] == cell.source


@settings(deadline=None, max_examples=300)
@given(
    st.binary(max_size=200)
    | st.binary(max_size=20).map(lambda raw: b'{"cells": [' + raw)
    | st.binary(max_size=60).map(lambda raw: b"PK\x03\x04" + raw + b"PK\x05\x06" + raw)
)
def test_any_bytes_are_a_notebook_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.ipynb"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        read_notebook(Submission("a", path))
