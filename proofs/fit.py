"""Measure what grading one submission takes, and say which container on Gradescope is enough."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.assignment import default_assignment
from autograder.course.build.products import built_in, ensure_built
from autograder.errors import KitError
from autograder.gradescope.lock import cpu_lock
from autograder.gradescope.needed import needed_packages
from autograder.paths import PROJECT
from proofs.first_cell import STUDENTS, seconds_to_first_cell
from proofs.harness import CORRECT, row
from proofs.usage import usage_of

SIZES = ((0.5, 768), (1.0, 1536), (2.0, 3072), (4.0, 6144))
"""Gradescope's containers: processors and megabytes, the default first."""
TIMEOUT_SECONDS = 600
"""Gradescope's default."""
SPARE = 1.25
"""For submissions that take more than the solved one."""


STEPS = """\
| step | seconds | megabytes |
|---|---|---|
| the process that judges and the one that sandboxes are forked from import torch together: \
one is forked from the other before anything is read | 1.2 of a core | 270 |
| torch's compiler and torchvision are imported by the notebook that needs them (the first \
optimizer does) | 1.4 | 95 |
| the digits are mapped from their file, only those that are asked for are normalised | 0.4 | 260 |
| no huge pages for one submission, no search for garbage during imports | 1.2 | 15 |
| otter without nbconvert and pandas, the judging process without matplotlib | 1.5 of a core | 60 |
| no sandbox is made ready for a next submission | 0.1 of a core | |
| the process that judges gives back what it frees | | 50 |

The self-test of the isolation stays in front of the first cell: it takes 0.1 s."""


@dataclass(frozen=True)
class Fit:
    """What grading the solved notebook took."""

    private_megabytes: float
    whole_megabytes: float
    seconds: float
    cpu_seconds: float
    start_seconds: float
    """Of `seconds`, what passed before the notebook's first cell ran."""
    score: str
    installed_megabytes: float
    torch: str
    class_seconds: float
    """What passes from `make grade` of a small class until its first cell."""

    def seconds_on(self, cpus: float) -> float:
        """About how long it takes with so many processors: it uses hardly more than one."""
        return max(self.seconds, self.cpu_seconds / cpus)


def measure() -> Fit:
    """Grade a correct notebook as in a container, and look on. Raises `KitError`."""
    import torch

    ensure_built(default_assignment())
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "submission").mkdir()
        (root / "results").mkdir()
        shutil.copy(CORRECT, root / "submission")
        command = [sys.executable, "-B", "-m", "autograder.gradescope.container", name]
        with subprocess.Popen(command, cwd=PROJECT) as process:
            usage = usage_of(process)
        report: dict[str, Any] = json.loads((root / "results" / "results.json").read_bytes())
    if "score" not in report:
        raise KitError(f"{CORRECT.name} could not be graded: {report['extra_data']}")
    return Fit(
        usage.private_megabytes,
        usage.whole_megabytes,
        usage.seconds,
        usage.cpu_seconds,
        report["extra_data"]["start_seconds"],
        f"{report['score']:g}",
        _installed_megabytes(),
        f"{torch.__version__}{' with CUDA' if torch.version.cuda else ', CPU build'}",
        seconds_to_first_cell(),
    )


def recommended(fit: Fit) -> tuple[float, int]:
    """Return the smallest container that is large and fast enough, with something to spare."""
    for cpus, megabytes in SIZES:
        enough = fit.private_megabytes * SPARE <= megabytes
        if enough and fit.seconds_on(cpus) * 2 * SPARE <= TIMEOUT_SECONDS:
            return cpus, megabytes
    return SIZES[-1]


def page(fit: Fit) -> str:
    """Return the measurement as a page of documentation."""
    cpus, megabytes = recommended(fit)
    rows = "\n".join(_row(fit, *size) for size in SIZES)
    return f"""# Does it fit into Gradescope's containers?

Choose **{cpus:g} CPU, {megabytes:,} MB** (Settings → Autograder → Container Specifications).

Measured by `make fit`: one solved submission, graded as `run_autograder` does it.

| | measured |
|---|---|
| memory of all processes at the peak, pages of files left out | {fit.private_megabytes:,.0f} MB |
| the same with the pages of files, which the kernel can drop | {fit.whole_megabytes:,.0f} MB |
| time | {fit.seconds:.1f} s, {fit.start_seconds:.1f} s of it before the first cell |
| processor time | {fit.cpu_seconds:.0f} s |
| installed packages | {fit.installed_megabytes:,.0f} MB |
| torch | {fit.torch} |
| score | {fit.score} |

| container | memory | time expected (time-out: {TIMEOUT_SECONDS} s) |
|---|---|---|
{rows}

"Enough" leaves a quarter of the memory for submissions that need more than the solved one. Builds
of torch with CUDA, if that is what was measured, hold more memory and disk than the CPU builds that
`setup.sh` installs. Times that the course limits are those of a whole core: on half a core each
limit is twice as long, so that slower containers give the same marks.

{_smallest(fit)}

## What passes before the first cell

It was 7.4 s and 1,222 MB. What each step brought, on two cores, when it was made:

{STEPS}

On one's own machine, a class of {STUDENTS} runs its first cell {fit.class_seconds:.1f} s after
`make grade`: its zygote begins before anything else, the isolation is measured while this side
imports, and what only checks or pages need is loaded beside the first cells.

{last_line(fit)}
"""


def last_line(fit: Fit) -> str:
    """Return what a submission waits and takes, in one line."""
    return f"before the first cell {fit.start_seconds:.1f} s, peak {fit.private_megabytes:,.0f} MB"


def _smallest(fit: Fit) -> str:
    """Return a plain answer for the smallest container."""
    cpus, megabytes = SIZES[0]
    name, over = f"{cpus:g} CPU and {megabytes:,} MB", fit.private_megabytes - megabytes
    if over > 0:
        return f"**{name} do not fit**: the solved notebook takes {over:,.0f} MB more at its peak."
    if fit.private_megabytes * SPARE > megabytes:
        return f"**{name} are too tight**: the solved notebook leaves {-over:,.0f} MB to spare."
    return f"**{name} fit**, with {-over:,.0f} MB to spare."


def _row(fit: Fit, cpus: float, megabytes: int) -> str:
    needed = fit.private_megabytes * SPARE
    verdict = "enough" if needed <= megabytes else f"too small: {needed:,.0f} MB are wanted"
    return row(f"{cpus:g} CPU, {megabytes:,} MB", verdict, f"{fit.seconds_on(cpus):.0f} s")


def _installed_megabytes() -> float:
    """Of the packages that setup.sh installs, as they are installed here."""
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    settings = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    text = cpu_lock(lock, settings, needed_packages(built_in(default_assignment())))
    names = [line.split("==")[0] for line in text.splitlines()[1:]]
    total = 0
    for name in names:
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        total += sum(file.size or 0 for file in files)
    return total / 1e6
