"""Figures as people print them: sizes with axes left out, products, powers of ten, nouns, bounds, lists, fits."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import check, load, tally, verdict
from cnncalc.claims.kinds import Settings, Values
from cnncalc.errors import CnncalcError, UsageError

NUMBERS = [  # printed           value            quantity        verdict         reading
    ("512x7x7x4096", 102_760_448, "weights", "exact", None),
    ("4096 x 1024", 4_096_000, "weights", "does not follow", None),
    ("1/2", Fraction(1, 2), None, "exact", None),
    ("1/2", Fraction(7, 10), None, "does not follow", None),  # a fraction is the value or is not
    ("0.5 GB", 553_430_176, "parameter_bytes", "rounds to it", "GiB"),  # 0.553 GB, 0.515 GiB
    ("around 138M", 138_357_544, None, "rounds to it", None),
    ("> 500", Fraction(14_197_122, 21_841), None, "exact", "> 500"),
    ("over 651", Fraction(14_197_122, 21_841), None, "does not follow", None),
    ("at least 16", 16, None, "exact", "at least 16"),
    ("more than 16", 16, None, "does not follow", None),
    ("Over 100M", 138_357_544, None, "exact", "over 100,000,000"),
    ("< 100M", 138_357_544, None, "does not follow", None),
    ("fewer than 4", 3, None, "exact", "fewer than 4"),
    ("at most 553MB", 553_430_176, None, "does not follow", None),
    ("under 554MB", 553_430_176, None, "exact", "under 554,000,000"),
    ("1.38e8", 138_357_544, None, "rounds to it", None),
    ("1.39E+8", 138_357_544, None, "does not follow", None),
    ("~1.8×10⁹", 1_814_073_344, "macs", "rounds to it", None),
    ("15.48 GMac", 15_483_821_032, "macs", "rounds to it", None),  # as ptflops 0.7.5 prints VGG-16
    ("64 bytes", 64, "channels", "does not follow", None),
    ("16MB", 16, "depth", "does not follow", None),
    ("1.792KB", 1_792, "trainable", "does not follow", None),
    ("1.8 x 10^9", 1_814_073_344, "macs", "rounds to it", None),
    ("3.8×10^9 FLOPs", 3_857_973_248, "macs", "truncated", None),
    ("10^6", 10**6, None, "rounds to it", None),
    ("-3", -3, None, "exact", None),
    ("3", -3, None, "does not follow", None),
    ("-2.3", Fraction(-7, 3), None, "rounds to it", None),
    ("16 layers", 16, "depth", "exact", None),
    ("19 weight layers", 19, "depth", "exact", None),
    ("34-layer", 34, "depth", "exact", None),
    ("1 plane", 1, "channels", "exact", None),
    ("138 million parameters", 138_357_544, "parameters", "rounds to it", None),
    ("1.80", Fraction(1811, 1000), None, "does not follow", None),  # a 0 behind the point is a digit
    ("1.8", Fraction(1811, 1000), None, "rounds to it", None),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "value", "quantity", "word", "reading"), NUMBERS)
def test_numbers(printed: str, value: Any, quantity: str | None, word: str, reading: str | None) -> None:
    """Each is read for what it says."""
    found = verdict(printed, value, quantity=quantity)
    assert (found.verdict, found.reading) == (word, reading)


SIZES = [  # printed     sizes            reading
    ("55x55x96", (55, 55, 96), None), ("[27x27x96]", (27, 27, 96), None), ("96x55x55", (55, 55, 96), "channels first"),
    ("28", (28, 28, 6), "per axis, without channels"), ("28x28", (28, 28, 6), "without channels"),
    ("4096", (1, 1, 4096), "axes of 1 aside"), ("3072x1", (1, 1, 3072), "axes of 1 aside"),
    ("[1000]", (1, 1, 1000), "axes of 1 aside"),
    ("(55, 55, 96)", (55, 55, 96), None), ("55 by 55 by 96", (55, 55, 96), None), ("55·55·96.", (55, 55, 96), None),
    ("55 55 96", (55, 55, 96), None), ("6@28x28", (28, 28, 6), None), ("212.0 pixels", (212, 212), "per axis"),
    ("1x1x4,096", (1, 1, 4096), None), ("1,1,4,096", (1, 1, 4096), None), ("{55,55,96}", (55, 55, 96), None),
    ("112,112,128", (112, 112, 128), None), ("1,024", (1, 1, 1024), "axes of 1 aside"),
    ("7", (7, 7), "per axis"), ("6", (6, 1), "without channels"), ("3x32x48", (48, 32, 3), "channels first"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "sizes", "reading"), SIZES)
def test_sizes_may_leave_axes_out(printed: str, sizes: tuple[int, ...], reading: str | None) -> None:
    """What is left out is said."""
    found = verdict(printed, sizes)
    assert (found.verdict, found.reading) == ("exact", reading)


@pytest.mark.parametrize("printed", ["27", "28x27", "28x28x5", "6x28x27", "28x28x6x1"])
def test_sizes_are_never_nearly_right(printed: str) -> None:
    """28x28x6 is nothing else."""
    assert verdict(printed, (28, 28, 6)).verdict == "does not follow"


@pytest.mark.parametrize("printed", ["", "()", "(,)", "x", "[[1", "hello, world", "Hx(Wx"])
def test_what_is_no_size_is_quoted(printed: str) -> None:
    """As it was printed."""
    with pytest.raises(UsageError, match=re.escape(f"volume {printed!r} is not written")):
        verdict(printed, (55, 55, 96))


MISFIT = check(input="7x7", kernel_size=3, stride=3)  # CS231n: (7 - 3)/3 + 1 = 2.33, "doesn't fit"
FITS = check(input="7x7", kernel_size=3, stride=2)


@pytest.mark.parametrize(
    ("printed", "fit", "word"),
    [
        ("does not fit", MISFIT, "exact"), ("doesn't fit!", MISFIT, "exact"), ("2.33", MISFIT, "rounds to it"),
        ("2.3", MISFIT, "rounds to it"), ("fits", MISFIT, "does not follow"), ("2", MISFIT, "rounds to it"),
        ("fits", FITS, "exact"), ("3", FITS, "exact"), ("does not fit", FITS, "does not follow"),
        ("common setting", FITS, "exact"), ("2.34", MISFIT, "does not follow"),
        ("It does not fit.", MISFIT, "exact"), ("doesn't fit: 2.33", MISFIT, "rounds to it"),
        ("does not fit (7/3)", MISFIT, "exact"), ("does not fit, 2.5", MISFIT, "does not follow"),
        ("fits: 2.33", MISFIT, "does not follow"), ("it fits, 3", FITS, "exact"), ("fits = 4", FITS, "does not follow"),
    ],
)  # fmt: skip
def test_a_fit(printed: str, fit: Any, word: str) -> None:
    """In words, or by the quotient."""
    assert verdict(printed, fit).verdict == word


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("(H - 1)/2x(W - 1)/2x4", "exact"), ("(H−1)/2 × (W−1)/2 × 4", "exact"), ("H/2 - 1/2xW/2 - 1/2x4", "exact"),
        ("4x(H - 1)/2x(W - 1)/2", "exact"), ("(W - 1)/2x(H - 1)/2x4", "does not follow"),
        ("((H - 1)/2, (W - 1)/2, 4)", "exact"), ("(H - 1)/2 by (W - 1)/2 by 4", "exact"),
        ("(H - 1)/2xWx4", "does not follow"), ("HxWx4", "does not follow"), ("(H - 1)/2", "does not follow"),
    ],
)  # fmt: skip
def test_a_volume_in_letters(printed: str, word: str) -> None:
    """A 3x3 filter, stride 2, no padding, on HxWx3: each side in letters, however it is arranged."""
    volume = tally(load("conv3-4/s2/p0", input="HxWx3")).rows[-1].volume
    assert verdict(printed, volume).verdict == word


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("6 8 / 3 4", "exact"), ("6 8 | 3 4", "exact"),
        ("6,8,3,4", "exact"), ("6 8 3 4", "exact"), ("[[6, 8], [3, 4]]", "exact"), ("6,8,3", "does not follow"),
        ("6,8,3,5", "does not follow"), ("6;8;3;4", "exact"),
    ],
)  # fmt: skip
def test_a_list(printed: str, word: str) -> None:
    """As good as its worst value."""
    assert verdict(printed, Values([6, 8, 3, 4])).verdict == word
    assert verdict("2.3, 2", Values([Fraction(7, 3), 2])).verdict == "rounds to it"
    assert verdict("2.3, 2.6", Values([Fraction(7, 3), Fraction(8, 3)])).verdict == "truncated"


def test_settings() -> None:
    """VGG: 3x3 stride 1 pad 1; 2x2 stride 2."""
    windows = Settings({(3, 1, 1), (2, 2, 0)})
    assert verdict("3x3/1/1; 2x2/2", windows).verdict == "exact"
    assert verdict("2x2 s2, 3x3 s1 p1", windows).verdict == "exact"
    found = verdict("3x3/1; 2x2/2", windows)
    assert (found.verdict, found.note) == ("does not follow", "the windows are 3x3/1/1; 2x2/2/0")


@given(
    value=st.integers(min_value=100, max_value=10**15),
    scale=st.sampled_from([("K", 3), ("M", 6), (" million", 6), ("G", 9), (" billion", 9), (" x 10^9", 9)]),
    places=st.integers(min_value=0, max_value=3),
)
def test_a_rounded_figure_always_rounds_to_its_value(value: int, scale: tuple[str, int], places: int) -> None:
    """Print any number to any digit, halves up: the verdict is never less than `rounds to it`."""
    name, power = scale
    step = Fraction(10**power, 10**places)
    digits = (2 * value + step) // (2 * step)
    whole, rest = divmod(int(digits), 10**places)
    printed = f"{whole:,}" + (f".{rest:0{places}d}" if places else "") + name
    assert verdict(printed, value).verdict in {"exact", "rounds to it"}


@given(value=st.integers(min_value=10**6, max_value=10**12), off=st.integers(min_value=1, max_value=9))
def test_a_digit_off_never_follows(value: int, off: int) -> None:
    """In full, to the last digit."""
    assert verdict(f"{value + off:,}", value).verdict == "does not follow"


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("a dozen", 12), ("138 zorkmids", 138), ("10^400", 5), ("1.8 x 10^400", 5), ("9" * 401, 5), ("", 5), ("1/0", 5),
        ("> many", 5), ("7x7xmany", (7, 7, 3)), ("it depends", MISFIT), ("one, two", Values([1, 2])),
        ("3x3", Settings()),
        ("138M layers", 5), (b"5", 5), (5, 5), (None, (1, 2)),
    ],
)  # fmt: skip
def test_what_is_no_figure(printed: Any, value: Any) -> None:
    """Each is refused with what would be one."""
    with pytest.raises(CnncalcError) as error:
        verdict(printed, value)
    assert error.value.code in {"usage", "formula"}


@pytest.mark.parametrize(
    ("printed", "field", "word"),
    [
        ("11x7", (11, 7), "exact"), ("11", (11, 7), "does not follow"), ("7x11", (11, 7), "does not follow"),
        ("7", (1, 7), "does not follow"), ("7", (7, 7), "exact"), ("7x7", (7, 7), "exact"),
    ],
)  # fmt: skip
def test_a_field_has_no_channels(printed: str, field: tuple[int, ...], word: str) -> None:
    """A filter of 11x7 sees 11 by 7 pixels: neither is a depth, and nobody turns them around."""
    assert verdict(printed, field, quantity="receptive_field").verdict == word


@pytest.mark.parametrize("tail", ["!", ".!", "9!"])
def test_a_long_fit_is_read_in_one_go(tail: str) -> None:
    """Two hundred thousand characters behind a word are looked at once."""
    with pytest.raises(CnncalcError):
        verdict("fits 1" + tail * 100_000 + "x", FITS)
