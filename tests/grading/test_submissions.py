"""Four submissions to the four decks' exercises: right, sloppy, half finished, hostile; what each gets, and why."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import cnncalc
from cnncalc.grading.marks import Marks

HERE = Path(__file__).parent / "submissions"
DECKS = "assignments/decks"
HALF = Fraction(1, 2)

# What the decks print, and so what a right submission says: CS231n after Dive into Deep Learning (10 5x5 filters and
# VGGNet in detail, whose memory rows add up to 15.2M values), LeNet-5 and AlexNet in CS7015, ResNet-34 by its name.
SLOPPY = [  # item, what is handed in, what it gets, the verdict, why
    ("fits-1", "2.33", 1, "rounds to it", "the deck's own quotient: no whole number of places"),
    ("stride-2", "3x3", 0, "consistent with channels left out", "a volume is asked for"),
    ("volume", "28x28x10", 0, "consistent with padding forgotten", "(32 − 5)/1 + 1 = 28"),
    ("parameters", "750", 1, "consistent with biases forgotten", "5·5·3·10 without the 10 biases: half of 2"),
    ("alexnet-1-weights", "35K", 1, "rounds to it", "two digits of 34,944 are asked for"),
    ("lenet.C1", "28x28x6", HALF, "exact", "one of four rows, 2 points together"),
    ("lenet.S2", "14x14", 0, "consistent with channels left out", "a row is marked by itself"),
    ("lenet.C3", "10x10x6", 0, "does not follow", "C3 has 16 maps"),
    ("lenet-first", "150", HALF, "consistent with biases forgotten", "5·5·6 without the 6 biases"),
    ("vgg-rows.conv1_1", "1,728", 1, "exact", "a comma needs no quotes in CSV"),
    ("vgg-rows.conv1_2", "576", 0, "consistent with input depth forgotten", "3·3·64"),
    ("vgg-rows.conv2_1", "73,856", 0, "consistent with biases counted as weights", "73,728 + 128"),
    ("vgg-parameters", "138 million", 2, "rounds to it", "138,357,544"),
    ("vgg-memory", "58 MB", 0, "consistent with MiB written as MB", "60.95 MB is 58.1 MiB"),
    ("vgg-macs", "30.9 GFLOPs", 0, "consistent with two operations per MAC", "2 · 15.47 billion"),
    ("resnet-depth", "36", 0, "does not follow", "it is called 34"),
    ("small: uses no fc", "", 0, "missing", "no network was handed in"),
]

HALF_FINISHED = [
    ("fits-1", 1, "exact", "no is an answer to: does it fit?"),
    ("parameters", 0, "missing", "null is no answer"),
    ("alexnet-1", 0, "missing", "nor is nothing"),
    ("lenet.S2", HALF, "exact", ""),
    ("lenet.C3", 0, "missing", "the rows that are there count"),
    ("small: parameters <= 100K", 2, "met", "the other requirements see it rounded down"),
    ("small: every stride fits", 0, "not met", "(32 − 4)/3 is no whole number"),
    ("small: uses no fc", 0, "not met", ""),
]

HOSTILE = [
    ("fits-1", "unreadable", "True and False are no answers"),
    ("parameters", "unreadable", "An underscore is no part of a number"),
    ("alexnet-1", "unreadable", "NaN and infinity are no numbers"),
    ("alexnet-1-weights", "unreadable", "a number"),
    ("alexnet-pool-weights", "unreadable", "A bound is no answer"),
    ("lenet.C1", "unreadable", "One value belongs here"),
    ("lenet-first", "unreadable", "An underscore"),
    ("vgg-parameters", "does not follow", ""),
    ("vgg-macs", "unreadable", "a number"),
    ("small: uses no fc", "unreadable", "more than 100,000 layers"),
]


def marks(name: str, feedback: str | None = None) -> Marks:
    """Mark one of the four."""
    return cnncalc.grade(DECKS, HERE / name, feedback=feedback, limits=None)


def test_right() -> None:
    """A right submission loses nothing, however its author writes numbers, and nothing is said to it."""
    found = marks("right.yaml")
    assert [item.name for item in found.items if not item.is_full] == []
    assert (found.score, found.max_score, found.reason) == (31, 31, "")
    assert {item.feedback for item in found.items} == {""}


@pytest.mark.parametrize(("name", "text", "score", "verdict", "why"), SLOPPY, ids=[row[0] for row in SLOPPY])
def test_sloppy(name: str, text: str, score: Fraction, verdict: str, why: str) -> None:
    """Each slip is named, and keeps its share of the points."""
    item = next(item for item in marks("sloppy.csv").items if item.name == name)
    assert (item.score, item.verdict) == (score, verdict), f"{text}: {why}"
    assert bool(item.feedback) is not item.is_full


def test_sloppy_adds_up() -> None:
    """The rows, re-added by hand: 1 + 1 + 3 + 1 + 0.5 + 2 + 2 and alexnet's."""
    by_hand = 1 + 1 + (1 + 1 + 1 + 1) + (HALF + HALF) + HALF + (1 + 1) + 2
    assert marks("sloppy.csv").score == by_hand


@pytest.mark.parametrize(("name", "score", "verdict", "why"), HALF_FINISHED, ids=[row[0] for row in HALF_FINISHED])
def test_half_finished(name: str, score: Fraction, verdict: str, why: str) -> None:
    """What is there counts; what is not there is called missing."""
    item = next(item for item in marks("half.json").items if item.name == name)
    assert (item.score, item.verdict) == (score, verdict), why


def test_a_name_that_nobody_asked_for_is_said() -> None:
    """alexnet_pool with an underscore is a slip that would cost a point in silence."""
    assert marks("half.json").reason == "nothing asks for alexnet_pool (did you mean alexnet-pool?)"


@pytest.mark.parametrize(("name", "verdict", "feedback"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_hostile(name: str, verdict: str, feedback: str) -> None:
    """Each refusal is told plainly."""
    item = next(item for item in marks("hostile.yaml").items if item.name == name)
    assert (item.score, item.verdict) == (0, verdict)
    assert feedback in item.feedback


def test_hostile_gets_nothing() -> None:
    """No mark for garbage, at any level."""
    assert [marks("hostile.yaml", level).score for level in ("score", "hint", "full")] == [0, 0, 0]


def test_full_feedback_teaches() -> None:
    """The slip by name, what it means, the value and the sum with its numbers."""
    item = next(item for item in marks("sloppy.csv", "full").items if item.name == "parameters")
    assert item.verdict == "consistent with biases forgotten"
    assert item.feedback == (
        "Each filter and each neuron has a bias of its own as well. Right: 760; (F·F·C)·K + K = (5·5·3)·10 + 10 = 760."
    )
