"""`cnncalc compare`: two networks side by side, as text, JSON and markdown."""

from __future__ import annotations

import json
import re

import pytest

from cnncalc.cli import run

STACK = ["compare", "conv7-C relu", "[conv3-C relu]*3", "--input", "HxWxC"]
TEXT = """\
                       conv7-C relu  [conv3-C relu]*3             right/left      left − right  smaller
weights                       49·C²             27·C²                  27/49             22·C²  right
biases                            C               3·C                      3              −2·C  left
parameters             C·(49·C + 1)      C·(27·C + 3)  (27·C + 3)/(49·C + 1)      C·(22·C − 2)  right
buffers                           0                 0                                        0  same
MACs                      49·H·W·C²         27·H·W·C²                  27/49         22·H·W·C²  right
FLOPs              H·W·C·(98·C + 1)  H·W·C·(54·C + 3)  (54·C + 3)/(98·C + 1)  H·W·C·(44·C − 2)  right
activation values           2·H·W·C           4·H·W·C                      2          −2·H·W·C  left
nonlinearities                    1                 3                      3                −2  left
depth                             1                 3                      3                −2  left
receptive field                 7x7               7x7
output                        HxWxC             HxWxC
"""


def test_the_lectures_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """One 7x7 against three 3x3, golden; nothing else is said."""
    assert run(STACK) == 0
    assert capsys.readouterr() == (TEXT, "")


def test_what_must_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """Each side fits on sizes of its own: (H - 3 + 2)/2 + 1 is whole where H is odd, H/2 where it is even."""
    networks = ["compare", "conv3-8/s2/p1", "conv3-8/p1 maxpool2", "--input", "HxWx3"]
    assert run(networks) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.split(" {2,}", last) == ["fits if", "H is odd; W is odd", "H is even; W is even"]
    assert run([*networks, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["left"]["conditions"] == ["fits if H is odd", "fits if W is odd"]
    assert told["right"]["conditions"] == ["fits if H is even", "fits if W is even"]


def test_a_field_is_written_as_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Clipped at the image, ~ where paths differ, ? where it is not known."""
    for size, written in (("572x572x1", "~204x204"), ("HxWx1", "?")):
        assert run(["compare", "unet", "unet", "--input", size]) == 0
        found = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("receptive field"))
        assert found.split()[2:] == [written, written]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The keys of the contract; letters as programs read them."""
    assert run([*STACK, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema_version"] == 1
    assert (told["left"]["weights"], told["right"]["weights"]) == ("49*C**2", "27*C**2")
    assert told["ratio"]["weights"] == "27/49"
    assert told["left"]["receptive_field"] == told["right"]["receptive_field"] == [7, 7]
    assert {"weights", "biases", "parameters", "macs", "flops", "activation_bytes"} <= told["left"].keys()


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """A table that other markdown cannot break."""
    assert run([*STACK, "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1
    assert "| 49·C² | 27·C² | 27/49 | 22·C² | right |" in lines[2]


def test_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """Two packaged networks: digits in threes, exact fractions."""
    assert run(["compare", "inception-naive", "inception-reduced"]) == 0
    said = capsys.readouterr().out
    assert "387,072            163,328" in said
    assert "28x28x416" in said


def test_set_and_rounding(capsys: pytest.CaptureFixture[str]) -> None:
    """Reach both sides."""
    assert run(["compare", "mobilenet_v1", "mobilenet_v1", "--set", "width=8", "--rounding", "floor"]) == 0
    assert "470,072" in capsys.readouterr().out  # Howard et al. 2017, table 6: 0.5 million


REFUSED = [
    (["compare", "conv3-8"], 2, "missing argument"),
    (["compare", "conv3-8", "conv5-8"], 2, "does not say its input"),
    (["compare", "conv3-8", "rely", "--input", "8x8x3"], 2, "did you mean relu"),
    (["compare", "conv3-8", "maxpool2", "--input", "7x7x3"], 1, "stride-misfit"),
    (["compare", "vgg16", "vgg17"], 2, "vgg16"),
    (["compare", "vgg16", "vgg19", "--format", "latex"], 2, "not one of"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_be_compared(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told on stderr, with a way out."""
    assert run(arguments) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert "ways out" in said.err


def test_errors_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same, for programs."""
    assert run(["compare", "conv3-8", "maxpool2", "--input", "7x7x3", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().err)["errors"][0]["code"] == "stride-misfit"
