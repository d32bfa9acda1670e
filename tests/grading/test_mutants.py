"""Mutated submissions: nothing but marks comes out, none is dear, and no mark is given to garbage.

What an answer is worth is asked of an oracle that knows the decks' numbers and reads digits in its own way.
"""

from __future__ import annotations

import random
import re
import time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import CnncalcError
from cnncalc.grading.child import grade_here
from cnncalc.grading.file import find_assignment
from cnncalc.grading.key import Key, make_key
from cnncalc.grading.mark import mark
from cnncalc.grading.marks import Marks
from cnncalc.grading.submission import Answer, Submission, read_text
from cnncalc.render.marked import as_json, as_table
from cnncalc.render.marked_for import as_gradescope, as_junit

MUTANTS = 1_500
DEAREST = 5.0
"""Seconds of a processor that no submission takes: the limit of the child that reads it."""

HERE = Path(__file__).parent / "submissions"
NETWORK = "name: n\ninput: 32x32x3\nlayers:\n  - '[conv3-16 relu maxpool2]*4'\n  - gap\n  - conv1-10\n"
SEEDS = (*((path.suffix, path.read_text(encoding="utf-8")) for path in sorted(HERE.iterdir())), (".yaml", NETWORK))
SPICE = (
    *"[]{}:,-?!&*#|>%@`'\"\\\t\r\n ~<=.0é×",
    *("\ufeff", "\u202e", "\x1b[31m", "\0", "\ud800", "\U0001f600", "\u0661", "\uff17", "<<: *a", "&a ", "!!x "),
    *("0", "-1", "1e999", ".inf", ".nan", "0x2F8", "0o17", "010", "9" * 40, "9" * 400, "1_000", "true", "null"),
    *(
        "760",
        "138M",
        "K",
        "M",
        " billion",
        "MiB",
        " MB",
        "~",
        "> ",
        ">= ",
        "x",
        "×",
        "/",
        "10^",
        "e3",
        "%",
        "fits",
        "1/2",
    ),
    *(
        "32x32x10",
        "1x",
        "x1",
        "[1, 2]",
        "{a: 1}",
        "*99",
        "]*999",
        "conv3-64",
        "maxpool2",
        "layers: ",
        "answers: ",
        "\n",
    ),
)

# The decks' figures, as in test_submissions, and how far a printed one may be off: a step of the last digit, half up.
NUMBERS: dict[str, list[tuple[float, float]]] = {
    "parameters": [(760, 0), (750, 0)],
    "alexnet-1-weights": [(34_944, 0.05), (34_848, 0.05)],
    "alexnet-pool-weights": [(0, 0)],
    "lenet-first": [(156, 0), (150, 0)],
    "vgg-rows.conv1_1": [(1_728, 0)],
    "vgg-rows.conv1_2": [(36_864, 0)],
    "vgg-rows.conv2_1": [(73_728, 0)],
    "vgg-rows.fc6": [(102_760_448, 0)],
    "vgg-parameters": [(138_357_544, 0.0075), (138_344_128, 0.0075)],
    "vgg-memory": [(60_950_432, 0.05), (60.950432, 0.05)],
    "vgg-macs": [(15_470_264_320, 0.0075)],
    "resnet-depth": [(34, 0)],
}
SIZES = {
    "stride-2": (3, 3),
    "volume": (10, 32, 32),
    "alexnet-1": (55, 55, 96),
    "alexnet-pool": (27, 27, 96),
    "lenet.C1": (6, 28, 28),
    "lenet.S2": (6, 14, 14),
    "lenet.C3": (10, 10, 16),
    "lenet.S4": (5, 5, 16),
}
SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12, "": 1}


def worth(name: str, answer: Answer) -> bool:
    """Whether an answer has the digits of the decks' figure, by an oracle of its own."""
    text = "x".join(answer.parts) if answer.parts else str(answer.text)
    if "_" in text or answer.is_word or (not text.isascii() and not set(text) & set("×·≈")):
        return False
    if name in SIZES:
        return tuple(sorted(int(size) for size in re.findall("[0-9]+", text) if int(size) != 1)) == SIZES[name]
    if name == "fits-1":
        return bool(re.search(r"no|n.t fit|misfit|2\.3|7/3", text.lower()))
    return any(abs(value - right) <= off * right for value in values(text) for right, off in NUMBERS[name])


def values(text: str) -> list[float]:
    """Return what a text may mean as a number: 0.76K, 10x76, 1.38 x 10^8, 138 million."""
    plain = text.replace(",", "").lower()
    power = re.search(r"10\s*(?:\^|\*\*)\s*([0-9]{1,2})", plain)
    if power:
        before = re.match(r"\s*~?\s*([0-9.]+)\s*[x×*·]", plain)
        return [float(before[1] if before else 1) * 10 ** int(power[1])]
    product = 1.0
    factors = re.findall(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", plain)
    for factor in factors:
        product *= float(Decimal(factor))
    unit = re.search(r"[0-9]\s*([a-z]?)", plain.split("x")[-1]) if factors else None
    tail = re.search(r"[0-9]\s*([kmgbt])", plain)
    quotient = float(factors[0]) / float(factors[1]) if "/" in plain and len(factors) > 1 and float(factors[1]) else 0
    return [product * SCALES[tail[1] if tail else ""], product, quotient] if unit else []


class Mutant(NamedTuple):
    """A submission's text, and what it is written in."""

    suffix: str
    text: str


def mutant(seed: int) -> Mutant:
    """Return a submission with a slip or a few, the same for a seed."""
    dice = random.Random(seed)  # noqa: S311 - the same mutants for everyone
    suffix, text = dice.choice(SEEDS)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        at = dice.randint(0, len(text))
        lines = text.split("\n")
        line = dice.randrange(len(lines))
        choice = dice.randrange(5)
        if choice == 0:
            text = text[:at] + dice.choice(SPICE) + text[at + dice.randint(0, 3) :]
        elif choice == 1:
            text = text[:at] + text[at + dice.choice((1, 5, 40)) :]
        elif choice == 2:
            text = re.sub("[0-9]", str(dice.randint(0, 99)), text, count=dice.randint(1, 3))
        elif choice == 3:
            lines[line] = re.sub(r"([:,] ?).*", lambda found: found[1] + dice.choice(SPICE), lines[line], count=1)
            text = "\n".join(lines)
        else:
            lines.insert(dice.randrange(len(lines)), lines.pop(line))
            text = "\n".join(lines)
    return Mutant(suffix if dice.random() < 15 / 16 else dice.choice((".yaml", ".json", ".csv")), text)


class Graded(NamedTuple):
    """How a mutant was marked: what it got, what it should not have got, what was raised, what it cost."""

    score: float
    reason: str
    garbage: list[str]
    raised: str
    cost: float


@cache
def key() -> Key:
    """Return the decks' key."""
    return make_key(find_assignment("assignments/decks"))


def grade(one: Mutant, folder: Path) -> Graded:
    """Mark a mutant as the child does: from a file, and written in every way."""
    path = folder / f"mutant{one.suffix}"
    path.write_bytes(one.text.encode("utf-8", "surrogatepass"))
    start = time.process_time()
    try:
        marks = grade_here(key(), {"path": str(path)}, None)
        for render in (as_table, as_json, as_junit, as_gradescope):
            render(marks).encode()
    except Exception as error:  # noqa: BLE001 - the question is whether there are any
        return Graded(0, "", [], f"{type(error).__name__}: {error}"[:200], time.process_time() - start)
    cost = time.process_time() - start
    return Graded(float(marks.score), marks.reason, garbage(marks, path), "", cost)


def garbage(marks: Marks, path: Path) -> list[str]:
    """Return the items that have points and no right answer, by the oracle."""
    earned = [item for item in marks.items if item.score and ": " not in item.name]
    if not earned:
        return []
    answers = read_text(path.read_bytes(), path.suffix).answers
    return [f"{item.name}: {answers[item.name]}" for item in earned if not worth(item.name, answers[item.name])]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> list[Graded]:
    """Mark all mutants once."""
    folder = tmp_path_factory.mktemp("mutants")
    return [grade(mutant(seed), folder) for seed in range(MUTANTS)]


def test_mutants_are_of_all_kinds(graded: list[Graded]) -> None:
    """Some are marked in full, some in part, some cannot be read."""
    assert sum(one.score > 0 for one in graded) > MUTANTS / 4
    assert sum(one.score == 31 for one in graded) > 0
    assert sum(bool(one.reason) for one in graded) > MUTANTS / 10


def test_nothing_but_marks_comes_out(graded: list[Graded]) -> None:
    """No error, ours or foreign, leaves the door: a submission has marks and a reason."""
    assert [(seed, one.raised) for seed, one in enumerate(graded) if one.raised] == []


def test_no_mark_is_given_to_garbage(graded: list[Graded]) -> None:
    """Whatever has points has the right digits."""
    assert [(seed, one.garbage) for seed, one in enumerate(graded) if one.garbage] == []


def test_no_mutant_is_dear(graded: list[Graded]) -> None:
    """Each is marked within the limit of a child."""
    assert [(seed, one.cost) for seed, one in enumerate(graded) if one.cost > DEAREST] == []


@given(st.dictionaries(st.sampled_from([*NUMBERS, *SIZES, "fits-1"]), st.text(max_size=30), max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_answer_or_none(texts: dict[str, str]) -> None:
    """Never an error; points only for the right digits."""
    answers = {name: Answer(text) for name, text in texts.items()}
    marks = mark(key(), Submission(answers, {}))
    assert [item.name for item in marks.items if item.score and not worth(item.name, answers[item.name])] == []


_FIGURES = st.from_regex(r"[~>-]?[0-9]{1,9}([.,x/][0-9]{1,3})? ?(K|M|G|B|MB|MiB|million|GFLOPs|%|e3)?", fullmatch=True)


@given(st.sampled_from([*NUMBERS, *SIZES, "fits-1"]), _FIGURES)
@settings(max_examples=500, deadline=None)
def test_any_figure_is_right_or_wrong(name: str, text: str) -> None:
    """What looks like a number is one that is right, or has no points."""
    marks = mark(key(), Submission({name: Answer(text)}, {}))
    assert not marks.score or worth(name, Answer(text))


@given(st.text(max_size=200), st.sampled_from([".yaml", ".json", ".csv"]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_submission_or_refused(text: str, suffix: str) -> None:
    """By cnncalc's own errors, which know their way out."""
    stuck: list[CnncalcError] = []
    try:
        read_text(text, suffix)
    except CnncalcError as error:
        stuck = [one for one in error.errors if not one.ways_out]
    assert stuck == []


def test_the_oracle_knows_right_from_wrong() -> None:
    """The test of the test: it takes the decks' figures in all their writings, and no others."""
    right = [
        ("parameters", "0.76K"),
        ("parameters", "10x76"),
        ("vgg-parameters", "138 million"),
        ("lenet.C1", "6×28×28"),
    ]
    wrong = [("parameters", "761"), ("parameters", "1K"), ("vgg-parameters", "0.1 billion"), ("lenet.C1", "28x28")]
    assert all(worth(name, Answer(text)) for name, text in right)
    assert not any(worth(name, Answer(text)) for name, text in wrong)
