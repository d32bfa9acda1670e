"""The family of errors: its tree is drawn as it is, and every error says the same five things."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import cnncalc
from cnncalc import errors
from cnncalc.errors import CnncalcError, SeveralErrors, ShapeError, SpecError, StrideMisfit, UsageError, Where
from cnncalc.layers import CARDS
from cnncalc.volume import parse_volume

FAMILY = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, CnncalcError)]
DRAWN = re.compile(r"^ {4}(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)(?: {2,}(?P<says>\S.*))?$", re.MULTILINE)


def drawn() -> Iterator[tuple[str, str, str | None]]:
    """Read the tree in the module's docstring: each error, its parent, and what it says."""
    line: list[str] = ["Exception"]
    for match in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(match["branch"]) // 4 + 1
        line[depth:] = [match["name"]]
        yield match["name"], line[depth - 1], match["says"]


def test_the_tree_is_drawn_as_it_is() -> None:
    """Every error stands in the docstring's tree, under its parent; none is drawn that is not there."""
    tree = [(name, parent) for name, parent, _ in drawn()]
    assert sorted(tree) == sorted((found.__name__, found.__bases__[0].__name__) for found in FAMILY)
    assert all(says for name, _, says in drawn() if name != "CnncalcError")


def test_codes_are_names_for_programs() -> None:
    """Every error has a code of its own, in lower case."""
    codes = [found.code for found in FAMILY]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)
    assert StrideMisfit.code == "stride-misfit"  # promised by the contract
    assert all("code" in vars(found) for found in FAMILY)


def test_the_family_lives_in_one_house() -> None:
    """No other module makes errors of its own: whoever reads errors.py knows them all."""
    for module in walk_packages(cnncalc.__path__, "cnncalc."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    pending, found = [CnncalcError], set()
    while pending:
        error = pending.pop()
        pending += error.__subclasses__()
        found.add(error)
    assert {error.__module__ for error in found} == {"cnncalc.errors"}
    assert found == set(FAMILY)


PLACES = [
    (Where(), ""),
    (Where(layer="conv1"), "conv1"),
    (Where("alexnet.yaml", 7, 3, "conv1"), "conv1 (alexnet.yaml:7:3)"),
    (Where("alexnet.yaml"), "alexnet.yaml"),
    (Where("alexnet.yaml", 7), "alexnet.yaml:7"),
    (Where(line=1, column=9), "line 1, column 9"),
    (Where(line=1, column=9, layer="conv1"), "conv1 (line 1, column 9)"),
]


@pytest.mark.parametrize(("where", "text"), PLACES)
def test_places_are_written_as_compilers_do(where: Where, text: str) -> None:
    """A place is file:line:column, with the layer in front; what is not known is left out."""
    assert str(where) == text


def test_an_error_says_five_things() -> None:
    """Code, place, message, formula and ways out are fields, text, and JSON."""
    error = StrideMisfit("it does not fit", formula="a = b\nc = d", ways_out=("stride 2", "padding 1"))
    assert error.at(Where("a.yaml", 2, 3)) is error
    assert str(error) == (
        "stride-misfit: a.yaml:2:3: it does not fit\n  a = b\n  c = d\n  ways out: stride 2 · padding 1"
    )
    told = error.to_dict()
    assert told | {"where": None} == {
        "code": "stride-misfit",
        "where": None,
        "message": "it does not fit",
        "formula": "a = b\nc = d",
        "ways_out": ["stride 2", "padding 1"],
    }
    assert {"file": "a.yaml", "line": 2, "column": 3, "layer": None}.items() <= dict(told["where"]).items()  # type: ignore[call-overload]
    assert str(UsageError("no")) == "usage: no"
    assert error.errors == (error,)


def test_a_place_that_is_known_stays() -> None:
    """`at` fills in what an error does not know about its place, and changes nothing that it knows."""
    error = SpecError("no", where=Where(line=3)).at(Where("a.yaml", 1, 1, "conv1"))
    assert error.where[:4] == ("a.yaml", 3, 1, "conv1")


def test_several_errors_speak_together() -> None:
    """All of a file's errors are one exception: in the order of the text, with the first one's voice."""
    one, two = SpecError("first", ways_out=("this",)), ShapeError("second")
    both = SeveralErrors((one, two))
    assert both.errors == (one, two)
    assert (both.message, both.ways_out) == ("first", ("this",))
    assert str(both) == "spec: first\n  ways out: this\n\nshape: second"


MISFITS = [  # what went wrong, card, input, code, and a piece of the formula
    ("CS231n: 7x7, 3x3, stride 3", CARDS["conv"](out_channels=1, kernel_size=3, stride=3), "7x7x1", "stride-misfit",
     "(W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/3 + 1 = 2.33"),
    ("AlexNet at 224", CARDS["conv"](out_channels=96, kernel_size=11, stride=4), "224x224x3", "stride-misfit",
     "= 54.25"),
    ("pool2 on 7x7", CARDS["maxpool"](kernel_size=2), "7x7x8", "stride-misfit", "= 3.5"),
    ("a filter over its input", CARDS["conv"](out_channels=1, kernel_size=5), "3x3x1", "filter-too-large", "= −1"),
    ("3 groups, 8 channels", CARDS["conv"](out_channels=9, kernel_size=1, groups=3), "4x4x8", "group-misfit",
     "8/3 leaves 2 over"),
    ("3 groups, 8 filters", CARDS["conv"](out_channels=8, kernel_size=1, groups=3), "4x4x9", "group-misfit",
     "8/3 leaves 2 over"),
    ("cut away", CARDS["conv_transpose"](out_channels=1, kernel_size=1, padding=2), "3x3x1", "filter-too-large",
     "(W − 1)·S + F − 2·P = (3 − 1)·1 + 1 − 2·2 = −1"),
    ("a 2-D filter on a sequence", CARDS["conv"](out_channels=1, kernel_size=(3, 5)), "7x1", "axes-misfit", ""),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "card", "x", "code", "formula"), MISFITS)
def test_what_a_layer_cannot_take(wrong: str, card: Any, x: str, code: str, formula: str) -> None:
    """A card refuses an input that it cannot take, with the sum in its numbers and a way out."""
    with pytest.raises(ShapeError) as caught:
        card.check(parse_volume(x))
    assert caught.value.code == code, wrong
    assert formula in caught.value.formula
    assert caught.value.ways_out


def test_rounding_takes_what_exact_refuses() -> None:
    """Under floor and ceil a stride that does not fit is no error."""
    for rounding in ("floor", "ceil"):
        CARDS["maxpool"](kernel_size=2, rounding=rounding).check(parse_volume("7x7x8"))


CUT_AWAY = [  # padding, input, the axes that nothing is left of
    ((2, 0), "3x5x1", ["(H − 1)·S + F − 2·P₁ = (3 − 1)·1 + 1 − 2·2 = −1"]),
    ((0, 2), "5x3x1", ["(W − 1)·S + F − 2·P₂ = (3 − 1)·1 + 1 − 2·2 = −1"]),
    (2, "3x5x1", ["(H − 1)·S + F − 2·P = (3 − 1)·1 + 1 − 2·2 = −1"]),
    (2, "3x4x1", ["(H − 1)·S + F − 2·P = (3 − 1)·1 + 1 − 2·2 = −1", "(W − 1)·S + F − 2·P = (4 − 1)·1 + 1 − 2·2 = 0"]),
]


@pytest.mark.parametrize(("padding", "x", "sums"), CUT_AWAY)
def test_the_formula_is_that_of_the_axes_cut_away(padding: Any, x: str, sums: list[str]) -> None:
    """Where the height is cut away, the sum shown is the height's; where both are, both are shown."""
    with pytest.raises(ShapeError) as caught:
        CARDS["conv_transpose"](out_channels=1, kernel_size=1, padding=padding).check(parse_volume(x))
    assert caught.value.formula.splitlines() == sums
