"""Notebooks: ledgers, fits, comparisons and formulas show themselves; elsewhere nobody loads what that takes."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from cnncalc.api import compare, load, solve
from cnncalc.checking import check, which
from cnncalc.explanation import explain
from cnncalc.ledger import tally
from cnncalc.render import notebook
from cnncalc.render.as_html import comparison_as_html, fit_as_html, ledger_as_html

assert notebook  # importing it teaches the classes how to show themselves

VOID = {"br"}


class Reader(HTMLParser):
    """Reads HTML strictly: every tag is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note what opens."""
        assert all(name == "style" for name, _ in attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Close what opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep texts, and those of cells apart."""
        self.text += data
        if self.open and self.open[-1] in {"td", "th"}:
            self.rows[-1][-1] += data


def read(html: str) -> Reader:
    """Read a text to its end."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_a_ledger() -> None:
    """Every row, the titles, and the totals as sentences."""
    ledger: Any = tally(load("vgg16"))
    shown = read(ledger._repr_html_())
    assert ledger._repr_html_() == ledger_as_html(ledger)
    assert [row[0] for row in shown.rows] == ["layer", *(row.name for row in ledger.rows), "total"]
    assert {len(row) for row in shown.rows} == {9}
    assert "138,357,544" in shown.text
    assert "(3*3*64)*64" in shown.text


def test_a_fit() -> None:
    """The sum and the verdict."""
    fit: Any = check(input="7x7", kernel_size=3, stride=3)
    assert fit._repr_html_() == fit_as_html(fit)
    shown = read(fit._repr_html_())
    assert "(7 − 3 + 2·0)/3 + 1 = 2.33" in shown.text
    assert shown.tags == ["pre"]


def test_a_comparison_in_letters() -> None:
    """The stack, side by side."""
    comparison: Any = compare("conv7-C relu", "[conv3-C relu]*3", input="HxWxC")
    assert comparison._repr_html_() == comparison_as_html(comparison)
    rows = read(comparison._repr_html_()).rows
    assert rows[1] == ["weights", "49·C²", "27·C²", "27/49", "22·C²", "right"]
    assert ["receptive field", "7x7", "7x7", "", "", ""] in rows


def test_a_ledger_in_letters() -> None:
    """Formulas and conditions."""
    shown = read(ledger_as_html(tally(load("conv3-C/s2", input="HxWxC"))))
    assert "9·C²" in shown.text
    assert "fits if H is odd" in shown.text


def test_a_formula() -> None:
    """In LaTeX, by itself."""
    formula: Any = tally(load("conv7-C", input="HxWxC")).totals.weights
    assert formula._repr_latex_() == r"$49 \cdot C^{2}$"


def test_an_answer() -> None:
    """Which values fit, and what each gives."""
    answer: Any = which(input=7, kernel_size=3, stride="?")
    shown = read(answer._repr_html_())
    assert shown.text.split("\n") == ["S = 1, 2, 4: S divides 4", "  1 → 5", "  2 → 3", "  4 → 2"]


def test_an_explanation() -> None:
    """A row per number: letters = digits = value; then the source."""
    explanation: Any = explain(tally(load("lenet5")), "C1")[0]
    shown = read(explanation._repr_html_())
    assert shown.rows[0] == ["quantity", "C1 (conv)"]
    assert ["weights", "(F·F·C)·K = (5·5·1)·6 = 150"] in shown.rows
    assert "source: CS231n" in shown.text


def test_a_solution() -> None:
    """The largest value, the totals, and what the next one breaks."""
    solution: Any = solve("mobilenet_v1", free="width", at_most=["parameters=2M"])
    shown = read(solution._repr_html_()).text.split("\n")
    assert (shown[0], shown[-1]) == ("width = 20", "width = 21 has more than 2,000,000 parameters")


EVIL = [
    "<script>alert(1)</script>",
    "a & b",
    '"quoted"',
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("name", EVIL, ids=ascii)
def test_strangers_names_are_text(name: str) -> None:
    """A spec's name and source cannot write tags, colours or turn a line around."""
    spec = {"name": name, "source": name, "input": "8x8x3", "layers": ["conv3-8 relu"]}
    harmless = tally(load({**spec, "name": "n", "source": "s"}))
    ledger = tally(load(spec))
    shown = read(ledger_as_html(ledger))
    assert shown.tags == read(ledger_as_html(harmless)).tags
    comparison = read(comparison_as_html(compare(spec, spec)))
    assert set(comparison.tags) == {"table", "tr", "th", "td"}
    if name.isprintable():
        assert name in shown.text
    assert "\u202e" not in shown.text + comparison.text


def runs(code: str) -> str:
    """Run code in a fresh interpreter and return what it printed."""
    home = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=home, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


SHOWS = """
import cnncalc
fit = cnncalc.check(input="7x7", kernel_size=3)
print(hasattr(fit, "_repr_html_"), "cnncalc.render.as_html" in sys.modules)
"""


def test_only_notebooks_load_html() -> None:
    """Without IPython nothing of it is there; with it, showing is taught along the way."""
    assert runs("import sys" + SHOWS) == "False False"
    assert runs("import sys, types\nsys.modules['IPython'] = types.ModuleType('IPython')" + SHOWS) == "True True"


@pytest.mark.parametrize("call", [
    "which(input=7, kernel_size=3, stride='?')",
    "explain(cnncalc.tally(cnncalc.load('lenet5')), 'C1')[0]",
    "solve('mobilenet_v1', free='width', at_most=['parameters=2M'])",
])  # fmt: skip
def test_the_other_answers_show_themselves(call: str) -> None:
    """Formulas and tables show by themselves, whatever was asked."""
    code = (
        f"import sys, types\nsys.modules['IPython'] = types.ModuleType('IPython')\nimport cnncalc\nit = cnncalc.{call}"
    )
    assert runs(f"{code}\nprint(hasattr(it, '_repr_html_'))") == "True"
