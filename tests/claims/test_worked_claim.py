"""Claims about worked examples: the figures of the books, each with the sum that a hand writes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cnncalc.claims.claim import Claim
from cnncalc.claims.worked_claim import answer_of_worked
from cnncalc.errors import CnncalcError

NINE = "0 1 2 / 3 4 5 / 6 7 8"
SLICE = "1 1 2 4 / 5 6 7 8 / 3 2 1 0 / 1 2 3 4"
AVERAGED = "1.00 1.10 1.20 1.40 1.70 1.80 1.90 2.10 2.20 2.40 2.50 2.70"

ROWS: list[tuple[dict[str, Any], Any, str]] = [
    # Zhang et al., Dive into Deep Learning, figure 7.2.1: 19, 25, 37, 43
    ({"values": NINE, "kernel": "0 1 / 2 3"}, (19, 25, 37, 43), ""),
    ({"values": NINE, "kernel": "0 1 / 2 3", "at": (1, 0)}, 37, "3·0 + 4·1 + 6·2 + 7·3 = 37"),
    # the same book, figure 7.3.1, zeros around: 0 3 8 4; 9 19 25 10; 21 37 43 16; 6 7 8 0
    ({"values": NINE, "kernel": "0 1 / 2 3", "padding": 1, "at": (0, 1)}, 3, "0·0 + 0·1 + 0·2 + 1·3 = 3"),
    # CS231n, the pooling slide: 6 8 3 4; the means by hand
    ({"values": SLICE, "stride": 2}, (6, 8, 3, 4), ""),
    ({"values": SLICE, "kind": "mean"}, (Fraction(13, 4), Fraction(21, 4), 2, 2), ""),
    ({"values": SLICE, "kind": "average"}, (Fraction(13, 4), Fraction(21, 4), 2, 2), ""),
    ({"values": SLICE, "at": (0, 1)}, 8, "max(2, 4, 7, 8) = 8"),
    # CS7015, the weighted average: 0.01 + 0.011 + 0.024 + 0.028 + 0.068 + 0.72 + 0.95 = 1.811
    (
        {"values": AVERAGED, "kernel": "0.01 0.01 0.02 0.02 0.04 0.4 0.5", "at": (0,)},
        Fraction(1811, 1000),
        "1·0.01 + 1.1·0.01 + 1.2·0.02 + 1.4·0.02 + 1.7·0.04 + 1.8·0.4 + 1.9·0.5 = 1.811",
    ),
    # a quotient is a number, a slash between blanks a new row; a line's values may be named as a row's
    ({"values": "1/3 1", "kernel": "3", "at": (0, 0)}, 1, "1/3·3 = 1"),
    ({"values": [["1", "-1"], ["2", "0.5"]], "kernel": [["2"]], "at": (0, 1)}, -2, "(−1)·2 = −2"),
]


@pytest.mark.parametrize(("keys", "value", "written"), ROWS)
def test_the_books_examples(keys: dict[str, Any], value: Any, written: str) -> None:
    """The value, or all of them in a row; one of them with its sum."""
    quantity = "conv_value" if "kernel" in keys else "pool_value"
    assert answer_of_worked(Claim(quantity, "", **keys)) == (value, written, "")


def test_pixels_left_over_are_told() -> None:
    """Two of five: (5 − 2)/2 + 1 = 2.5; the claim may say how it rounds."""
    assert answer_of_worked(Claim("pool_value", "", values="1 2 3 4 5")) == (
        None,
        "",
        "it does not fit: (W − F + 2·P)/S + 1 = (5 − 2 + 2·0)/2 + 1 = 2.5",
    )
    assert answer_of_worked(Claim("pool_value", "", values="1 2 3 4 5", rounding="floor"))[0] == (2, 4)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"values": "1 2 / 3"}, "usage", "differ in length"),
    ({"values": "one"}, "usage", "is no number"),
    ({"values": "nan"}, "usage", "is no number"),
    ({"values": []}, "usage", "holds no numbers"),
    ({"values": {}}, "usage", "holds numbers"),
    ({"values": "1", "kernel": "1 2"}, "filter-too-large", "larger than the padded input"),
    ({"values": "0..9999", "kernel": "1"}, "usage", "4,096 is the most"),
    ({"values": "0..63", "kernel": "0..1023"}, "filter-too-large", "larger"),
    ({"values": NINE, "kernel": [["1"]], "at": (0, 3)}, "usage", "there is no output 0, 3: there are 3x3"),
    ({"values": NINE, "kernel": [["1"]], "at": (4,)}, "usage", "there is no output 4: there are 3x3"),
]


@pytest.mark.parametrize(("keys", "code", "words"), BAD)
def test_what_is_no_example(keys: dict[str, Any], code: str, words: str) -> None:
    """Each is refused in a sentence."""
    with pytest.raises(CnncalcError, match=words) as error:
        answer_of_worked(Claim("conv_value", "", **{"kernel": "1", **keys}))
    assert error.value.code == code
