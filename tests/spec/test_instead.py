"""Ways out of wrong values: whatever is offered is read, by way of the text that a user would write."""

from __future__ import annotations

from typing import Any

import pytest

from cnncalc.errors import CnncalcError
from cnncalc.layers import CARDS
from cnncalc.spec.instead import instead
from cnncalc.spec.read import read_spec

WRONG = (
    "-1",
    "0",
    "2.5",
    "1e16",
    "true",
    "null",
    "'3'",
    "sam",
    "yes",
    "[a]",
    "{a: 1}",
    "'9'",
    "''",
    "up",
    "10000000000",
)
"""Values that some field refuses; what a field takes it is not asked about."""

FIELDS = [(name, field) for name, card in sorted(CARDS.items()) for field in card.fields()]


def spec(layer: str, *more: str) -> str:
    """Return a spec of one layer, in line 4."""
    return "\n".join(("name: mine", "input: 32x32x64", "layers:", f"  - {layer}", *more)) + "\n"


def refused(text: str) -> list[CnncalcError]:
    """Return the errors that a text is refused with."""
    try:
        read_spec(text)
    except CnncalcError as error:
        return list(error.errors)
    return []


@pytest.mark.parametrize(("card", "field"), FIELDS)
def test_a_setting_that_is_offered_is_read(card: str, field: str) -> None:
    """Put where the wrong one stood, a way out is read: no layer is left without one."""
    others = {name: "3" for name in CARDS[card].required() if name != field}
    for wrong in WRONG:
        before = ", ".join(f"{name}: {value}" for name, value in others.items())
        for error in refused(spec(f"{card}: {{{before}{', ' * bool(before)}{field}: {wrong}}}")):
            if error.code != "bad-value":
                continue  # a formula with a slip
            assert error.ways_out, error.message
            for way in error.ways_out:
                assert refused(spec(f"{card}: {{{before}{', ' * bool(before)}{way}}}")) == [], way


MEANT: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("conv", "out_channels", "64", ("out_channels: 64",)),
    ("conv", "padding", -1, ("padding: 1",)),
    ("conv", "bias", "no", ("bias: false",)),
    ("maxpool", "stride", 0, ("stride: 1",)),
    ("maxpool", "kernel_size", 2.5, ("kernel_size: 2", "kernel_size: 3")),
    ("maxpool", "rounding", "up", ("rounding: exact", "rounding: floor", "rounding: ceil")),
    ("dropout", "rate", 50, ("rate: 0.5",)),
    ("upsample", "mode", "bilinar", ("mode: bilinear",)),
]


@pytest.mark.parametrize(("card", "field", "wrong", "offered"), MEANT)
def test_what_was_meant_is_offered_first(card: str, field: str, wrong: object, offered: tuple[str, ...]) -> None:
    """The number without its sign or its quotes, the percent as a part, the word without its slip."""
    assert instead(CARDS[card].model(), field, wrong)[: len(offered)] == offered


HEADERS = [
    ("rounding: up", ("rounding: exact", "rounding: floor", "rounding: ceil")),
    ("source: 1998", ('source: "1998"',)),
    ("freeze: 3", ('freeze: "3"',)),
    ("published: 3", ("published: [{quantity: parameters, printed: 138M, source: table 1}]",)),
    ("published: [3]", ("published: [{quantity: parameters, printed: 138M, source: table 1}]",)),
    ("source: '" + "9" * 3000 + "'", ('source: "' + "9" * 40 + '"',)),
    ("source: ''", ("source: mine",)),
]


@pytest.mark.parametrize(("line", "offered"), HEADERS)
def test_a_header_that_is_offered_is_read(line: str, offered: tuple[str, ...]) -> None:
    """The same of a spec's own keys."""
    (error,) = refused(spec("relu", line))
    assert error.ways_out == offered
    assert [refused(spec("relu", way)) for way in offered] == [[]] * len(offered)


@pytest.mark.parametrize(
    ("written", "offered"),
    [("224", "224x224x3"), ("[224, 224, 3]", "224x224x3"), ("[8, 3]", "8x3"), ("true", "224x224x3")],
)
def test_an_input_that_is_offered_is_read(written: str, offered: str) -> None:
    """A list of sizes is joined, a number is a side."""
    (error,) = refused(f"name: a\ninput: {written}\nlayers: relu\n")
    assert f"input: {offered}" in error.ways_out
    assert refused(f"name: a\ninput: {offered}\nlayers: relu\n") == []


def test_an_empty_text_is_offered_a_whole_spec() -> None:
    """It is read as it stands."""
    (error,) = refused("")
    assert refused(error.ways_out[0]) == []
