"""Short forms: every word, number and suffix comes to the card of the long form, or is refused with a way out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import BadValue, CnncalcError, MissingKey, NotationError, SpecError, UnknownLayer
from cnncalc.layers import CARDS, Layer
from cnncalc.spec.line import read_line
from cnncalc.spec.notation import FLAGS, SUFFIXES, WORDS, fill, read_filled, read_short
from cnncalc.window import Sides

ROWS: list[tuple[str, str, dict[str, Any]]] = [
    # as the VGG paper's table 1 and CS231n's listing write them
    ("CONV3-64", "conv", {"kernel_size": 3, "out_channels": 64, "padding": 1}),
    ("POOL2", "maxpool", {"kernel_size": 2}),
    ("FC-4096", "fc", {"out_features": 4096}),
    ("soft-max", "softmax", {}),
    ("LRN", "lrn", {}),
    # sizes, one or one per axis; a convolution keeps its size unless told otherwise
    ("conv1-8", "conv", {"kernel_size": 1, "out_channels": 8, "padding": 0}),
    ("conv7-8/d2", "conv", {"kernel_size": 7, "out_channels": 8, "padding": 6, "dilation": 2}),
    ("conv1x7-8/p0x3", "conv", {"kernel_size": (1, 7), "out_channels": 8, "padding": (0, 3)}),
    ("conv11-96/s4/p0", "conv", {"kernel_size": 11, "out_channels": 96, "stride": 4, "padding": 0}),
    ("conv2-8/p1:0", "conv", {"kernel_size": 2, "out_channels": 8, "padding": Sides(1, 0)}),
    ("conv3-8/same/nobias/g2/floor", "conv",
     {"kernel_size": 3, "out_channels": 8, "padding": "same", "bias": False, "groups": 2, "rounding": "floor"}),
    ("conv4-8/valid", "conv", {"kernel_size": 4, "out_channels": 8, "padding": 0}),
    ("dwconv3/s2/m2", "depthwise_conv", {"kernel_size": 3, "stride": 2, "multiplier": 2, "padding": 1}),
    ("upconv2-64/s2", "conv_transpose", {"kernel_size": 2, "out_channels": 64, "stride": 2}),
    ("deconv3-64/s2/p1/a1", "conv_transpose",
     {"kernel_size": 3, "out_channels": 64, "stride": 2, "padding": 1, "output_padding": 1}),
    ("maxpool3/s2/p1/ceil", "maxpool", {"kernel_size": 3, "stride": 2, "padding": 1, "rounding": "ceil"}),
    ("avgpool7", "avgpool", {"kernel_size": 7}),
    ("adaptive-avgpool3x5", "adaptive_avgpool", {"output_size": (3, 5)}),
    ("gap", "global_avgpool", {}),
    ("fc10", "fc", {"out_features": 10}),
    ("lrelu0.1", "leaky_relu", {"negative_slope": 0.1}),
    ("dropout0.5", "dropout", {"rate": 0.5}),
    ("dropout-0.25", "dropout", {"rate": 0.25}),
    ("relu6", "relu6", {}),
    # what graphs are made of
    ("hsigmoid", "hard_sigmoid", {}),
    ("hard-swish", "hard_swish", {}),
    ("silu", "swish", {}),
    ("ln", "layernorm", {}),
    ("layer-scale", "layer_scale", {}),
    ("zero-shortcut-32/s2", "zero_shortcut", {"out_channels": 32, "stride": 2}),
    ("split2-1", "split", {"parts": 2, "part": 1}),
    ("slice0-64", "slice", {"start": 0, "stop": 64}),
    ("slice16-48", "slice", {"start": 16, "stop": 48}),
    ("slice-8", "slice", {"stop": 8}),
    ("shuffle2", "channel_shuffle", {"groups": 2}),
    ("s2d2", "space_to_depth", {"block_size": 2}),
    ("space-to-depth4", "space_to_depth", {"block_size": 4}),
    ("crop5x7", "crop", {"size": (5, 7)}),
    ("up2/bilinear", "upsample", {"scale": 2, "mode": "bilinear"}),
    ("mul", "multiply", {}),
]  # fmt: skip


@pytest.mark.parametrize(("short", "kind", "fields"), ROWS, ids=[row[0] for row in ROWS])
def test_short_forms(short: str, kind: str, fields: dict[str, Any]) -> None:
    """A short form is the card of its long form."""
    card = CARDS[kind]
    assert read_short(short) == card(**{**card.short_defaults(fields), **fields})


@pytest.mark.parametrize("short", ["conv3-8/d", "conv3-8/dx", "dwconv3/d2x"])
def test_slips_in_sizes_are_refused(short: str) -> None:
    """What is no size is refused where the padding is worked out, too."""
    with pytest.raises(SpecError):
        read_short(short)


@pytest.mark.parametrize(("short", "padding"), [("conv1x7-8", (0, 3)), ("conv3x3-8", 1), ("conv1x3-8/d1x2", (0, 2))])
def test_filters_with_a_size_per_axis_keep_the_size(short: str, padding: Any) -> None:
    """A filter of 1x7 pads each axis by its own half, as one of 3 does."""
    assert read_short(short) == read_short(f"{short}/p0").replace(padding=padding)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_leads_to_its_card(word: str) -> None:
    """A word is read as its card, in capitals too, or says what it lacks with an example that reads."""
    for written in (word, word.upper()):
        try:
            card: Layer = read_short(written)
        except MissingKey as error:
            card = read_short(error.ways_out[0].removeprefix("write "))
        assert type(card) is WORDS[word]


def test_no_two_layers_share_a_word() -> None:
    """Each word means one layer."""
    words = [word for card in CARDS.values() for word in {*card.words, card.type}]
    assert len(words) == len(set(words))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_suffixes_are_fields(data: st.DataObject) -> None:
    """Any suffixes that a convolution or pool takes, in any order, are the fields of the long form."""
    word, count, kind = data.draw(
        st.sampled_from([("conv", "-8", "conv"), ("dwconv", "", "depthwise_conv"), ("maxpool", "", "maxpool")])
    )
    card, size = CARDS[kind], data.draw(st.sampled_from([1, 3, 5]))
    fields: dict[str, Any] = {"kernel_size": size} | ({"out_channels": 8} if count else {})
    written = []
    letters = [letter for letter, field in SUFFIXES.items() if field in card.fields()]
    flags = [flag for flag, (field, _) in FLAGS.items() if field in card.fields() and field != "padding"]
    for letter in data.draw(st.lists(st.sampled_from(letters), unique=True)):
        value = data.draw(st.integers(1, 4))
        fields[SUFFIXES[letter]] = value
        written.append(f"/{letter}{value}")
    for flag in data.draw(st.lists(st.sampled_from(flags), unique_by=lambda flag: FLAGS[flag][0])):
        fields[FLAGS[flag][0]] = FLAGS[flag][1]
        written.append(f"/{flag}")
    text = f"{word}{size}{count}{''.join(data.draw(st.permutations(written)))}"
    assert read_short(text) == card(**{**card.short_defaults(fields), **fields})


REFUSED: list[tuple[str, type[CnncalcError], str]] = [  # short form, what it is, what the message or way out says
    ("conx3-64", UnknownLayer, "did you mean conv?"),
    ("rleu", UnknownLayer, "did you mean relu?"),
    ("qwxz", UnknownLayer, "cnncalc formulas lists the layers"),
    ("3conv", UnknownLayer, "3conv"),
    ("", UnknownLayer, "''"),
    ("conv", MissingKey, "kernel_size and out_channels"),
    ("conv-64", MissingKey, "kernel_size"),
    ("fc", MissingKey, "out_features"),
    ("split", MissingKey, "write split3"),
    ("slice", MissingKey, "stop"),
    ("slice64", MissingKey, "stop"),
    ("slice0-0", BadValue, "stop"),
    ("conv3-64/q1", NotationError, "/s /p /d /g"),
    ("relu/s2", NotationError, "write relu"),
    ("relu3", NotationError, "takes no number"),
    ("gap-3", NotationError, "takes no number"),
    ("conv3--64", NotationError, "write conv3-64"),
    ("conv3-64/", NotationError, "write conv3-64"),
    ("conv3-64//s2", NotationError, "write conv3-64"),
    ("conv3-64x", NotationError, "write conv3-64"),
    ("conv\u0663-64", NotationError, "write conv3-64"),
    ("conv2-64", BadValue, "conv2-64/p0"),
    ("conv0-64", BadValue, "conv0-64"),
    ("conv0-64/p0", BadValue, "kernel_size"),
    ("conv3-0", BadValue, "out_channels"),
    ("conv3-64/s0", BadValue, "stride"),
    ("conv3-64/sx", BadValue, "stride"),
    ("conv3-64/s", BadValue, "stride"),
    ("conv3.5-64", BadValue, "3.5"),
    ("conv3-6.5", BadValue, "out_channels"),
    ("conv3-1000000001", BadValue, "out_channels"),
    ("conv3-" + "9" * 400, BadValue, "out_channels"),
    ("conv3-8/p1:2:3", BadValue, "padding"),
    ("dropout1.5", BadValue, "rate"),
    ("dropout1", BadValue, "rate"),
]


@pytest.mark.parametrize(("short", "kind", "says"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_refused(short: str, kind: type[CnncalcError], says: str) -> None:
    """What is no short form is refused by its kind, with the layer that it looks like or the form that it needs."""
    with pytest.raises(SpecError) as caught:
        read_short(short)
    assert type(caught.value) is kind
    assert says in str(caught.value)
    assert caught.value.ways_out


@settings(max_examples=500, deadline=None)
@given(
    st.builds(
        lambda word, rest: word + rest, st.sampled_from(sorted(WORDS)), st.text("0123456789-/x:.spdgmab", max_size=12)
    )
)
def test_any_short_form_is_answered(text: str) -> None:
    """Whatever follows a word: a card, or a SpecError."""
    try:
        card = read_short(text)
    except SpecError as error:
        assert error.ways_out  # noqa: PT017 - most raise
    else:
        assert isinstance(card, Layer)


@pytest.mark.parametrize("short", ["conv3-$0", "conv$0-8/p0", "conv3-8/s$1", "conv3-C/s$0", "conv3-(C)/g$0", "$0"])
def test_a_dollar_is_no_number(short: str) -> None:
    """The reader's own marks mean nothing in a user's text, be there letters in it or not."""
    with pytest.raises(NotationError, match=r"has a \$ in it"):
        fill(short, {"width": 8})
    with pytest.raises(NotationError, match=r"has a \$ in it"):
        read_line(f"relu {short}")


@pytest.mark.parametrize(
    "short",
    ["conv3x3x3x3-8/p0", "conv3x3x3x3-8", "conv1x3x3x3x3-8/p0", "conv3-8/s2x2x2x2", "maxpool2x2x2x2", "crop1x2x3x4"],
)
def test_no_filter_has_four_axes(short: str) -> None:
    """An input has one to three axes, and so has a filter, equal on all of them or not."""
    with pytest.raises(BadValue, match="one to three axes"):
        read_short(short)


def test_a_filter_with_the_sign_of_papers() -> None:
    """3×5 as 3x5, as in an input."""
    assert read_filled("conv3×5-8", {}) == read_short("conv3x5-8")


@pytest.mark.parametrize(
    ("short", "ways_out"),
    [
        ("conv2-C", ("conv2-C/p0", "conv2-C/same")),
        ("conv2-(2*K)/s(S)", ("conv2-(2*K)/s(S)/p0", "conv2-(2*K)/s(S)/same")),
        ("conv4-(2*3)", ("conv4-6/p0", "conv4-6/same")),
    ],
)
def test_an_even_filter_beside_letters(short: str, ways_out: tuple[str, ...]) -> None:
    """Ways out in the text's own words; each can be read."""
    with pytest.raises(BadValue) as caught:
        read_filled(short, {})
    assert caught.value.ways_out == ways_out
    assert "$" not in caught.value.message
    for way in ways_out:
        read_filled(way, {})
