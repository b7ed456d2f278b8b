"""Print the lines of a lock that name other versions than are installed: differs.py LOCK

For `install.sh`, with nothing but Python and its pip.
"""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement


def differs(line: str) -> bool:
    """Whether the package that `line` pins isn't installed as it says; False for another system."""
    wanted = Requirement(line)
    if wanted.marker and not wanted.marker.evaluate():
        return False
    try:
        return not wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return True


if __name__ == "__main__":
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        pinned = line.split(" #")[0].strip()
        if pinned and not pinned.startswith("#") and differs(pinned):
            print(pinned)
