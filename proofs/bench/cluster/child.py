"""The client of workers that return a recorded grade: `python -m proofs.bench.cluster.child`.

    overhead ADDRESS NOTEBOOK RECORDED COUNT FOLDER   seconds of each submission, there and back
    flow ADDRESS NOTEBOOK RECORDED COUNT FOLDER       memory and processor time of this process

Prints one JSON value, as the last line.
"""

import json
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from autograder.classroom.run import Setup
from autograder.classroom.views import Views
from autograder.cluster.grader import on_cluster
from autograder.cluster.message import pack_submission
from autograder.cluster.place import Place
from autograder.course.assignment import default_assignment
from autograder.course.build.products import ensure_built
from autograder.records import Submission
from autograder.store.kept import Run, attempt_of
from autograder.store.store import Store
from proofs.bench.cluster.recorded import SLEEP, Recorded, Sample
from proofs.bench.cluster.speed import Silent
from proofs.harness import practice_setup
from proofs.usage import resident_megabytes

SAMPLES = 10
FIRST = 5
"""Submissions that go first, uncounted."""
PAGES = 20
"""For so many students pages are written."""


def overhead(setup: Setup, place: Place, notebook: Path, message: bytes, count: int) -> Any:
    """Return the seconds of each submission that is sent when the one before is back."""
    submission = Submission("student_001", notebook)
    seconds: list[float] = []
    with on_cluster(place, partial(Recorded, message=message, seconds=0.0))(setup) as grader:
        for _ in range(FIRST):
            list(grader.each([submission], Silent()))
        before = time.perf_counter()
        for _ in grader.each([submission] * count, Silent()):
            seconds.append(time.perf_counter() - before)
            before = time.perf_counter()
    return {"seconds": seconds, "sent": len(pack_submission(submission))}


def flow(
    setup: Setup, place: Place, notebook: Path, message: bytes, count: int, folder: Path
) -> Any:
    """Return what this process takes to send `count` submissions and to keep their grades."""
    views, samples = Views(Store(folder / "flow"), setup.showing), list[Sample]()
    views.store.begin(Run("bench", setup.basis))
    submissions = [Submission(f"student_{each:05d}", notebook) for each in range(1, count + 1)]
    with on_cluster(place, partial(Recorded, message=message, seconds=SLEEP))(setup) as grader:
        used, begun = time.process_time(), time.perf_counter()
        for done, (submission, graded) in enumerate(grader.each(submissions, Silent()), 1):
            views.store.save(graded.grade, attempt_of(submission, ""), graded.executed)
            # Thousands of equal notebooks would only fill the disk.
            shutil.rmtree(views.store.directory_for(graded.grade))
            if done % max(1, count // SAMPLES) == 0:
                samples.append(Sample(done, resident_megabytes()))
        used, seconds = time.process_time() - used, time.perf_counter() - begun
    first, *some = [each.student for each in submissions[: PAGES + 1]]
    views.write_student(first)  # reads the table of the class, once
    begun = time.process_time()
    for student in some:
        views.write_student(student)
    pages = (time.process_time() - begun) / len(some)
    views.store.close()
    found = [(each.submissions, each.megabytes) for each in samples]
    return {"seconds": seconds, "samples": found, "client": used, "pages": pages}


def main(what: str, address: str, notebook: str, recorded: str, count: str, folder: str) -> None:
    """Measure `what` and print it."""
    setup = practice_setup(ensure_built(default_assignment()))
    place, message = Place("scheduler", address), Path(recorded).read_bytes()
    arguments = setup, place, Path(notebook), message, int(count)
    found = overhead(*arguments) if what == "overhead" else flow(*arguments, Path(folder))
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
