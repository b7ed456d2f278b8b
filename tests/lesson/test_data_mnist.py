"""The digits are MNIST's own, load in every place, and keep the test labels from submissions."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from cnnlab import data


@pytest.fixture(scope="module")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sandbox_data")
    data.write_sandbox_data(folder)
    return folder


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_arrays_have_the_md5_sums_that_the_authors_published(split: str) -> None:
    images, labels = data.load(split)
    for kind, array in (("images", images), ("labels", labels.astype(np.uint8))):
        digest = hashlib.md5(data.idx_bytes(array)).hexdigest()
        assert digest == data.IDX_MD5[f"{split}_{kind}"]


def test_loaded_arrays_cannot_be_changed_by_accident() -> None:
    images, labels = data.load("test")
    assert labels.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        labels[0] = 0


def test_tensors_are_normalised_as_torchvision_normalises() -> None:
    images, labels = data.tensors("test", count=3)
    raw, _ = data.load("test")
    from torchvision import transforms  # here: other tests need not wait for its compiler

    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    assert images.shape == (3, 1, 28, 28)
    assert labels.dtype == torch.int64
    assert torch.equal(images, torch.stack([transform(image[..., None]) for image in raw[:3]]))


def test_tensors_are_shared_between_calls() -> None:
    assert data.tensors("test")[0].data_ptr() == data.tensors("test", count=5)[0].data_ptr()


def test_only_the_images_that_are_asked_for_are_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    work = data.normalise
    monkeypatch.setattr(data, "_normalised", {})
    monkeypatch.setattr(
        data, "normalise", lambda images: (done.append(len(images)), work(images))[1]
    )
    split = data.train_and_validation(train=40, validation=20)
    assert torch.equal(split.train_images, data.tensors("train", count=40)[0])
    assert torch.equal(data.tensors("train", count=10)[0], split.train_images[:10])
    assert done == [40, 20]
    whole, labels = data.tensors("train")
    assert torch.equal(whole[50_000:50_020], split.validation_images)
    assert torch.equal(labels[50_000:50_020], split.validation_labels)
    assert done == [40, 20, 60_000]


def test_training_and_validation_images_are_disjoint() -> None:
    split = data.train_and_validation(train=50_000, validation=10_000)
    train, _ = data.tensors("train")
    assert torch.equal(split.train_images, train[:50_000])
    assert torch.equal(split.validation_images, train[50_000:])
    assert len(split.validation_labels) == 10_000


@pytest.mark.parametrize(("train", "validation"), [(0, 5), (50_001, 5), (5, 0), (5, 10_001)])
def test_an_impossible_split_is_refused(train: int, validation: int) -> None:
    with pytest.raises(ValueError, match="train must be 1 to 50,000"):
        data.train_and_validation(train, validation)


def test_batches_cover_every_image_once_in_a_new_order_each_pass() -> None:
    images = torch.arange(10.0).reshape(10, 1, 1, 1)
    loader = data.batches(
        images, torch.arange(10), 4, shuffle=True, generator=torch.Generator().manual_seed(1)
    )
    passes = [[labels for _, labels in loader] for _ in range(2)]
    assert [len(labels) for labels in passes[0]] == [4, 4, 2]
    assert len(loader) == 3
    orders = [torch.cat(labels).tolist() for labels in passes]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == list(range(10))


def test_batches_keep_each_image_with_its_label() -> None:
    images = torch.arange(7.0).reshape(7, 1, 1, 1)
    for shuffle in (False, True):
        for chosen, labels in data.batches(images, torch.arange(7), 3, shuffle=shuffle):
            assert chosen.flatten().tolist() == labels.tolist()


def test_the_sandbox_has_training_labels_where_the_test_labels_would_be(
    sandbox_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_images, real_labels = data.load("test")
    train_images, train_labels = data.load("train")
    monkeypatch.setenv("CNNLAB_DATA", str(sandbox_folder))
    images, labels = data.load("test")
    assert np.array_equal(images, train_images[-10_000:])
    assert np.array_equal(labels, train_labels[-10_000:])
    assert not np.array_equal(labels, real_labels)
    assert not np.array_equal(images, real_images)
    assert np.array_equal(data.load("train")[0], train_images)


def test_no_file_in_the_sandbox_holds_the_test_labels(sandbox_folder: Path) -> None:
    secret = data.load("test")[1].astype(np.uint8).tobytes()
    files = [path for path in sandbox_folder.rglob("*") if path.is_file()]
    assert len(files) == 5
    for path in files:
        assert secret not in path.read_bytes()


def test_sandbox_data_is_the_same_every_time(sandbox_folder: Path, tmp_path: Path) -> None:
    data.write_sandbox_data(tmp_path)
    for path in sandbox_folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(sandbox_folder)).read_bytes()


def test_torchvision_finds_the_sandbox_files_and_downloads_nothing(
    sandbox_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torchvision import datasets

    monkeypatch.setenv("CNNLAB_DATA", str(sandbox_folder))
    root = data.torchvision_root()
    assert root == sandbox_folder
    images, labels = data.load("test")
    dataset = datasets.MNIST(root, train=False, download=True)
    assert np.array_equal(dataset.data.numpy(), images)
    assert np.array_equal(dataset.targets.numpy(), labels)


def test_torchvision_files_are_laid_out_from_the_data_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mnist.npz").symlink_to(data.folder() / "mnist.npz")
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    root = data.torchvision_root()
    for name, file in data.IDX_FILES.items():
        digest = hashlib.md5((root / "MNIST" / "raw" / file).read_bytes()).hexdigest()
        assert digest == data.IDX_MD5[name]


def test_a_missing_file_is_reported_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match=r"unpack.*zip again, or set CNNLAB_DATA"):
        data.load("train")
    assert data.torchvision_root() == tmp_path  # torchvision's own download takes over


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a zip at all"])
def test_a_damaged_file_is_reported_with_what_to_do(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mnist.npz").write_bytes(content)
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="Delete it and copy it again"):
        data.load("test")


@pytest.mark.parametrize("split", ["train", "test"])
def test_digits_that_are_not_packed_are_read_where_they_lie(
    split: str, sandbox_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_DATA", str(sandbox_folder))
    images, labels = data.load(split)
    assert isinstance(images.base, np.memmap)
    with np.load(sandbox_folder / "mnist.npz") as archive:
        assert np.array_equal(images, archive[f"{split}_images"])
        assert np.array_equal(labels, archive[f"{split}_labels"])


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match='ask for "train" or "test"'):
        data.load("validation")


def test_before_fork_starts_no_thread_pool(sandbox_folder: Path) -> None:
    code = (
        "import os\nfrom cnnlab import data\ndata.before_fork()\n"
        "print(len(os.listdir('/proc/self/task')), data.tensors('train')[0].shape[0])"
    )
    environment = {
        "CNNLAB_DATA": str(sandbox_folder),
        "PYTHONPATH": str(Path(data.__file__).parent.parent),
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "60000"]
