"""Several children mark a class side by side; a thread waits for each."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from cnncalc.errors import UsageError
from cnncalc.grading.classroom import Classroom, Student, students_of
from cnncalc.grading.file import read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.limits import Limits
from cnncalc.grading.mark import nothing
from cnncalc.grading.marks import Marks
from cnncalc.grading.results import Results
from cnncalc.grading.worker import Stopped, Worker

Progress = Callable[[int, int], None]


def mark_class(  # noqa: PLR0913 - what may be chosen, all by name
    text: str,
    folder: Path,
    *,
    file: str | None = None,
    level: str | None = None,
    limits: Limits | None = None,
    workers: int | None = None,
    out: Path | None = None,
    resume: bool = False,
    version: str = "",
    progress: Progress = lambda _done, _of: None,
) -> Classroom:
    """Mark a folder of submissions.

    out      gets a file per student
    resume   keeps what is there of students and an assignment that have not changed
    version  says whose rules the marks are by: those of another are not kept

    Raises what is wrong with the assignment or the folder; nothing that is wrong with a submission.
    """
    make_key(read_assignment(text, file=file))
    if out is not None and out.resolve().is_relative_to(folder.resolve()):
        raise UsageError("results among the submissions would be marked as such", ways_out=("a folder beside them",))
    students = students_of(folder)
    if resume and out is None:
        raise UsageError("there is nothing to go on with: no results were kept", ways_out=("--out results",))
    about = sha256(f"{version}\n{level}\n{limits}\n{text}".encode()).hexdigest()
    results = None if out is None else Results(out, about)
    crew = _Crew(students, results, resume=resume)
    count = min(workers or os.cpu_count() or 1, len(students))
    found = crew.run([Worker(text, file, level=level, limits=limits) for _ in range(count)], progress)
    names = [student.name for student in students]
    left_over = () if results is None else results.left_over(names)
    return Classroom(found[0].assignment, tuple(zip(names, found, strict=True)), left_over)


class _Crew:
    """What is still to be marked, and what has been."""

    def __init__(self, students: list[Student], results: Results | None, *, resume: bool) -> None:
        self.students = students
        self.results = results
        self.resume = resume
        self.waiting: SimpleQueue[int] = SimpleQueue()
        self.done: SimpleQueue[tuple[int, Marks | BaseException]] = SimpleQueue()
        self.stopped = False

    def run(self, workers: list[Worker], progress: Progress) -> list[Marks]:
        """Mark them all, in any order; raise what went wrong with us."""
        for at in range(len(self.students)):
            self.waiting.put(at)
        threads = [Thread(target=self.work, args=(worker,), daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        found: dict[int, Marks] = {}
        try:
            while len(found) < len(self.students):
                at, marks = self.done.get()
                if isinstance(marks, BaseException):
                    raise marks
                found[at] = marks
                progress(len(found), len(self.students))
        finally:
            self.stopped = True
            for worker in workers if len(found) < len(self.students) else ():
                worker.stop()
            for thread in threads:
                thread.join()
        return [found[at] for at in range(len(self.students))]

    def work(self, worker: Worker) -> None:
        """Mark what is waiting, one by one."""
        try:
            with worker:
                while not self.stopped:
                    at = self.waiting.get_nowait()
                    self.done.put((at, self.mark(worker, self.students[at])))
        except (Empty, Stopped):
            return
        except BaseException as error:  # noqa: BLE001 - it is raised where the class is asked for
            self.done.put((-1, error))

    def mark(self, worker: Worker, student: Student) -> Marks:
        """Mark one student, or take what was marked before; and write it down."""
        seen = ""
        if student.path.is_symlink():
            marks = nothing(worker.assignment, "a link is not read", worker.level)
        else:
            seen = self.results.fingerprint(student.path) if self.results else ""
            kept = self.results.find(student.name, seen) if self.results and self.resume else None
            if kept:
                return kept
            marks = worker.mark({"path": str(student.path)})
        if self.results:
            self.results.write(student.name, marks, seen)
        return marks
