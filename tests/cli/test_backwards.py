"""`cnncalc check` with a '?': which values fit, what gives an output, and which inputs a whole network accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cnncalc.cli import run

SEVEN = ["check", "--input", "7x7", "--filter", "3"]
ANSWERS = [
    ([*SEVEN, "--stride", "3", "--pad", "?"], 0,
     "P = 1, 4, 7, 10, 13, 16, …: P ≡ 1 mod 3\n  1 → 3\n  4 → 5\n  7 → 7\n  10 → 9\n  13 → 11\n  16 → 13\n"),
    ([*SEVEN, "--stride", "?"], 0, "S = 1, 2, 4: S divides 4\n  1 → 5\n  2 → 3\n  4 → 2\n"),
    (["check", "--input", "7x7", "--filter", "?", "--stride", "3"], 0,
     "F = 1, 4, 7: F ≡ 1 mod 3\n  1 → 3\n  4 → 2\n  7 → 1\n"),
    (["check", "--input", "?", "--filter", "3", "--stride", "3", "--output", "4"], 0, "W = 12 gives 4\n  12 → 4\n"),
    (["check", "--input", "2x2", "--filter", "3", "--stride", "?"], 1, "no S fits\n"),
    (["check", "--input", "32x32", "--filter", "5", "--stride", "2", "--output", "16x16"], 1,
     ("(W − F + 2·P)/S + 1 = (32 − 5 + 2·0)/2 + 1 = 14.5\nnot 16x16; what would be:\n"
      "  W = 35 gives 16\n  F = 2 gives 16\n  P = 1:2 gives 16\n")),
    (["check", "--input", "32x32", "--filter", "5", "--pad", "2", "--output", "32x32"], 0,
     "(W − F + 2·P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32\nyes: 32x32\n"),
    (["check", "--input", "12x12", "--filter", "5", "--stride", "3", "--pad", "same", "--output", "5x5"], 1,
     "(W − F + P₁ + P₂)/S + 1 = (12 − 5 + 1 + 1)/3 + 1 = 4\nnot 5x5; what would be:\n  P = 2:3 gives 5\n"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "text"), ANSWERS, ids=[" ".join(row[0]) for row in ANSWERS])
def test_answers(arguments: list[str], status: int, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Golden: the sentence, then what each value gives; status 1 where nothing fits."""
    assert run(arguments) == status
    assert capsys.readouterr() == (text, "")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return a command's JSON."""
    run([*arguments, "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema_version"] == 1
    return answer


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The values, their class, whether there are more."""
    answer = told(capsys, *SEVEN, "--stride", "3", "--pad", "?")
    assert (answer["fits"], answer["unknown"], answer["endless"]) == (True, "padding", True)
    assert (answer["values"][:3], answer["congruence"]) == ([1, 4, 7], {"remainder": 1, "modulus": 3})
    uneven = told(capsys, "check", "--input", "8x8", "--filter", "5", "--stride", "2", "--pad", "?")
    assert (uneven["values"][0], uneven["congruence"]) == ("0:1", None)
    wanted = told(capsys, "check", "--input", "32x32", "--filter", "5", "--stride", "2", "--output", "16x16")
    assert (wanted["fits"], wanted["wanted"], wanted["exact"]) == (False, [16, 16], "29/2")
    assert "P = 1:2 gives 16" in wanted["ways_out"]


@pytest.mark.parametrize("arguments", [
    ["check", "--input", "7x7", "--filter", "?", "--stride", "?"],
    ["check", "--input", "7x9", "--filter", "3", "--stride", "?"],
    ["check", "--input", "7x7", "--filter", "3", "--stride", "?", "--output", "many"],
    ["check", "--input", "7x7", "--filter", "3", "--dilation", "?"],
    ["check", "--filter", "3", "--stride", "?"],
    ["check", "--input", "?"],
])  # fmt: skip
def test_questions_that_cannot_be_read(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, on stderr, with a way out."""
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, "ways out" in said.err) == ("", True)


NETWORKS = [  # spec, class, the smallest square
    ("vgg16", (0, 32), 32),
    ("alexnet", (3, 32), 67),
    ("lenet5", (0, 4), 32),  # C5's filters are as large as what reaches them
    ("resnet50", (0, 1), 1),  # floor takes whatever comes
    ("maxpool2 conv3-8/s2", (2, 4), 2),
    ("conv5-8/s2/p0 conv4-7/s4/p1", (7, 8), 7),
]


@pytest.mark.parametrize(("spec", "shared", "least"), NETWORKS, ids=[row[0] for row in NETWORKS])
def test_which_inputs_a_network_accepts(
    spec: str, shared: tuple[int, int], least: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The set of all sizes for which every stride fits, and the smallest that it accepts at all."""
    answer = told(capsys, "check", spec, "--input", "?")
    assert [tuple(answer["sizes"][axis].values()) for axis in "HW"] == [shared] * 2
    assert answer["smallest"][:2] == [least] * 2
    assert answer["fits"] is True


@pytest.mark.parametrize(
    ("layers", "smallest"),
    [("maxpool4x1 maxpool2", "8x2x3"), ("conv3x5-8/p0 maxpool2x1", "4x5x3"), ("maxpool2 conv3-8/p0", "6x6x3")],
)
def test_no_side_of_the_smallest_input_can_be_shorter(
    layers: str, smallest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: 4·2 rows and 2 columns for a pooling of 4x1 and one of 2x2."""
    assert run(["check", layers, "--input", "?"]) == 0
    assert f"the smallest input: {smallest}\n" in capsys.readouterr().out


def test_which_inputs_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence per axis, and the smallest."""
    assert run(["check", "vgg16", "--input", "?"]) == 0
    lines = ["every stride fits if H ≡ 0 mod 32", "every stride fits if W ≡ 0 mod 32", "the smallest input: 32x32x3"]
    assert capsys.readouterr().out.splitlines() == lines


def test_no_input_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """Two layers that contradict each other: told, with status 1."""
    assert run(["check", "maxpool4 upsample4 maxpool3/s4", "--input", "?"]) == 1
    assert "no H fits every stride" in capsys.readouterr().err


def test_an_input_that_is_the_only_one(capsys: pytest.CaptureFixture[str]) -> None:
    """U-Net's crops fit 572x572 and nothing else: modulus 0 is that size alone."""
    answer = told(capsys, "check", "unet", "--input", "?")
    assert answer["smallest"] == [572, 572, 1]
    assert answer["sizes"]["H"] == answer["sizes"]["W"] == {"remainder": 572, "modulus": 0}
    assert run(["check", "unet", "--input", "?"]) == 0
    assert "every layer fits if H = 572\n" in capsys.readouterr().out


INPUTS = [  # line, the smallest input, what else is said
    ("conv3x4-8/s2/p0", [3, 4, 3], []),  # H odd, W even: no square
    ("conv3-8/g4", [1, 1, 4], ["fits if C ≡ 0 mod 4"]),
    ("slice2-8", [1, 1, 8], ["fits if C ≥ 8"]),
    ("conv7-8/p0 maxpool2", [8, 8, 3], []),
    ("conv(F)-8/p0", [1, 1, 3], ["fits if H ≥ F (conv1)", "fits if W ≥ F (conv1)"]),  # under F = 1
]


@pytest.mark.parametrize(("line", "smallest", "conditions"), INPUTS, ids=[row[0] for row in INPUTS])
def test_which_inputs_a_line_accepts(
    line: str, smallest: list[int] | None, conditions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Axes that differ, channels that must divide or be so many, and what no size alone decides."""
    answer = told(capsys, "check", line, "--input", "?")
    assert (answer["smallest"], answer["conditions"]) == (smallest, conditions)


LETTERED = [
    ("conv3-8/s2", ["fits if H is odd", "fits if W is odd"]),
    ("conv3-8", []),
]


@pytest.mark.parametrize(("line", "conditions"), LETTERED)
def test_a_network_in_letters(line: str, conditions: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What must hold, in words and in JSON; nothing has to, or some sizes do: whether it fits is open."""
    assert run(["check", line, "--input", "HxWx3"]) == 0
    assert capsys.readouterr().out.splitlines() == (
        conditions or ["conv3-8: every layer fits, whatever the letters are"]
    )
    answer = told(capsys, "check", line, "--input", "HxWx3")
    assert (answer["fits"], answer["conditions"]) == (None if conditions else True, conditions)


def test_an_output_whose_axes_differ(capsys: pytest.CaptureFixture[str]) -> None:
    """No way out is offered that does not lead there."""
    run(["check", "--input", "32x32", "--filter", "5", "--stride", "2", "--output", "16x17"])
    assert "gives 16\n" not in capsys.readouterr().out
