"""One rule, read four ways: ints, Terms, letters and integer arrays poured into every card give the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc.layers import CARDS, Layer
from cnncalc.layers.sliding import UNSAID
from cnncalc.term import Term
from cnncalc.volume import Volume
from cnncalc.window import Sides

np = pytest.importorskip("numpy")
sympy = pytest.importorskip("sympy")
pytest.importorskip("cnncalc.letters")  # teaches `sizes` what letters answer

VARIANTS = (0, 1, 2)
"""Every size is poured as drawn, one larger and two larger: three networks in one array."""


def per_axis(values: st.SearchStrategy[Any], axes: int) -> st.SearchStrategy[Any]:
    """Draw one value for all axes, or one for each."""
    return values | st.tuples(*[values] * axes)


def drawn_from(axes: int) -> dict[str, st.SearchStrategy[Any]]:
    """Say what the fields of cards are drawn from; floats keep their defaults: no count depends on them."""
    zeros, small = st.integers(0, 3), st.integers(1, 9)
    return {
        "kernel_size": per_axis(st.integers(1, 5), axes),
        "stride": per_axis(st.integers(1, 4), axes),
        "padding": per_axis(zeros | st.builds(Sides, zeros, zeros), axes),
        "dilation": per_axis(st.integers(1, 3), axes),
        "output_padding": per_axis(st.integers(0, 2), axes),
        "output_size": per_axis(st.integers(1, 7), axes),
        "scale": per_axis(st.integers(1, 4), axes),
        "rounding": st.sampled_from(["exact", "floor", "ceil"]),
        "mode": st.sampled_from(["nearest", "bilinear"]),
        **dict.fromkeys(("bias", "affine", "shared", "count_include_pad"), st.booleans()),
        **dict.fromkeys(("out_channels", "groups", "multiplier", "out_features", "size", "parts", "block_size"), small),
        "start": zeros,
        "part": zeros,
        "stop": st.integers(4, 9),
    }


@st.composite
def poured_layers(draw: st.DrawFn, kind: str) -> tuple[Layer, Any]:
    """Draw a card of a kind, and what it reads; they need not fit: a rule answers all the same."""
    card, axes = CARDS[kind], draw(st.integers(1, 3))
    known = drawn_from(axes)
    if "kernel_size" in card.fields():
        known["padding"] |= st.sampled_from(["same", "same_lower", "valid"])
    assert set(card.required()) <= set(known), f"say above what the fields of {kind} are drawn from"
    layer = card(**{name: draw(known[name]) for name in card.fields() if name in known})
    x = Volume(draw(st.integers(1, 9)), tuple(draw(st.integers(1, 20)) for _ in range(axes)))
    if not card.reads_many:
        return layer, x
    gate = x.vector(x.channels) if kind == "multiply" else x
    return layer, tuple(draw(st.permutations([x, x, draw(st.sampled_from([x, gate]))])))


LAYERS = st.one_of([poured_layers(kind) for kind in sorted(CARDS)])


def pour(card: Layer, x: Any, name: Callable[[str, int], Any]) -> tuple[Layer, Any]:
    """Replace every size of a card and its input by what `name` makes of it."""
    volumes = x if type(x) is tuple else (x,)
    large = max(volumes, key=lambda volume: volume.values)
    axes = zip(("W", "H", "D"), large.spatial, strict=False)
    poured = Volume(name("C", large.channels), tuple(name(letter, size) for letter, size in axes))
    alike = tuple(poured if volume == large else poured.vector(poured.channels) for volume in volumes)  # a gate is 1x1
    return card.poured(name), alike if type(x) is tuple else poured


def ask(card: Layer, x: Any) -> list[Any]:
    """Ask a card every question and list the answers."""
    y = card.output(x)
    answers = [*y.shape, card.weights(x), card.biases(x), card.buffers(x), card.macs(x, y), card.flops(x, y)]
    answers += [number for view in card.views(x) for number in view if number is not None]
    for window, size in zip(card.windows(x), getattr(x, "spatial", ()), strict=False):
        answers += [window.places(size), window.leftover(size), window.lost(size), window.invented(size)]
    return answers


def counted(card: Layer, x: Any, more: int) -> list[int]:
    """Ask with plain integers, every size so much larger."""
    answers = ask(*pour(card, x, lambda _, value: value + more))
    assert all(type(answer) is int for answer in answers)
    return answers


def divides(card: Layer, x: Any, more: int) -> bool:
    """Whether groups divide channels, strides under `exact` their distance, and whatever else must divide."""
    poured, volume = pour(card, x, lambda _, value: value + more)
    exact = [window for window in poured.windows(volume) if window.rounding == "exact"]
    misfits = [window.leftover(size) for window, size in zip(exact, getattr(volume, "spatial", ()), strict=False)]
    return not any(misfits) and not any(one.number % one.divisor for one in poured.divisions(volume))


@settings(max_examples=500, deadline=None)
@given(LAYERS)
def test_terms(layer: tuple[Layer, Any]) -> None:
    """Terms, integers that remember their writing, come to the same integers."""
    answers = ask(*pour(*layer, Term.named))
    values = [answer.value if isinstance(answer, Term) else answer for answer in answers]
    assert all(type(value) is int for value in values)
    assert values == counted(*layer, 0)


@settings(max_examples=500, deadline=None)
@given(LAYERS)
def test_arrays(layer: tuple[Layer, Any]) -> None:
    """Integer arrays give the answers of all variants at once, as integers."""
    card, x = layer
    answers = ask(*pour(card, x, lambda _, value: np.array([value + more for more in VARIANTS])))
    assert all(np.asarray(answer).dtype.kind == "i" for answer in answers)
    columns = np.array([np.broadcast_to(answer, len(VARIANTS)) for answer in answers]).T.tolist()
    assert columns == [counted(card, x, more) for more in VARIANTS]


def test_arrays_of_scales() -> None:
    """Bilinear upsampling by 1, 2 and 3 in one array sees what it sees one by one."""
    card, x = pour(
        CARDS["upsample"](scale=1, mode="bilinear"), Volume(1, (4,)), lambda _, n: np.array([n, n + 1, n + 2])
    )
    (view,) = card.views(x)
    assert np.broadcast_to(view.reach, 3).tolist() == [1, 2, 2]


def test_arrays_of_gates() -> None:
    """A volume of several widths times a gate is that volume, whichever comes first."""
    x, gate = Volume(8, (np.array([1, 2, 3]),)), Volume(8, (1,))
    for volumes in ((x, gate), (gate, x), (gate, gate, x)):
        y = CARDS["multiply"]().output(volumes)
        assert (y.channels, [size.tolist() for size in y.spatial]) == (8, [[1, 2, 3]])


@settings(max_examples=80, deadline=None)  # sympy settles a minimum in 10 ms
@given(LAYERS)
def test_letters(layer: tuple[Layer, Any]) -> None:
    """Formulas in letters, with numbers put in afterwards, come to the same integers for every variant."""
    known: dict[Any, int] = {}

    def letter(name: str, value: int) -> Any:
        symbol = sympy.Symbol(name, integer=True, nonnegative=True, positive=value > 0 or None)
        known[symbol] = value
        return symbol

    card, x = pour(*layer, letter)
    assume(all(window.padding != UNSAID for window in card.windows(x)))  # `same` behind a stride in letters
    formulas = ask(card, x)
    for more in VARIANTS:
        if not divides(*layer, more):
            continue  # a fraction that must be whole is not cut in letters: such a layer is refused
        numbers = {symbol: sympy.Integer(value + more) for symbol, value in known.items()}
        assert [sympy.sympify(formula).xreplace(numbers) for formula in formulas] == counted(*layer, more)


def test_the_exact_quotient() -> None:
    """The quotient of a stride that does not fit is 7/3 in every exact reading: CS231n's 2.33."""
    card, x = CARDS["maxpool"](kernel_size=3, stride=3), Volume(1, (7,))
    for name in (lambda _, value: value, Term.named, lambda _, value: sympy.Integer(value)):
        poured, volume = pour(card, x, name)
        exact = poured.windows(volume)[0].exact(volume.spatial[0])
        exact = getattr(exact, "value", exact)
        assert (exact * 3, str(exact)) == (7, "7/3")
