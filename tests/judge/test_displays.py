"""What a cell displays is limited where it comes in: pixels, characters, the number of outputs."""

import json
from typing import Any

import pytest

from autograder.judge.displays import OUTPUTS_LIMIT, TEXT_LIMIT, displays_in
from tests.support.pictures import picture, png_start


def shown(*data: Any) -> list[Any]:
    return [each["data"] for each in displays_in(json.dumps([{"data": d} for d in data]).encode())]


def test_a_picture_is_kept_with_its_text() -> None:
    data = {"text/plain": "<Figure>", "image/png": picture("PNG")}
    assert shown(data | {"text/html": "<b>"}) == [data]


@pytest.mark.parametrize("size", [(60_000, 60_000), (20_001, 1), (8_000, 6_000), (1 << 31, 1)])
def test_a_picture_of_too_many_pixels_is_left_out_and_told(size: tuple[int, int]) -> None:
    (data,) = shown({"text/plain": "<Figure>", "image/png": png_start(*size)})
    assert data.keys() == {"text/plain"}
    assert f"{size[0]:,}×{size[1]:,} pixels" in data["text/plain"]


@pytest.mark.parametrize("content", ["", "AAAA", picture("JPEG"), "?" * 100, "PHNjcmlwdD4="])
def test_what_is_no_png_file_is_left_out_and_told(content: str) -> None:
    assert "no PNG file" in shown({"image/png": content})[0]["text/plain"]


def test_texts_and_outputs_without_end_are_cut() -> None:
    assert len(shown({"text/plain": "x" * (TEXT_LIMIT + 1)})[0]["text/plain"]) == TEXT_LIMIT
    assert len(shown(*[{"text/plain": "x"}] * (OUTPUTS_LIMIT + 1))) == OUTPUTS_LIMIT


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"[" * 100_000, b'[{"data": 3}]'])
def test_what_is_no_list_of_outputs_shows_nothing(body: bytes) -> None:
    assert displays_in(body) == ()
