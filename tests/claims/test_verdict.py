"""Printed figures and their verdicts, against lectures and papers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.claims import Verdict, verdict
from cnncalc.errors import CnncalcError, UsageError
from cnncalc.units import BYTES, write_bytes, write_count, write_short
from cnncalc.volume import Volume

VGG_VALUES = 15_237_608  # the CS231n VGG listing's rows, added up
VGG_BYTES = 60_950_432

# CS231n, "VGGNet in detail", top to bottom: memory and the total of parameters.
VGG_LISTING = [  # printed   shape                verdict          reading
    ("150K", 224 * 224 * 3, "truncated", None),
    ("3.2M", 224 * 224 * 64, "rounds to it", None),
    ("800K", 112 * 112 * 64, "rounds to it", "two digits"),
    ("1.6M", 112 * 112 * 128, "rounds to it", None),
    ("400K", 56 * 56 * 128, "rounds to it", "two digits"),
    ("800K", 56 * 56 * 256, "rounds to it", "two digits"),
    ("200K", 28 * 28 * 256, "truncated", None),
    ("400K", 28 * 28 * 512, "rounds to it", "two digits"),
    ("100K", 14 * 14 * 512, "rounds to it", None),
    ("25K", 7 * 7 * 512, "rounds to it", None),
    ("4096", 4096, "exact", None),
    ("138M", 138_357_544, "rounds to it", None),
]

PRINTED = [  # printed          value            verdict            reading
    ("102,760,448", 102_760_448, "exact", None),  # the notes: 7*7*512*4096
    ("24M", 24_319_464, "rounds to it", None),  # each conv's input counted once more
    ("61 million", 60_965_224, "rounds to it", None),
    ("62 million", 62_378_344, "rounds to it", None),  # AlexNet without groups
    ("19.6 billion", 19_632_062_464, "rounds to it", None),
    ("3.6 billion", 3_663_761_408, "truncated", None),
    ("27.55M", 28_145_312, "does not follow", None),
    ("24M", VGG_VALUES, "does not follow", None),
    ("2.33", Fraction(7, 3), "rounds to it", None),
    ("2.3", Fraction(7, 3), "rounds to it", None),
    ("2.34", Fraction(7, 3), "does not follow", None),
    ("4.0", 4, "exact", None),
    ("4M", 4_000_000, "rounds to it", None),  # not printed in full
]


@pytest.mark.parametrize(("printed", "value", "word", "reading"), [*VGG_LISTING, *PRINTED])
def test_a_figure_has_its_verdict(printed: str, value: int, word: str, reading: str | None) -> None:
    """A figure is held to its printed digit; only a shortened figure's last zeros may stand for digits."""
    found = verdict(printed, value)
    assert (found.verdict, found.reading) == (word, reading)
    assert (found.printed, found.computed) == (printed, value)
    assert found.follows is (word != "does not follow")


BYTE_FIGURES = [
    ("93MB", 24_319_464 * 4, "rounds to it", "MiB", "97,277,856 bytes is 92.8 MiB"),
    ("97MB", 24_319_464 * 4, "rounds to it", "MB", "97,277,856 bytes is 97.3 MB"),
    ("92.8 MiB", 24_319_464 * 4, "rounds to it", "MiB", "97,277,856 bytes is 92.8 MiB"),
    ("97.3 MiB", 24_319_464 * 4, "does not follow", None, "97,277,856 bytes is 92.8 MiB"),
    ("93MB", VGG_BYTES, "does not follow", None, "60,950,432 bytes is 61.0 MB, 58.1 MiB"),
    ("240MB", 60_965_224 * 4, "rounds to it", "MB, two digits", "243,860,896 bytes is 243.9 MB"),  # SqueezeNet, 2016
    ("60,950,432 bytes", VGG_BYTES, "exact", None, ""),
]


@pytest.mark.parametrize(("printed", "value", "word", "reading", "note"), BYTE_FIGURES)
def test_megabytes_are_tried_as_both(printed: str, value: int, word: str, reading: str | None, note: str) -> None:
    """MB is 10^6 bytes or else 2^20, and the verdict says which; MiB is MiB alone."""
    assert verdict(printed, value) == Verdict(printed, value, word, reading, note)


NOTES = [
    ("24M", VGG_VALUES, "15,237,608 is 15.2M"),
    ("138M", 138_357_544, "138,357,544 is 138M"),
    ("150K", 150_528, "150,528 is 151K"),
    ("4095", 4_096, "it is 4,096"),
    ("363", 363_0000, "3,630,000 is 3.63M"),
    ("138.3M", 138_357_544, "138,357,544 is 138.4M"),
    ("138344128", 138_357_544, "it is 138,357,544"),
    ("15.47 GFLOPs", 15_470_264_320, "15,470,264,320 is 15.47G"),
    ("2.5", Fraction(7, 3), "7/3 is 2.33"),
    ("4096", 4_096, ""),
]


@pytest.mark.parametrize(("printed", "value", "note"), NOTES)
def test_the_note_says_what_the_value_is(printed: str, value: int, note: str) -> None:
    """Whatever is not exact is answered with the value."""
    assert verdict(printed, value).note == note


def test_bytes_are_written_to_the_printed_digit() -> None:
    """553,430,176 / 10^6 is 553.430176, / 2^20 it is 527.792 and more."""
    assert verdict("553.44MB", 553_430_176).note == "553,430,176 bytes is 553.43 MB, 527.79 MiB"


def test_nothing_is_searched_for_behind_a_bound() -> None:
    """Some reading is always larger: that twice the number is above 20G says nothing."""
    doubled = [("2 per MAC", 30_940_528_640)]
    assert verdict("> 20G", 15_470_264_320, readings=doubled).verdict == "does not follow"


@pytest.mark.parametrize(
    ("printed", "value", "word"),
    [
        ("2", Fraction(5, 2), "rounds to it"), ("3", Fraction(5, 2), "rounds to it"),
        ("3", Fraction(7, 2), "truncated"), ("4", Fraction(7, 2), "rounds to it"),
    ],
)  # fmt: skip
def test_a_half_may_go_up_or_to_the_even_digit(printed: str, value: Fraction, word: str) -> None:
    """Both ways that people round are rounding; down to an odd digit is cutting."""
    assert verdict(printed, value).verdict == word


@pytest.mark.parametrize("printed", ["~14M", "about 14M", "≈16M"])
def test_about_loosens_nothing(printed: str) -> None:
    """An approximate figure must still round or truncate."""
    assert not verdict(printed, VGG_VALUES).follows
    assert verdict("~15M", VGG_VALUES).verdict == "rounds to it"


@pytest.mark.parametrize("printed", ["100M", "130M", "150M"])
def test_two_digits_are_the_least(printed: str) -> None:
    """138,357,544 to two digits is 140M and nothing rounder."""
    assert verdict("140M", 138_357_544).reading == "two digits"
    assert not verdict(printed, 138_357_544).follows


def test_the_first_other_convention_that_fits_is_named() -> None:
    """24M does not follow from the listing; with each conv's input counted once more it does."""
    readings = [("outputs", 28_000_000), ("buffers", 24_319_464), ("also", 24_000_000)]
    found = verdict("24M", VGG_VALUES, readings=readings)
    note = "15,237,608 is 15.2M; possibly buffers: 24,319,464 is 24.3M"
    assert found == Verdict("24M", VGG_VALUES, "consistent with buffers", "buffers", note, possible=True)
    assert verdict("15M", VGG_VALUES, readings=readings).verdict == "rounds to it"


def test_another_convention_may_need_mebibytes() -> None:
    """The lecture's 93MB is what the convention `buffers` gives in MiB."""
    found = verdict("93MB", VGG_BYTES, quantity="activation_bytes", readings=[("buffers", 97_277_856)])
    assert (found.verdict, found.note) == (
        "consistent with buffers",
        "60,950,432 bytes is 61.0 MB, 58.1 MiB; possibly buffers: 97,277,856 bytes is 92.8 MiB",
    )


@pytest.mark.parametrize(
    ("printed", "quantity", "follows"),
    [
        ("138M", "parameters", True), ("138MB", "parameters", False), ("138 MFLOPs", "parameters", False),
        ("138MB", "parameter_bytes", True), ("138M", "parameter_bytes", True), ("138 MMACs", "macs", True),
        ("138 MFLOPs", "macs", True), ("138 MMACs", "flops", False), ("138MB", None, True), ("138MB", "my own", True),
    ],
)  # fmt: skip
def test_a_quantity_has_its_units(printed: str, quantity: str | None, *, follows: bool) -> None:
    """A figure in MB is no number of parameters; papers call macs FLOPs, but flops are no macs."""
    assert verdict(printed, 138_357_544, quantity=quantity).follows is follows


@pytest.mark.parametrize("printed", ["55x55x96", "[55x55x96]", "55\u00d755\u00d796", "55 x 55 x 96"])
def test_a_volume_is_equal_or_not(printed: str) -> None:
    """AlexNet's CONV1 gives 55x55x96, however it is printed."""
    assert verdict(printed, (55, 55, 96)) == Verdict(printed, (55, 55, 96), "exact")
    assert verdict(printed, Volume(96, (55, 55))).verdict == "exact"
    found = verdict(printed, (27, 27, 96))
    assert (found.verdict, found.note) == ("does not follow", "it is 27x27x96")


@pytest.mark.parametrize("value", [2.33, None, "138"])
def test_a_value_is_exact(value: object) -> None:
    """A float, or nothing, is no computed value."""
    with pytest.raises(UsageError, match="needs an integer or a Fraction"):
        verdict("2.33", value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "other"), [(5, 7.0), (5, "7"), (5, (7, 7)), ((1, 2), 7)])
def test_a_reading_is_of_the_value_s_kind(value: object, other: object) -> None:
    """A number beside a number, sizes beside sizes; stated or searched."""
    printed = "1x3" if isinstance(value, tuple) else "77"
    for kind in ("readings", "stated"):
        with pytest.raises(UsageError, match=r"reading 'mine' is of another kind|needs an integer or a Fraction"):
            verdict(printed, value, **{kind: [("mine", other)]})  # type: ignore[arg-type]


@given(n=st.integers(min_value=0, max_value=10**36), digits=st.integers(min_value=1, max_value=40))
def test_what_we_write_rounds_to_the_value(n: int, digits: int) -> None:
    """Our own short writing, to any number of digits, is exact or rounds; our full one is exact."""
    assert verdict(write_short(n, digits=digits), n).verdict in {"exact", "rounds to it"}
    assert verdict(write_count(n), n).verdict == "exact"


@given(n=st.integers(min_value=0, max_value=10**36), unit=st.sampled_from(sorted(BYTES)))
def test_what_we_write_as_bytes_rounds_to_the_value(n: int, unit: str) -> None:
    """So do our bytes, and they are read in the unit they were written in."""
    found = verdict(write_bytes(n, unit), n)
    assert found.verdict in {"exact", "rounds to it"}
    assert found.reading == (None if unit == "B" else unit)


@given(
    text=st.text() | st.text(alphabet="0123456789,.~ KMGBix", max_size=12),
    value=st.integers() | st.fractions() | st.tuples(st.integers(), st.integers()),
)
def test_any_text_has_a_verdict_or_an_error(text: str, value: int) -> None:
    """No text raises anything but an error of the family."""
    try:
        assert verdict(text, value).printed == text
    except CnncalcError as error:
        assert error.code == "usage"  # noqa: PT017  either outcome is right
