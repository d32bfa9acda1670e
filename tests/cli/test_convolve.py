"""`cnncalc convolve` from outside: what a student types, what comes back, and with which status."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.cli import run


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the status and what went to either stream."""
    status = run(["convolve", *arguments])
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    return status, said.out, said.err


def test_true_convolution(capsys: pytest.CaptureFixture[str]) -> None:
    """The flipped filter stands beside the given one: 5 11 / 23 29."""
    status, out, _ = ask(capsys, "--input", "0..8", "--filter", "0..3", "--flip")
    assert status == 0
    assert out.startswith("input 3x3   filter 2x2   flipped 2x2\n0 1 2       0 1          3 2\n")
    assert "\nconvolution 2x2\n 5 11\n23 29\n" in out
    assert "[1,1]  4·3 + 5·2 + 7·1 + 8·0 = 29\n" in out


def test_pooling(capsys: pytest.CaptureFixture[str]) -> None:
    """CS231n's four values: 6 8 / 3 4."""
    status, out, _ = ask(capsys, "--input", "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4", "--pool", "max", "--filter", "2")
    assert status == 0
    assert "\nmax pooling 2x2\n6 8\n3 4\n" in out
    assert "[0,1]  max(2, 4, 7, 8) = 8\n" in out
    _, out, _ = ask(capsys, "--input", "0..3", "--shape", "4", "--pool", "average", "--filter", "2")
    assert out.endswith("[0]  (0 + 1)/2 = 0.5\n[1]  (2 + 3)/2 = 2.5\n")


def test_channels(capsys: pytest.CaptureFixture[str]) -> None:
    """A grid per channel, a blank line between them; the sum goes over all."""
    numbers = ("--input", "[[[1,2]],[[3,4]]]", "--filter", "[[[1,1]],[[1,10]]]")
    status, out, _ = ask(capsys, *numbers, "--matrix")
    assert status == 0
    assert out.startswith("input 2x1x2   filter 2x1x2\n1 2            1  1\n\n3 4            1 10\n")
    assert "[0,0]  1·1 + 2·1 + 3·1 + 4·10 = 46\n" in out
    assert "as a matrix 1x4: 4 of 4 entries hold a weight; 2 distinct\n   1  1  1 10\n" in out


def test_a_wide_matrix_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody reads 41 columns, but they are counted; zeros among the weights are told apart."""
    status, out, _ = ask(capsys, "--input", "0..40", "--filter", "1 0", "--matrix")
    assert status == 0
    assert "as a matrix 40x41: 80 of 1,640 entries hold a weight, 40 of these a 0; 2 distinct\n  drawn up to 40" in out
    assert out.endswith("the product is the output\n")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The version, the output, each sum; the matrix if it is asked for."""
    numbers = ("--input", "0..8", "--filter", "[[0,1],[2,3]]", "--format", "json")
    told = json.loads(ask(capsys, *numbers)[1])
    assert (told["schema_version"], told["output"], told["output_shape"]) == (1, [[19, 25], [37, 43]], [2, 2])
    assert told["sums"][3] == {"place": [1, 1], "sum": "4·0 + 5·1 + 7·2 + 8·3", "value": 43}
    assert "matrix" not in told
    assert json.loads(ask(capsys, *numbers, "--matrix")[1])["matrix"]["product_is_output"] is True


REFUSED = [  # arguments, status, words
    ("--input 0..48 --filter edge --stride 3", 1, "stride-misfit: the filter does not tile"),
    ("--input 0..3 --filter blur", 1, "filter-too-large"),
    ("--input '1 2 3' --filter '1; 1'", 1, "axes-misfit"),
    ("--input 0..8 --filter 2 --pool max --stride 1 --pad 2", 1, "nothing but padding"),
    ("--input 0..8 --filter 2 --pool min", 2, "'--pool'"),
    ("--input 0..15 --filter 2 --pool max --matrix", 2, "max pooling has no weights"),
    ("--input 0..8", 2, "missing option '--filter'"),
    ("--filter blur", 2, "needs numbers (--input) or a picture"),
    ("--input 0..8 --image x.png --output y.png --filter blur", 2, "not both"),
    ("--image x.png --filter blur", 2, "--output is where the picture goes"),
    ("--input 0..8 --filter blur --output y.png", 2, "--output is where the picture goes"),
    ("--image x.png --output y.png --filter blur --matrix", 2, "--matrix, --shape"),
    ("--input 0..8 --filter blur --overwrite", 2, "--overwrite is for a picture"),
    ("--input '1 2 [' --filter 1", 2, "a bracket is still open"),
    ("--input '1 \x1b[31m' --filter 1", 2, "is no number"),
    ("--input '' --filter 1", 2, "holds no numbers"),
]


@pytest.mark.parametrize(("line", "status", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused(line: str, status: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with a way out; 1 is a no, 2 a question that could not be read; JSON likewise."""
    found, out, err = ask(capsys, *shlex.split(line))
    assert (found, out) == (status, "")
    assert words in err
    assert "ways out: " in err
    found, out, err = ask(capsys, *shlex.split(line), "--format", "json")
    assert (found, out) == (status, "")
    assert all(error["ways_out"] for error in json.loads(err)["errors"])


def test_the_same_verdict_as_check(capsys: pytest.CaptureFixture[str]) -> None:
    """The sum and the ways out are those of `check`."""
    _, _, err = ask(capsys, "--input", "0..48", "--filter", "edge", "--stride", "3")
    run(["check", "--input", "7x7", "--filter", "3", "--stride", "3", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert told["formula"] in err
    assert " · ".join(told["ways_out"]) in err


def test_negative_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """A number that starts with a dash is no option."""
    assert "(−1)·(−1) + 0·2 = 1" in ask(capsys, "--input", "-1..1", "--filter", "-1 2")[1]


def test_numbers_need_no_array_library() -> None:
    """The worked examples load neither numpy nor rich nor sympy."""
    code = "from cnncalc.cli import run; run(['convolve', '--input', '0..8', '--filter', '0..3']); import sys"
    code += "; assert not {'numpy', 'sympy', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program


def test_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sum, where it went, and what was cut off; then as JSON, to another file."""
    image = pytest.importorskip("PIL.Image")
    photo, out = tmp_path / "photo.png", tmp_path / "out.png"
    image.new("RGB", (8, 6), "white").save(photo)
    picture = ("--image", str(photo), "--filter", "box", "--output", str(out))
    status, said, _ = ask(capsys, *picture)
    assert status == 0
    assert said.splitlines() == [
        f"{photo} 6x8x3",
        "(H − F + 2·P)/S + 1 = (6 − 3 + 2·0)/1 + 1 = 4",
        "(W − F + 2·P)/S + 1 = (8 − 3 + 2·0)/1 + 1 = 6",
        f"cross-correlation with box, written to {out} 4x6x3",
        "72 of 72 values lay below 0 or above 255 and were cut off",
    ]
    assert ask(capsys, *picture)[0] == 2
    told = json.loads(ask(capsys, *picture, "--overwrite", "--format", "json")[1])
    assert (told["schema_version"], told["output_shape"], told["cut"]) == (1, [4, 6, 3], 72)


def test_without_pillow(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with its install line."""
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    status, _, err = ask(capsys, "--image", "x.png", "--filter", "blur", "--output", str(tmp_path / "y.png"))
    assert status == 2
    assert "Pillow, which is not installed" in err
    assert "pip install pillow" in err
