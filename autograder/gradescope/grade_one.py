"""Grades a container's submission: `python -m autograder.gradescope.grade_one ROOT SECONDS FILE`

Writes what results.json shall hold to FILE; an error ends it with status 1 and a traceback.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.paths import ASSIGNMENT, BUILD, COURSE


def graded(root: Path, seconds: float) -> dict[str, Any]:
    """The content of results.json for the submission below `root`, after at most `seconds`."""
    started = time.monotonic()
    # Here and not above, because these imports need the lesson's package and take seconds.
    from autograder.build.products import built_in
    from autograder.course import read_course
    from autograder.gradescope.limits import limits_within, this_container
    from autograder.gradescope.submitted import submission_in
    from autograder.isolation import REQUIRED_TIER, measured
    from autograder.late import with_deduction
    from autograder.reports.gradescope import results
    from autograder.start import open_engine, seed_for

    course, built = read_course(COURSE), built_in(BUILD)
    submission = submission_in(root)
    container = this_container()
    limits = limits_within(course.limits, container, seconds)
    course = replace(course, limits=limits)
    with open_engine(course, built, "cpu", seed_for(built, fresh=course.fresh_inputs)) as engine:
        # Weaker than required is told, not refused: there must be results for every submission.
        isolation = measured(engine.zygote, REQUIRED_TIER, next(built.hidden_tests.glob("*.py")))
        left = seconds - (time.monotonic() - started)
        limits = limits_within(limits, replace(container, cpus=None), left)
        engine = replace(engine, course=replace(course, limits=limits), isolation=isolation)
        start_seconds = round(time.monotonic() - started, 1)
        grade, _ = engine.grade(submission)
    for fault in (grade.fault, *(case.fault for q in grade.questions for case in q.cases)):
        if fault:
            print(fault)  # on Gradescope instructors alone see this
    report = results(with_deduction(grade, submission, course.late), shown=course.gradescope)
    report["extra_data"]["start_seconds"] = start_seconds
    return report | {"execution_time": round(time.monotonic() - started, 1)}


if __name__ == "__main__":
    sys.path.insert(1, str(ASSIGNMENT))
    content = json.dumps(graded(Path(sys.argv[1]), float(sys.argv[2])))
    Path(sys.argv[3]).write_text(content, encoding="ascii")
