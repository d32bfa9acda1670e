"""Figures read and written: the printed forms of lectures, papers and tools."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import CnncalcError, UsageError
from cnncalc.units import BYTES, EXAMPLES, read_figure, write_bytes, write_count, write_quotient, write_short

COUNTS = st.integers(min_value=0, max_value=10**36)

READ = [  # printed        value             step           unit
    ("138M", 138_000_000, 1_000_000, None),  # CS231n, VGGNet in detail
    ("138 M", 138_000_000, 1_000_000, None),
    ("150K", 150_000, 1_000, None),
    ("150k", 150_000, 1_000, None),
    ("3.2M", 3_200_000, 100_000, None),
    ("4096", 4_096, 1, None),
    ("1,728", 1_728, 1, None),
    ("102,760,448", 102_760_448, 1, None),  # the notes' first FC layer
    ("1,024.5", Fraction(2049, 2), Fraction(1, 10), None),
    ("2.33", Fraction(233, 100), Fraction(1, 100), None),
    ("4.0", 4, Fraction(1, 10), None),
    ("1.5G", 1_500_000_000, 100_000_000, None),
    ("3.6B", 3_600_000_000, 100_000_000, None),  # B is billion
    ("19.6 billion", 19_600_000_000, 100_000_000, None),
    ("569 Million", 569_000_000, 1_000_000, None),
    ("62 million", 62_000_000, 1_000_000, None),
    ("93MB", 93_000_000, 1_000_000, "MB"),
    ("93 MB", 93_000_000, 1_000_000, "MB"),
    ("93 kB", 93_000, 1_000, "KB"),
    ("1 GiB", 2**30, 2**30, "GiB"),
    ("92.8 MiB", Fraction(928 * 2**20, 10), Fraction(2**20, 10), "MiB"),
    ("512 bytes", 512, 1, "B"),
    ("7.6 GMACs", 7_600_000_000, 100_000_000, "MACs"),
    ("569M mult-adds", 569_000_000, 1_000_000, "MACs"),
    ("15.5 GFLOPs", 15_500_000_000, 100_000_000, "FLOPs"),
    ("0.7 GFLOPS", 700_000_000, 100_000_000, "FLOPs"),
    ("3.6 billion FLOPs", 3_600_000_000, 100_000_000, "FLOPs"),
    ("1.8 x 10^9", 1_800_000_000, 100_000_000, None),  # He et al. 2015, table 1
    ("11.3×10⁹", 11_300_000_000, 100_000_000, None),
    ("1.8e9", 1_800_000_000, 100_000_000, None),
    ("2E+8 MACs", 200_000_000, 100_000_000, "MACs"),
    ("1,024.50 · 10**1", 10_245, Fraction(1, 10), None),
    ("10^6", 1_000_000, 1_000_000, None),
    (" 138\u00a0M\n", 138_000_000, 1_000_000, None),
]

REFUSED = [
    *("", " ", "~", "many", "NaN", "nan", "inf", "-5", "+5", "> 500", "1_000", "1e400", "0x10", "1/2", "٣", "½"),
    *("1,72", "1,7288", "1234,567", ",123", "1,,000", "1,", "1.2,345", "1.", ".5", "1.5.2", "5.M", "138 138"),
    *("138m", "93 mb", "93 Mb", "12 parsecs", "~~16M", "55x55x96", "1 K M", "2 million MB", "1" * 41, "9" * 5000),
    *("1.8e-9", "1e", "e9", "x10^9", "10^", "10^41", "1e9e9", "1e5.5", "1e5,000", "10^-3", "2^10", "1" * 5000 + "e9"),
]


@pytest.mark.parametrize(("text", "value", "step", "unit"), READ)
def test_reads_what_people_print(text: str, value: Fraction, step: Fraction, unit: str | None) -> None:
    """A figure has its exact value, what its last printed digit is worth, and its unit."""
    figure = read_figure(text)
    assert (figure.value, figure.step, figure.unit) == (value, step, unit)
    assert not isinstance(figure.value, float)


@pytest.mark.parametrize("text", ["~16M", "~ 16M", "~=16M", "≈16M", "about 16M", "About 16 million"])
def test_about_is_kept(text: str) -> None:
    """A figure that was printed as approximate says so, and is the same figure."""
    assert read_figure(text).approximate
    assert read_figure(text).value == 16_000_000
    assert not read_figure("16M").approximate


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_the_rest(text: str) -> None:
    """What is no figure is an error with a short message, and each way out can be read."""
    with pytest.raises(UsageError) as error:
        read_figure(text)
    assert len(error.value.message) < 150
    for way_out in error.value.ways_out:
        read_figure(way_out)


def test_refuses_what_is_no_text() -> None:
    """A number from a program was not printed, so nobody knows its last printed digit."""
    with pytest.raises(UsageError, match="a figure is text"):
        read_figure(138)  # type: ignore[arg-type]


SLIPS = [
    *[("93 mb", "93 MB"), ("138m", "138 M"), ("19.6 bilion", "19.6 billion")],
    *[("1,72", "1.72"), ("138,4M", "138.4M"), ("7,64 MB", "7.64 MB"), ("12345,678", "12,345,678")],
]


@pytest.mark.parametrize(("text", "way_out"), SLIPS)
def test_a_slip_is_shown_its_way_out(text: str, way_out: str) -> None:
    """A unit in the wrong case, a misspelt one, and misplaced commas are answered with the right writing."""
    with pytest.raises(UsageError) as error:
        read_figure(text)
    assert way_out in error.value.ways_out


def test_a_figure_in_another_byte_unit() -> None:
    """93 MB read as 93 MiB keeps its digits; MB and MiB are never one for the other."""
    figure = read_figure("93MB").in_unit("MiB")
    assert (figure.digits, figure.value, figure.unit) == (93, 97_517_568, "MiB")
    assert figure.in_unit("MB").value == 93_000_000


@pytest.mark.parametrize(
    ("text", "open_zeros"),
    [("800K", True), ("240 MB", True), ("138M", False), ("1.50M", False), ("4000", False), ("0.0", False)],
)
def test_zeros_that_may_hold_a_place(text: str, *, open_zeros: bool) -> None:
    """Only the last zero of a shortened figure without a point may stand for a digit that was not printed."""
    assert read_figure(text).open_zeros is open_zeros


SHORT = [
    (0, "0"), (4_096, "4096"), (9_999, "9999"), (10_000, "10K"), (150_000, "150K"), (401_408, "401K"),
    (15_237_608, "15.2M"), (138_357_544, "138M"), (60_965_224, "61.0M"), (999_500, "1.00M"), (999_499, "999K"),
    (19_632_062_464, "19.6G"), (1_234_567_890_123_456, "1,235T"), (-15_237_608, "-15.2M"),
    (12_250, "12.2K"), (12_350, "12.4K"),  # halves go to the even digit
]  # fmt: skip


@pytest.mark.parametrize(("n", "text"), SHORT)
def test_writes_counts_shortly(n: int, text: str) -> None:
    """Three significant digits, rounded half even; whole units are never rounded away."""
    assert write_short(n) == text


BYTE_ROWS = [
    (553_430_176, "auto", "553.4 MB"),  # VGG-16's parameters as float32
    (60_950_432, "MB", "61.0 MB"), (60_950_432, "MiB", "58.1 MiB"), (97_277_856, "MiB", "92.8 MiB"),
    (93_000_000, "auto", "93 MB"), (1_500, "auto", "1.50 KB"), (512, "auto", "512 bytes"), (2**40, "TiB", "1 TiB"),
    (60_950_432, "B", "60,950,432 bytes"), (6_001, "MB", "0.00600 MB"), (0, "auto", "0 bytes"), (0, "MB", "0 MB"),
]  # fmt: skip


@pytest.mark.parametrize(("n", "unit", "text"), BYTE_ROWS)
def test_writes_bytes(n: int, unit: str, text: str) -> None:
    """One place and three significant digits at least; the unit is the one asked for."""
    assert write_bytes(n, unit) == text


def test_refuses_to_write_an_unknown_unit() -> None:
    """A wrong byte unit is answered with the one meant, or with all of them."""
    with pytest.raises(UsageError) as error:
        write_bytes(1, "mib")
    assert error.value.ways_out == ("MiB",)
    with pytest.raises(UsageError) as error:
        write_bytes(1, "furlong")
    assert error.value.ways_out == tuple(BYTES)


@pytest.mark.parametrize("value", ["49*C**2", Fraction(7, 3)])
def test_what_is_no_integer_writes_itself(value: object) -> None:
    """A formula or a fraction has no short form and passes through."""
    assert write_count(value) == write_short(value) == write_bytes(value) == str(value)


def test_writes_counts_and_quotients() -> None:
    """Counts carry commas; the lecture's 7/3 is 2.33."""
    assert write_count(138_357_544) == "138,357,544"
    assert write_quotient(7, 3) == "2.33"


@given(n=COUNTS)
def test_a_count_is_read_back(n: int) -> None:
    """`read_figure` undoes `write_count` exactly."""
    assert read_figure(write_count(n)).value == n


@given(n=COUNTS, unit=st.sampled_from([*BYTES, "auto"]))
def test_bytes_are_read_back_to_half_a_digit(n: int, unit: str) -> None:
    """What `write_bytes` writes lies within half a printed digit of the bytes."""
    figure = read_figure(write_bytes(n, unit))
    assert abs(Fraction(figure.value) - n) <= Fraction(figure.step, 2)


@given(text=st.text() | st.text(alphabet="0123456789,.~ KMGBi", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text ends in anything but a figure or an error of the family."""
    try:
        assert read_figure(text).value >= 0
    except CnncalcError as error:
        assert error.code == "usage"  # noqa: PT017  either outcome is right


def test_the_examples_in_errors_can_be_read() -> None:
    """Each way out was tried."""
    assert [read_figure(text).value for text in EXAMPLES] == [138_000_000, 19_600_000_000, 1_728, 93_000_000]


def test_starts_without_fractions() -> None:
    """Whoever imports the room and reads no fraction does not pay for one."""
    code = "import sys, cnncalc.units; print(sorted({'fractions', 'difflib', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  our code
    assert done.stdout == "[]\n"


@given(n=st.integers(0, 10**16))
def test_bytes_are_never_a_thousand_of_a_unit(n: int) -> None:
    """999,999,999 bytes are 1.00 GB: the unit is chosen behind the rounding, as for counts."""
    number, unit = write_bytes(n).split()
    assert unit in {"bytes", "TB"} or float(number.replace(",", "")) < 1000
    assert write_bytes(999_999_999) == "1.00 GB"
