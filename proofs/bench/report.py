"""Say what a benchmark measured: a line, and the page docs/benchmark.md."""

from proofs.bench.command import MEMORY_AFTER, Measured
from proofs.harness import machine

_REPORT = """\
# How fast the engine is

Written by `make bench` on {machine}.

{submissions} correct submissions, each given all marks by every way below:

| Way | Seconds for all | Seconds each |
|---|---:|---:|
| this engine, one submission a core | {engine:.1f} | {engine_each:.2f} |
| `otter run`, one after another, its defaults | {serial:.1f} | {serial_each:.2f} |
| `otter run`, two side by side, one thread each | {pairs:.1f} | {pairs_each:.2f} |

{ratios}

`otter run` grades the same notebook with the same tests (the zip that `make autograder` builds),
but in one process with the student's code and without a sandbox.

## What grading adds

Medians over the submissions, nothing else running:

| | Seconds |
|---|---:|
| the student's own cells, alone in one bare process | {own:.2f} |
| the whole grading: sandbox, cells, all checks | {graded:.2f} |
| of that, the cells in the sandbox | {cells:.2f} |
| of that, all else: the checks, the start and end of the sandbox | {beside:.2f} |
| the checks, alone in the same bare process as the cells | {checks:.2f} |
| of that, what is observed: the student's functions and networks at work | {called:.2f} |

Each grading is followed at once by the bare process. Submission by submission, grading takes
{added:.2f} s more than the student's own cells alone, in the median. Of this, {called:.2f} s are
the student's own code again, such as two networks on {images:,} test digits each; {overhead:.2f} s
are left as the price of isolation and judging, above the student's own compute. On a shared
machine the times move by more than they differ; "all else" is clocked within the grading and moves
least.
{memory}"""

_MEMORY = """
## Memory of the trusted process

| After | MB |
|---|---:|
{rows}
"""


def ratios(measured: Measured) -> str:
    """Return the line by which one machine and one version is compared with another."""
    return (
        f"throughput ratio to otter run: {measured.ratio_serial:.2f} (serial),"
        f" {measured.ratio_side_by_side:.2f} (side by side)"
    )


def report(measured: Measured) -> str:
    """Return the page docs/benchmark.md."""
    from cnnlab.sampling import COUNT  # the lesson's package can be found by now

    count = measured.submissions
    rows = "\n".join(
        f"| {number} submissions | {value:.0f} |"
        for number, value in zip(MEMORY_AFTER, measured.memory, strict=False)
    )
    return _REPORT.format(
        machine=machine(),
        submissions=count,
        engine=measured.engine,
        engine_each=measured.engine / count,
        serial=measured.otter_serial,
        serial_each=measured.otter_serial / count,
        pairs=measured.otter_side_by_side,
        pairs_each=measured.otter_side_by_side / count,
        ratios=ratios(measured),
        own=measured.own_compute,
        graded=measured.graded,
        cells=measured.cells,
        beside=measured.beside,
        checks=measured.checks,
        called=measured.called,
        added=measured.added,
        overhead=measured.overhead,
        images=COUNT,
        memory=_MEMORY.format(rows=rows) if rows else "",
    )
