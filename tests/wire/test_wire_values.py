"""Values cross the wire unchanged, and nothing else crosses it."""

import contextlib
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.wire.frames import WireError, pack, parse_header
from autograder.wire.values import DEPTH_LIMIT, NODE_LIMIT, Decoder, Encoder
from tests.support.crossing import refuse, there_and_back

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.just(...),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(st.text() | st.integers() | st.tuples(st.integers(), st.text()))
        | st.frozensets(st.text())
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers(), st.text()), inner)
    ),
    max_leaves=20,
)


@given(plain)
@settings(max_examples=300, deadline=None)
def test_plain_values_arrive_as_they_were(value: object):
    result = there_and_back(value)
    assert result == value
    assert type(result) is type(value)


def test_not_a_number_and_infinities_arrive():
    result = there_and_back([math.nan, math.inf, -math.inf])
    assert isinstance(result, list)
    assert math.isnan(result[0])
    assert result[1:] == [math.inf, -math.inf]


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3, 4), (1, 0, 2)])
@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.int64, torch.bool, torch.uint8]
)
def test_tensors_arrive_with_shape_dtype_and_values(shape: tuple[int, ...], dtype: torch.dtype):
    value = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    result = there_and_back(value)
    assert isinstance(result, torch.Tensor)
    assert result.dtype == dtype
    assert torch.equal(result, value)


def test_arrays_and_numpy_numbers_keep_their_kind():
    array, number = np.arange(6, dtype=np.int32).reshape(2, 3), np.float32(1.5)
    result = there_and_back({"array": array, "number": number})
    assert isinstance(result, dict)
    assert np.array_equal(result["array"], array)
    assert type(result["number"]) is np.float32


def test_arrays_whose_bytes_stand_the_other_way_round_arrive_with_their_values():
    for value in (np.arange(3, dtype=">f4"), np.arange(3, dtype=">i8"), np.float64(1.5)):
        assert np.array_equal(there_and_back(value), value)
    assert there_and_back(np.arange(3, dtype=">f4")[1]) == 1


def test_arrays_of_texts_arrive_as_lists():
    assert there_and_back(np.array(["A", "B"])) == ["A", "B"]
    assert there_and_back(np.array([["A"], [3]], dtype=object)) == [["A"], [3]]
    assert there_and_back(np.str_("A")) == "A"


def test_an_array_that_contains_itself_is_refused():
    endless = np.array([None], dtype=object)
    endless[0] = endless
    with pytest.raises(WireError):
        there_and_back(endless)


def test_strided_transposed_sparse_and_gradient_tensors_arrive_as_plain_copies():
    base = torch.arange(12.0).reshape(3, 4)
    for value in (base.T, base[:, ::2], base.to_sparse(), torch.nn.Parameter(base)):
        result = there_and_back(value)
        dense = value.to_dense() if value.is_sparse else value.detach()
        assert type(result) is torch.Tensor
        assert torch.equal(result, dense)


def test_a_tensor_subclass_arrives_as_an_ordinary_tensor():
    class AlwaysEqual(torch.Tensor):
        def __eq__(self, other: object) -> bool:  # type: ignore[override]
            return True

    result = there_and_back(torch.zeros(2).as_subclass(AlwaysEqual))
    assert type(result) is torch.Tensor


def test_a_list_that_contains_itself_is_refused():
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(WireError, match="nested"):
        Encoder(refuse).encode(loop)


def test_a_tensor_without_values_is_refused():
    with pytest.raises(WireError, match="meta"):
        Encoder(refuse).encode(torch.zeros(2, device="meta"))


@pytest.mark.parametrize(
    ("tree", "body"),
    [
        ({}, b""),
        ({"pickle": "x"}, b""),
        ({"tensor": "float32", "shape": [1 << 60]}, b"\0" * 8),
        ({"tensor": "float32", "shape": [-1]}, b"\0" * 8),
        ({"tensor": "float32", "shape": [True]}, b"\0" * 8),
        ({"tensor": "float32"}, b"\0" * 8),
        ({"tensor": "object", "shape": [1]}, b"\0" * 8),
        ({"tensor": ["float32"], "shape": [1]}, b"\0" * 8),
        ({"tensor": "float32", "shape": [2] * 40}, b"\0" * 8),
        ({"tensor": "float32", "shape": [1] * 17}, b"\0" * 8),
        ({"scalar": "float32", "shape": [2]}, b"\0" * 8),
        ({"int": "9" * 5000}, b""),
        ({"int": "٣"}, b""),
        ({"float": "1e5"}, b""),
        ({"dict": [[1, 2, 3]]}, b""),
        ({"dict": [[[1], 2]]}, b""),
        ({"tuple": "abc"}, b""),
        ({"set": "abc"}, b""),
        ({"set": [[1]]}, b""),
    ],
)
def test_a_malformed_value_is_refused(tree: object, body: bytes):
    with pytest.raises(WireError):
        Decoder(body, refuse).decode(tree)


def test_bytes_that_no_value_claims_are_refused():
    decoder = Decoder(b"\0" * 8, refuse)
    decoder.decode({"tensor": "float32", "shape": [1]})
    with pytest.raises(WireError, match="longer"):
        decoder.finish()


def test_a_tensor_longer_than_its_body_is_told_as_such():
    for shape in ([3], [1 << 40], [2, 2]):
        with pytest.raises(WireError, match="longer than its body"):
            Decoder(b"\0" * 8, refuse).decode({"tensor": "float32", "shape": shape})


def test_a_number_of_too_many_digits_is_refused():
    assert Decoder(b"", refuse).decode({"int": "9" * 1000}) == 10**1000 - 1
    with pytest.raises(WireError):
        Decoder(b"", refuse).decode({"int": "9" * 1001})


def nested(depth: int) -> object:
    tree: object = 1
    for _ in range(depth):
        tree = [tree]
    return tree


def test_a_value_is_decoded_up_to_its_limits():
    Decoder(b"", refuse).decode(nested(DEPTH_LIMIT))
    Decoder(b"", refuse).decode([None] * (2 * NODE_LIMIT - 1))
    for tree in (nested(DEPTH_LIMIT + 1), [None] * (2 * NODE_LIMIT)):
        with pytest.raises(WireError, match="nested too deeply or has too many parts"):
            Decoder(b"", refuse).decode(tree)


def test_a_value_is_encoded_up_to_its_limits():
    Encoder(refuse).encode(nested(DEPTH_LIMIT))
    Encoder(refuse).encode([None] * (NODE_LIMIT - 1))
    for value in (nested(DEPTH_LIMIT + 1), [None] * NODE_LIMIT):
        with pytest.raises(WireError, match="nested too deeply or has too many parts"):
            Encoder(refuse).encode(value)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["tensor", "array", "scalar", "shape", "dict", "tuple", "float", "int", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
)


@given(json_like, st.binary(max_size=40))
@settings(max_examples=500, deadline=None)
def test_the_decoder_survives_everything(tree: object, body: bytes):
    with contextlib.suppress(WireError):
        Decoder(body, refuse).decode(tree)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b"{" * 100_000,
        b"\xff",
        b'{"a": 1' + b"0" * 30 + b"}",
    ],
)
def test_a_malformed_header_is_refused(text: bytes):
    with pytest.raises(WireError):
        parse_header(text)


def test_a_header_that_is_too_long_is_not_sent():
    with pytest.raises(WireError, match="larger"):
        pack({"text": "x" * (2 << 20)})
