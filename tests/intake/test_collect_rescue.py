"""What surely is a notebook is read, however it was saved; anything else is named."""

import base64
import json
from pathlib import Path

import pytest

from autograder.intake.notebook import Unreadable
from tests.support.handed_in import code, read_content, whole

RAW = json.dumps(whole(code("x = 1  # Größe")), ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (RAW.encode("cp1252"), "cp1252"),
        (RAW.encode("utf-16"), "UTF-16"),
        (RAW.encode("utf-16-le"), "UTF-16"),
        (b"\xef\xbb\xbf" + RAW.encode(), "byte order mark"),
        (RAW.encode() + b"\0" * 4096, "zero bytes"),
        (base64.encodebytes(RAW.encode()), "Base64"),
        (b"data:application/json;base64," + base64.b64encode(RAW.encode()), "Base64"),
        (json.dumps(RAW).encode(), "text in JSON"),
        (f'{{"type": "notebook", "content": {RAW}}}'.encode(), "reply of a server"),
        (f"{RAW}\n ]}}\n".encode(), "Behind the notebook stood 5 more characters"),
    ],
    ids=[
        *("cp1252", "utf-16", "utf-16 without mark", "mark", "padded", "mail", "address", "twice"),
        *("from Jupyter's server", "over a longer one"),
    ],
)
def test_what_surely_is_a_notebook_is_read_and_noted(
    tmp_path: Path, content: bytes, note: str
) -> None:
    read = read_content(tmp_path, content)
    assert "Größe" in read.cells[0].source
    assert any(note in repair for repair in read.repairs)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS"),
        (b"\x1f\x8b\x08" + b"x" * 99, "gzip"),
        (b"\0" * 500, "zero bytes"),
        (b"%PDF-1.7 \xff\xfe", "PDF"),
        (b"Rar!\x1a\x07\x00 \xff", "RAR"),
        (b"\0\0\0\x18ftypheic\xff", "HEIC"),
        (b"<<<<<<< HEAD\n{}", "merge conflict"),
        (b'{"url": "https://docs.example/x", "doc_id": "1"}', "Google Drive"),
        (b"# In[1]:\nx = 1\n", "Python script"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"My work: https://colab.research.google.com/drive/1a", "at colab.research.google.com"),
        (b"<p><a href='https://drive.google.com/x'>here</a></p>", "at drive.google.com"),
        (RAW.encode()[:-9], "cut off"),
    ],
)
def test_what_is_no_notebook_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_content(tmp_path, content)
