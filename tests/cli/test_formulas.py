"""`cnncalc formulas`: every card in letters on one page, in four formats."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cnncalc.cli import run
from cnncalc.layers import CARDS

if TYPE_CHECKING:
    import pytest

HEADS = ["layer", "output", "weights", "biases", "buffers", "MACs", "FLOPs"]


def said(capsys: pytest.CaptureFixture[str], form: str) -> str:
    """Return the page in one format."""
    assert run(["formulas", "--format", form]) == 0
    return capsys.readouterr().out


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a card, in columns."""
    head, *lines = said(capsys, "table").splitlines()
    assert head.split() == HEADS
    assert [line.split()[0] for line in lines] == sorted(CARDS)
    conv = next(line for line in lines if line.startswith("conv "))
    output = "(H − F + 2·P)/S + 1 x (W − F + 2·P)/S + 1 x K"
    assert re.split(" {2,}", conv) == ["conv", output, "C·F²·K/G", "K", "0", "H′·W′·C·F²·K/G", "2·H′·W′·C·F²·K/G"]


def test_the_default_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a format."""
    assert run(["formulas"]) == 0
    assert capsys.readouterr().out == said(capsys, "table")


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """A table with as many cells in every row."""
    head, rule, *lines = said(capsys, "markdown").splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")] == HEADS
    assert set(rule) <= set("|-: ")
    assert [line.split("|")[1].strip().replace("\\", "") for line in lines] == sorted(CARDS)
    assert {line.count("|") for line in lines} == {len(HEADS) + 1}


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Formulas as programs read them; what costs nothing is the number 0."""
    told = json.loads(said(capsys, "json"))
    layers = {layer["type"]: layer for layer in told["layers"]}
    assert told["schema_version"] == 1
    assert list(layers) == sorted(CARDS)
    assert layers["fc"]["weights"] == "H*W*C*K"
    assert layers["relu"]["weights"] == 0
    assert layers["batchnorm"]["buffers"] == "2*C"


def test_latex(capsys: pytest.CaptureFixture[str]) -> None:
    """A tabular: as many cells in every row, every brace and every dollar closed."""
    lines = said(capsys, "latex").splitlines()
    assert lines[0] == rf"\begin{{tabular}}{{{'l' * len(HEADS)}}}"
    assert lines[-1] == r"\end{tabular}"
    rows = [line for line in lines if line.endswith(r"\\")]
    assert len(rows) == 1 + len(CARDS)
    for row in rows:
        assert len(re.findall(r"(?<!\\)&", row)) == len(HEADS) - 1
        assert row.count("$") % 2 == 0
        assert row.count("{") == row.count("}")
        assert row.count(r"\left") == row.count(r"\right")


def test_an_unknown_format(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that there are, are named."""
    assert run(["formulas", "--format", "html"]) == 2
    assert "markdown" in capsys.readouterr().err


def test_latex_that_pdflatex_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Every character is one that LaTeX knows without a package."""
    assert said(capsys, "latex").isascii()


def test_tables_in_letters_that_pdflatex_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Superscripts, floors and conditions, too."""
    assert run(["table", "conv3-C maxpool3/s2/floor conv3-8/s2", "--input", "HxWxC", "--format", "latex"]) == 0
    page = capsys.readouterr().out
    assert page.isascii()
    assert r"$\lfloor$(H - 1)/2$\rfloor$" in page.replace("$-$", "-")
    assert r"C$^2$" in page


def test_latex_multiplies_with_times(capsys: pytest.CaptureFixture[str]) -> None:
    r"""Height x width x channels is set with \times."""
    page = said(capsys, "latex")
    assert r"$H \times W \times C$" in page
    assert r"\left(\frac{H - F + 2 \cdot P}{S} + 1\right) \times" in page
