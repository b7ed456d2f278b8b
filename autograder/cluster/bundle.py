"""Tests and data on their way to the workers: one file, named after what it holds."""

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from autograder.cluster.place import ClusterError
from autograder.course.build.products import Built
from autograder.gradescope.package import assignment_files, packed

FAST = 1
"""How hard it is compressed: the network is faster than a better compression."""


@dataclass(frozen=True)
class Bundle:
    """What a worker needs of an assignment, as a zip."""

    digest: str
    content: bytes = b""
    shared: str = ""
    """The file that holds the content, where it lies in a folder that all workers see."""


def make_bundle(built: Built, shared: Path | None = None) -> Bundle:
    """Return the bundle of `built`; its content lies in the folder `shared`, if there is one."""
    content = packed(assignment_files(built), FAST)
    digest = hashlib.sha256(content).hexdigest()
    if shared is None:
        return Bundle(digest, content)
    file = shared / f"cnn-assignment-kit-{digest[:32]}.zip"
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        aside.touch(mode=0o600)
        aside.write_bytes(content)
        aside.replace(file)
    except OSError as error:
        raise ClusterError(f"{shared}: nothing can be written there ({error.strerror})") from error
    return Bundle(digest, shared=str(file))


def unpack(bundle: Bundle, folder: Path) -> None:
    """Unpack the bundle into `folder`, which nobody else may enter. Raises `ClusterError`."""
    folder.chmod(0o700)
    content = bundle.content
    if bundle.shared:
        try:
            content = Path(bundle.shared).read_bytes()
        except OSError as error:
            raise ClusterError(
                f"it does not see {bundle.shared} ({error.strerror}): a folder that is shared must "
                "be the same on every worker; leave `shared` out and the tests are sent"
            ) from error
    if hashlib.sha256(content).hexdigest() != bundle.digest:
        raise ClusterError("the tests have not arrived as they were sent")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
