"""MNIST, from one file in the assignment: arrays, normalised tensors, batches, torchvision's files.

The data folder is the environment variable CNNLAB_DATA if it is set, else the folder `data` beside
this package, else `data` beside the notebook. While a submission is graded, CNNLAB_DATA holds a
stand-in (`write_sandbox_data`), in which the test images are training images: the labels that
decide a mark are never where a submission runs.
"""

import functools
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import TensorDataset

MEAN, STANDARD_DEVIATION = 0.1307, 0.3081  # of the training pixels, scaled to 0..1
STAND_IN_COUNT = 10_000
VALIDATION_START = 50_000  # training images from here on are for validation

#: MD5 sums of the four (unzipped) IDX files as published by the authors of MNIST.
IDX_MD5 = {
    "train_images": "6bbc9ace898e44ae57da46a324031adb",
    "train_labels": "a25bea736e30d166cdddb491f175f624",
    "test_images": "2646ac647ad5339dbf082846283269ea",
    "test_labels": "27ae3e4e09519cfbb04c329615203637",
}
IDX_FILES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, struct.error)


class DataError(RuntimeError):
    """The data file is missing or broken; the text says what to do about it."""


class Split(NamedTuple):
    """Training and validation images [N,1,28,28] (normalised float32) with labels [N] (int64)."""

    train_images: torch.Tensor
    train_labels: torch.Tensor
    validation_images: torch.Tensor
    validation_labels: torch.Tensor


def folder() -> Path:
    """The data folder; it need not exist."""
    if named := os.environ.get("CNNLAB_DATA"):
        return Path(named)
    beside_package = Path(__file__).resolve().parent.parent / "data"
    beside_notebook = Path.cwd() / "data"
    if not beside_package.exists() and beside_notebook.exists():
        return beside_notebook
    return beside_package


def load(split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 [N,28,28] and labels int64 [N] of "train" or "test"; cached and read-only.

    Raises ValueError for another split, DataError for a missing or broken file.
    """
    if split not in ("train", "test"):
        raise ValueError(f'There is no split {split!r}: ask for "train" or "test".')
    return _load(DataFile(folder() / "mnist.npz"), split)


class DataFile:
    """A data file, the same under every path: a grader loads it before a sandbox renames it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            found = path.stat()
            self._identity = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            self._identity = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataFile) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


@functools.cache
def _load(file: DataFile, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    path = file.path
    if not path.is_file():
        raise DataError(
            f"The digits are missing: there is no file {path}. It comes with the assignment: unpack"
            " the assignment's zip again, or set CNNLAB_DATA to the folder that holds mnist.npz."
        )
    try:
        images, labels = _array(path, f"{split}_images"), _array(path, f"{split}_labels")
    except _DAMAGE as problem:
        raise DataError(_broken(path)) from problem
    if images.ndim != 3 or images.shape[1:] != (28, 28) or len(images) != len(labels):
        raise DataError(_broken(path))
    labels = labels.astype(np.int64)
    images.setflags(write=False)
    labels.setflags(write=False)
    return images, labels


def _array(path: Path, name: str) -> NDArray[np.uint8]:
    """The array `name` in the file: its pages as the file holds them, where nothing is packed."""
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as member:
        np.lib.format.read_magic(member)
        shape, _, kind = np.lib.format.read_array_header_1_0(member)
        info = archive.getinfo(f"{name}.npy")
        if info.compress_type != zipfile.ZIP_STORED:
            return np.frombuffer(member.read(), kind).reshape(shape)
        header = member.tell()
    with path.open("rb") as file:
        file.seek(info.header_offset)
        sizes = struct.unpack("<26x2H", file.read(30))  # of the name and of what else zip notes
    start = info.header_offset + 30 + sum(sizes) + header
    return np.asarray(np.memmap(path, kind, "r", start, shape))


def _broken(path: Path) -> str:
    return (
        f"The file {path} cannot be read as MNIST: it is damaged or only partly there."
        " Delete it and copy it again from the assignment's zip."
    )


def normalise(images: NDArray[np.uint8]) -> torch.Tensor:
    """uint8 images [N,28,28] → float32 [N,1,28,28], as `ToTensor` and `Normalize` give them.

    One look-up per pixel in numpy: it starts no torch threads, so a process may fork afterwards.
    """
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    levels = (levels - np.float32(MEAN)) / np.float32(STANDARD_DEVIATION)
    return torch.from_numpy(levels[np.asarray(images)][:, np.newaxis])


def tensors(split: str, count: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """The first `count` (default: all) normalised images [N,1,28,28] and labels [N] of a split.

    The tensors are views of one cached copy: make a copy before changing them in place.
    """
    images, labels = load(split)
    return _tensors(split, 0, len(images[:count])), torch.from_numpy(labels[:count].copy())


_normalised: dict[tuple[DataFile, str], dict[int, torch.Tensor]] = {}  # by each's first image


def _tensors(split: str, start: int, end: int) -> torch.Tensor:
    """Return the normalised images from `start` to `end`; only those are worked out, and kept."""
    ranges = _normalised.setdefault((DataFile(folder() / "mnist.npz"), split), {})
    for first, images in ranges.items():
        if first <= start and end <= first + len(images):
            return images[start - first : end - first]
    ranges[start] = normalise(load(split)[0][start:end])
    return ranges[start]


def train_and_validation(train: int = 15_000, validation: int = 5_000) -> Split:
    """The first `train` of 50,000 training images, and the first `validation` of the other 10,000.

    No image is in both, and none is a test image. Raises ValueError if there are not that many.
    """
    labels = torch.from_numpy(load("train")[1].copy())
    end = VALIDATION_START + validation
    if not (0 < train <= VALIDATION_START and 0 < validation <= len(labels) - VALIDATION_START):
        raise ValueError(
            f"train must be 1 to {VALIDATION_START:,} and validation 1 to"
            f" {len(labels) - VALIDATION_START:,}; got {train:,} and {validation:,}."
        )
    seen, held_out = _tensors("train", 0, train), _tensors("train", VALIDATION_START, end)
    return Split(seen, labels[:train], held_out, labels[VALIDATION_START:end])


class Batches:
    """An in-memory loader: iterate over it for (images, labels); `len` is the number of batches."""

    def __init__(
        self,
        images: torch.Tensor,
        labels: torch.Tensor,
        batch_size: int,
        shuffle: bool,
        generator: torch.Generator | None,
    ) -> None:
        if len(images) != len(labels):
            raise ValueError(f"{len(images)} images cannot have {len(labels)} labels.")
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}.")
        self.images, self.labels = images, labels
        self.dataset = TensorDataset(images, labels)
        self.batch_size, self.shuffle, self.generator = batch_size, shuffle, generator

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        if not self.shuffle:
            yield from zip(
                self.images.split(self.batch_size), self.labels.split(self.batch_size), strict=True
            )
            return
        order = torch.randperm(len(self.images), generator=self.generator)
        for chosen in order.split(self.batch_size):
            yield self.images[chosen], self.labels[chosen]


def batches(
    images: torch.Tensor,
    labels: torch.Tensor,
    batch_size: int = 64,
    shuffle: bool = False,
    generator: torch.Generator | None = None,
) -> Batches:
    """A loader of [B,1,28,28] and [B] from tensors in memory; the last batch may be smaller.

    It does what `DataLoader` does, without a Python call for each image: an epoch of loading costs
    0.1 s instead of several. With `shuffle`, every pass has a new order, drawn from `generator`.
    """
    return Batches(images, labels, batch_size, shuffle, generator)


def before_fork() -> None:
    """Load and normalise both splits once, so that forked children share the memory."""
    for split in ("train", "test"):
        tensors(split)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """The array as an IDX file: two zero bytes, type 8 (uint8), rank, big-endian sides, values."""
    header = bytes([0, 0, 8, array.ndim])
    return header + np.asarray(array.shape, dtype=">u4").tobytes() + array.tobytes()


def torchvision_root() -> Path:
    """A folder for `torchvision.datasets.MNIST(root, download=True)` that has nothing to download.

    A folder that already has the four files is used as it is; otherwise they are written beside
    mnist.npz, or to a temporary folder if that one is read-only. Without mnist.npz the data folder
    is returned as it is, and torchvision downloads.
    """
    root = folder()
    if _has_idx_files(root) or not (root / "mnist.npz").is_file():
        return root
    if not os.access(root, os.W_OK):
        root = Path(tempfile.gettempdir()) / "cnnlab-mnist"
    if not _has_idx_files(root):
        _write_idx_files(root, {split: load(split) for split in ("train", "test")})
    return root


def _has_idx_files(root: Path) -> bool:
    return all((root / "MNIST" / "raw" / name).is_file() for name in IDX_FILES.values())


def _write_idx_files(
    root: Path, splits: dict[str, tuple[NDArray[np.uint8], NDArray[np.int64]]]
) -> None:
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for split, (images, labels) in splits.items():
        for kind, array in (("images", images), ("labels", labels.astype(np.uint8))):
            target = raw / IDX_FILES[f"{split}_{kind}"]
            aside = target.with_name(f"{target.name}.{os.getpid()}")
            aside.write_bytes(idx_bytes(array))
            aside.replace(target)


def write_sandbox_data(target: Path) -> None:
    """Write the data folder that a submission sees while it is graded: no real test label in it.

    "train" is MNIST's own; "test" is a stand-in, the last 10,000 training images with their labels.
    Both as mnist.npz and as torchvision's files. The same bytes every time.
    """
    images, labels = load("train")
    last = slice(len(images) - STAND_IN_COUNT, None)
    splits = {"train": (images, labels), "test": (images[last], labels[last])}
    target.mkdir(parents=True, exist_ok=True)
    members = {
        f"{split}_{kind}": array
        for split, (pixels, digits) in splits.items()
        for kind, array in (("images", pixels), ("labels", digits.astype(np.uint8)))
    }
    np.savez(target / "mnist.npz", allow_pickle=False, **members)
    _write_idx_files(target, splits)
