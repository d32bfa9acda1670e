"""Strangers' letters: sympy is loaded only where a letter is, and never reads what a user wrote."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import sympy.parsing.sympy_parser

from cnncalc.cli import run

NUMBERS = [
    ["table", "vgg16"],
    ["compare", "vgg16", "resnet50"],
    ["compare", "conv7-8", "[conv3-8]*3", "--input", "9x9x8", "--format", "json"],
    ["explain", "alexnet"],
    ["solve", "mobilenet_v1", "--free", "width", "--at-most", "parameters=2M"],
    ["check", "--input", "7x7", "--filter", "3", "--stride", "3", "--pad", "?"],
    ["check", "--input", "32x32", "--filter", "5", "--stride", "2", "--output", "16x16"],
    ["check", "alexnet"],
]
LETTERS = [
    ["table", "vgg16", "--input", "HxWxC", "--batch", "N"],
    ["table", "mobilenet_v1", "--set", "width=k"],
    ["compare", "conv7-C relu", "[conv3-C relu]*3", "--input", "HxWxC"],
    ["check", "lenet5", "--input", "?"],
    ["formulas"],
]


def loads_sympy(commands: list[list[str]]) -> bool:
    """Run commands in a fresh interpreter and return whether sympy was loaded."""
    code = (
        f"import sys\nfrom cnncalc.cli import run\nfor c in {commands}: run(c)\nsys.exit(7 * ('sympy' in sys.modules))"
    )
    home = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=home, capture_output=True, check=False)  # noqa: S603
    assert done.returncode in {0, 7}, done.stderr
    return done.returncode == 7


def test_numbers_do_without_sympy() -> None:
    """No command that is asked about numbers alone loads it."""
    assert not loads_sympy(NUMBERS)


@pytest.mark.parametrize("command", LETTERS[1:3], ids=lambda command: command[0])
def test_letters_do_not(command: list[str]) -> None:
    """The test of the test: one letter, and it is there."""
    assert loads_sympy([command])


HOSTILE = [
    "__import__('os')", "lambda", "exec('1')", "C;K", "C\x00", "(lambda:0)()", "C.__class__", "C[0]", "9**9**9", "C**K",
    "factorial(C)", "Ｃ", "é", "C C", "2C", "oo", "zoo", "nan", "Symbol('C')", "'C'", "C if C else K", "x", "()", "C,K",
    "((((((((((((((((((((((C))))))))))))))))))))))", "C//0", "C%0", "-" * 300 + "C", "C+" * 300 + "C", "10**10", "1/C",
]  # fmt: skip


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sympy's reader of texts fail."""

    def refuse(*arguments: object, **_: object) -> None:
        pytest.fail(f"sympy was given {arguments!r} to read")

    for name in ("parse_expr", "eval_expr", "stringify_expr"):
        monkeypatch.setattr(sympy.parsing.sympy_parser, name, refuse)


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_what_is_no_letter(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As a number of filters, a size, a batch, a parameter: refused in our own words, with a way out."""
    commands = [
        ["table", f"conv7-{text}", "--input", "HxWxC"],
        ["table", f"conv7-({text})", "--input", "HxWxC"],
        ["table", "conv7-C", "--input", f"HxWx({text})"],
        ["table", "conv7-C", "--input", f"HxWx{text}"],
        ["table", "conv7-C", "--input", "HxWxC", "--batch", text],
        ["table", "mobilenet_v1", "--set", f"width={text}"],
        ["compare", f"conv3-{text}", "conv3-C", "--input", "HxWxC"],
        ["check", "--input", text, "--filter", "3"],
        ["solve", "mobilenet_v1", "--free", text, "--at-most", "parameters=5M"],
    ]
    for command in commands:
        status, said = run(command), capsys.readouterr()
        if status == 0:
            assert "(" in text or command[1].startswith("conv7-(")  # brackets around a letter are no harm
            continue
        assert (status, said.out) == (2, "") or said.err.startswith("volume-misfit")
        assert "ways out" in said.err or "has at most 200 characters" in said.err
        assert "bug in cnncalc" not in said.err


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("command", LETTERS, ids=lambda command: command[0])
def test_sympy_reads_no_text(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Not even where all is well."""
    assert run(command) == 0
    assert capsys.readouterr().err == ""


SYMPYS_NAMES = ["E", "I", "N", "O", "Q", "S", "C"]


@pytest.mark.parametrize("letter", SYMPYS_NAMES)
def test_letters_that_sympy_has_other_uses_for(letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    """E is a letter, not 2.718…; I is none of √−1."""
    assert run(["compare", f"conv7-{letter}", f"[conv3-{letter}]*3", "--input", f"HxWx{letter}"]) == 0
    assert f"49·{letter}²" in capsys.readouterr().out


NO_SETTINGS = [
    ("conv3-8/s(C-C)", "stride must be 1 or more, and (C - C) is 0"),
    ("conv3-8/g(C-C)", "groups must be 1 or more, and (C - C) is 0"),
    ("conv(0-C)-8", "kernel_size must be 1 or more, and (0 - C) is −C"),
    ("dwconv3/m(C-C-2)", "multiplier must be 1 or more, and ((C - C) - 2) is −2"),
    ("conv3-8/p(0-C)", "padding must be 0 or more, and (0 - C) is −C"),
    ("lrn(C-C)", "size must be 1 or more, and (C - C) is 0"),
    ("conv3-(C%(C-C))", "(C % (C - C)) divides by 0"),
    ("conv3-(C//(C-C))", "(C // (C - C)) divides by 0"),
]


@pytest.mark.parametrize(("line", "words"), NO_SETTINGS, ids=[row[0] for row in NO_SETTINGS])
def test_settings_that_are_none(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A stride of 0, no groups, a division by 0: refused in our own words, with the place and a way out."""
    assert run(["table", line, "--input", "HxWxC"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "(line 1, column 1)" in said
    assert "ways out" in said


def test_groups_in_letters_are_counted() -> None:
    """A count of groups may be a letter: it is kept as a condition, not taken for a bug."""
    assert run(["table", "conv3-8/g(C)", "--input", "HxWxC"]) == 0
