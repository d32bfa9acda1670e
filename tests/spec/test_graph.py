"""Wires: who reads whom, whose weights are used, what is for training only, what is frozen; and every wrong wire."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.ledger import Ledger, tally
from cnncalc.network import build
from cnncalc.spec.read import read_spec

HEAD = "name: n\ninput: 28x28x64\n"
K3 = 3 * 3 * 64 * 64 + 64  # parameters of conv3-64 on 64 channels


def wires(layers: str) -> dict[str, tuple[str, ...]]:
    """Read the layers, and say whom each reads."""
    return {entry.name: entry.inputs for entry in read_spec(f"{HEAD}{layers}\n").entries}


def counted(layers: str, *, train: bool = False) -> Ledger:
    """Tally the layers."""
    return tally(build(read_spec(f"{HEAD}{layers}\n"), train=train))


def refused(layers: str, **options: Any) -> tuple[CnncalcError, ...]:
    """Return the errors that the layers are refused with."""
    with pytest.raises(CnncalcError) as caught:
        build(read_spec(f"{HEAD}{layers}\n", file="net.yaml"), **options)
    return caught.value.errors


def test_paths_side_by_side() -> None:
    """Every path reads what came before, the layer reads them in order; `identity` goes straight through, rowless."""
    read = wires("layers:\n  - a=relu\n  - add: ['b=conv3-64 c=relu', identity, d: conv1-64]\n    name: e\n  - f=relu")
    assert read == {"a": ("input",), "b": ("a",), "c": ("b",), "d": ("a",), "e": ("c", "a", "d"), "f": ("e",)}


def test_paths_may_be_lists_blocks_and_paths_again() -> None:
    """A path is items again: the Inception figure's branch that splits in two, and a block that is a path."""
    inner = "{concat: [c=relu, d=relu], name: e}"
    text = f"blocks: {{b: [x=relu, y=relu]}}\nlayers: [{{concat: [[a=relu, {inner}], b, []], name: f}}]"
    read = wires(text)
    assert read["e"] == ("c", "d")
    assert (read["c"], read["d"]) == (("a",), ("a",))
    assert read["b1/x"] == ("input",)
    assert read["f"] == ("e", "b1/y", "input")


def test_from_names_one_or_several() -> None:
    """`from` reads a layer further up, the input, a block's last layer, or one that is still to come."""
    text = (
        "blocks: {b: [x=relu, y=relu]}\n"
        "layers: [p: b, q=relu, {r: relu, from: p}, {s: relu, from: input}, {add: , from: [q, p, s], name: t},"
        " {u: relu, from: v}, {v: relu, from: t}, {add: [w=relu, identity], from: r, name: z}]"
    )
    read = wires(text)
    assert [read[name] for name in "rs"] == [("p/y",), ("input",)]
    assert [read[name] for name in "tuvwz"] == [("q", "p/y", "s"), ("v",), ("t",), ("r",), ("w", "r")]
    names = [row.name for row in counted(text).rows]
    assert names.index("v") < names.index("u")


def test_from_looks_in_its_own_body_first() -> None:
    """Inside a block a name means the block's layer, else one around the call, even further down."""
    text = (
        "blocks: {b: [a=relu, {c: relu, from: a}, {add: , from: [c, far], name: d}, {e: relu, from: input}]}\n"
        "layers: [a=conv3-64, b, {far: conv3-64, from: input}]"
    )
    read = wires(text)
    assert (read["b1/c"], read["b1/d"], read["b1/e"]) == (("b1/a",), ("b1/c", "far"), ("input",))


def test_a_repetition_reads_elsewhere_only_once() -> None:
    """`from` and `repeat`: the first reads the named layer, each further one the one before it."""
    read = wires("layers: [a=relu, b=relu, {c: relu, from: a, repeat: 3}, d=relu]")
    assert [read[name] for name in ("c_1", "c_2", "c_3", "d")] == [("a",), ("c_1",), ("c_2",), ("c_3",)]


def test_shared_weights_count_once() -> None:
    """RetinaNet's heads, Lin et al. 2017: parameters of the shared tensor once, MACs and depth of every use."""
    one = counted("layers: [a=conv3-64]").totals
    three = counted("layers: [a=conv3-64, {b: conv3-64, share: a, repeat: 2}]").totals
    assert (three.parameters, three.macs, three.depth) == (one.parameters, 3 * one.macs, 3)


@pytest.mark.parametrize(
    "layers", ["{b: conv3-64, share: a}, a=conv3-64", "c=conv3-64, {a: conv3-64, share: c}, {b: conv3-64, share: a}"]
)
def test_weights_that_are_not_there_are_not_shared(layers: str) -> None:
    """The owner stands earlier, and has weights of its own."""
    (error,) = refused(f"layers: [{layers}]")
    assert (error.code, error.message) == ("wiring", "'a' has no weights to share yet")


C3 = "36864 weights and 64 biases of a conv for 64 channels, kernel_size (3, 3), groups 1"
MISFITS = [  # owner, reader; what the one has, what the other needs
    *(
        ("conv3-64", reader, C3, needs)
        for reader, needs in (
            ("conv5-64", "102400 weights and 64 biases of a conv for 64 channels, kernel_size (5, 5), groups 1"),
            ("conv3-32", "18432 weights and 32 biases of a conv for 32 channels, kernel_size (3, 3), groups 1"),
            ("conv3-64/nobias", "36864 weights and 0 biases of a conv for 64 channels, kernel_size (3, 3), groups 1"),
            ("conv3-64/g2", "18432 weights and 64 biases of a conv for 64 channels, kernel_size (3, 3), groups 2"),
            ("dwconv3", "576 weights and 64 biases of a depthwise_conv for 64 channels, kernel_size (3, 3), groups 64"),
            (
                "upconv3-64/p1",
                "36864 weights and 64 biases of a conv_transpose for 64 channels, kernel_size (3, 3), groups 1",
            ),
        )
    ),
    (
        *("conv1-8", "conv1-64", "512 weights and 8 biases of a conv for 8 channels, kernel_size (1, 1), groups 1"),
        "512 weights and 64 biases of a conv for 64 channels, kernel_size (1, 1), groups 1",
    ),
    (
        "conv3-32/nobias",
        "conv3-64/nobias",
        "18432 weights and 0 biases of a conv for 32 channels, kernel_size (3, 3), groups 1",
        "18432 weights and 0 biases of a conv for 64 channels, kernel_size (3, 3), groups 1",  # 64x32 is not 32x64
    ),
    (
        "conv1x9-64/p0x4",
        "conv3-64",
        "36864 weights and 64 biases of a conv for 64 channels, kernel_size (1, 9), groups 1",
        C3,  # 64x64x1x9 is not 64x64x3x3
    ),
    (
        "conv3x1-64/p1x0",
        "conv1x3-64/p0x1",
        "12288 weights and 64 biases of a conv for 64 channels, kernel_size (3, 1), groups 1",
        "12288 weights and 64 biases of a conv for 64 channels, kernel_size (1, 3), groups 1",
    ),
    (
        *("bn", "prelu", "64 weights and 64 biases of a batchnorm for 64 channels"),
        "64 weights and 0 biases of a prelu for 64 channels",
    ),
    (
        *("fc-10", "fc-10", "501760 weights and 10 biases of a fc for 10 channels"),
        "100 weights and 10 biases of a fc for 10 channels",  # it reads ten values, not 28x28x64
    ),
]


@pytest.mark.parametrize(("owner", "reader", "has", "needs"), MISFITS)
def test_weights_that_do_not_fit_are_not_shared(owner: str, reader: str, has: str, needs: str) -> None:
    """Another filter, bias, kind or number of channels cannot use the tensor: both sides' counts are shown."""
    (error,) = refused(f"layers:\n  - a={owner}\n  - b: {reader}\n    share: a")
    assert (error.code, error.where.line, error.where.layer) == ("sharing-misfit", 5, "b")
    assert error.message == f"a has {has}, b needs {needs}"
    assert error.ways_out[0] == "remove share"


def test_as_many_weights_in_other_groups_are_not_shared() -> None:
    """A tensor has a shape, and sharing needs the same: 36x36x1x1 is not 36x4x3x3."""
    (error,) = refused("layers: [conv1-36, a=conv1-36, {b: conv3-36/g9, share: a}]")
    one = "a has 1296 weights and 36 biases of a conv for 36 channels, kernel_size (1, 1), groups 1"
    other = "b needs 1296 weights and 36 biases of a conv for 36 channels, kernel_size (3, 3), groups 9"
    assert (error.code, error.where.layer, error.message) == ("sharing-misfit", "b", f"{one}, {other}")


def test_as_many_values_are_read_however_they_lie() -> None:
    """A matrix of 50176 rows multiplies 28x28x64 and 1x1x50176 alike."""
    totals = counted("layers: [flatten, a=fc-10, {b: fc-10, from: input, share: a}]").totals
    assert totals.parameters == 28 * 28 * 64 * 10 + 10


SEVERAL = ["[]", "[a]", "[a, c]", "3", ""]


@pytest.mark.parametrize("share", SEVERAL)
def test_weights_are_one_layers(share: str) -> None:
    """`share` names one layer."""
    (error,) = refused(f"layers: [a=conv3-64, c=conv3-64, {{b: conv3-64, share: {share}}}]")
    assert (error.code, error.where.line) == ("bad-value", 3)


HEADS = "layers: [a=conv3-64, {head: conv1-64, train_only: true, from: a}, {b: conv3-64, from: a}]"


def test_heads_for_training_only() -> None:
    """GoogLeNet's auxiliary heads, Szegedy et al. 2014, section 5: they are there with `train`, and not without."""
    without, with_ = counted(HEADS), counted(HEADS, train=True)
    assert [row.name for row in without.rows] == ["input", "a", "b"]
    assert [row.name for row in with_.rows] == ["input", "a", "head", "b"]
    assert without.totals.parameters == 2 * K3
    assert with_.totals.parameters == 2 * K3 + 64 * 64 + 64


def test_the_network_goes_on_beside_a_head() -> None:
    """Without `from`, the layer behind a head reads what the head reads."""
    assert wires("layers: [a=relu, {head: relu, train_only: true}, b=relu]")["b"] == ("a",)


@pytest.mark.parametrize(
    ("source", "read"), [("", "a"), (", from: z", "z"), (", from: b", "b"), (", from: input", "input")]
)
def test_a_repeated_head_is_a_chain(source: str, read: str) -> None:
    """`repeat` puts layers one after the other, in a head too; the network goes on beside the whole chain."""
    read_by = wires(f"layers: [z=relu, a=relu, {{h: relu, train_only: true, repeat: 3{source}}}, b=relu]")
    assert [read_by[name] for name in ("h_1", "h_2", "h_3", "b")] == [(read,), ("h_1",), ("h_2",), ("a",)]


def test_a_repeated_block_is_a_chain_too() -> None:
    """A head of two blocks, one after the other."""
    read = wires("blocks: {c: [x=relu, y=relu]}\nlayers: [a=relu, {h: c, train_only: true, repeat: 2}, b=relu]")
    assert [read[name] for name in ("h_1/x", "h_1/y", "h_2/x", "h_2/y")] == [("a",), ("h_1/x",), ("h_1/y",), ("h_2/x",)]
    assert read["b"] == ("a",)


def test_all_of_a_block_can_be_for_training() -> None:
    """A block, its paths and the blocks in it go with their head; published figures are about the network without."""
    text = (
        "blocks: {c: [conv1-64], b: [{add: [c, identity]}, fc-10]}\n"
        "published: [{quantity: macs, printed: '1', source: nobody}]\n"
        "layers: [a=conv3-64, {aux: b, train_only: true}, {z: relu, from: a}]"
    )
    spec = read_spec(f"{HEAD}{text}\n")
    assert [node.name for node in build(spec).nodes] == ["a", "z"]
    assert len(build(spec, train=True).nodes) == 5
    assert build(spec).published
    assert not build(spec, train=True).published


def test_nothing_else_reads_a_head() -> None:
    """A layer that stays cannot read one that goes."""
    (error,) = refused(HEADS.replace("conv3-64, from: a}]", "conv3-64, from: head}]"))
    assert (error.code, error.where.layer) == ("wiring", "b")
    assert "--train" in error.ways_out


FREEZES = [  # patterns, frozen parameters
    ("a", K3),
    ("conv*", K3 + 64 * 10 + 10),
    ("[a, 'b1/*']", K3 + K3),
    ("'*'", 3 * K3 + 64 * 10 + 10),
    ("'?'", K3),
    ("conv_[a-y]*", 64 * 10 + 10),
]


@pytest.mark.parametrize(("freeze", "frozen"), FREEZES)
def test_frozen_parameters(freeze: str, frozen: int) -> None:
    """CS231n, transfer learning: what a pattern names does not train; the two parts add up."""
    text = (
        f"blocks: {{b: [w=conv3-64]}}\nfreeze: {freeze}\nlayers: [a=conv3-64, b, conv_z=conv3-64, gap, conv_out: fc-10]"
    )
    totals = counted(text).totals
    assert (totals.frozen, totals.trainable + totals.frozen) == (frozen, totals.parameters)


def test_a_freeze_that_names_nothing_is_a_slip() -> None:
    """A pattern without a layer would train what was meant to be frozen."""
    with pytest.raises(cnncalc.CnncalcError, match="no layer is called 'fc'"):
        counted("freeze: [conv1, fc]\nlayers: [conv3-64]")


DEPTHS = [
    ("[conv3-64 relu conv3-64 bn fc-10]", 3),
    ("[relu]", 0),
    ("[{add: [conv3-64 conv3-64, conv3-64]}, fc-10]", 3),  # the longer path, not both
    ("[{add: [relu, identity]}, dwconv3, upconv2-64/s2]", 2),
    ("[a=conv3-64, b=conv3-64, {c: relu, from: input}]", 2),  # a branch that ends nowhere counts
]


@pytest.mark.parametrize(("layers", "depth"), DEPTHS)
def test_depth(layers: str, depth: int) -> None:
    """He et al. 2015, table 1: the most convolutions and fully connected layers on a path."""
    assert counted(f"layers: {layers}").totals.depth == depth


WRONG = [  # layers; code, line, part of the error
    ("  - a=relu\n  - b: relu\n    from: aa", "wiring", 6, "did you mean a?"),
    ("  - relu\n  - relu:\n    from: zzz", "wiring", 6, "known: "),
    ("  - relu:\n    from: [input, zzz]", "wiring", 4, "here are 2"),
    (
        "  - conv: {out_channels: 8, kernel_size: 3}\n    from: [input, input]",
        "wiring",
        4,
        "conv reads one volume, here are 2",
    ),
    ("  - relu\n  - c: conv3-8\n    from: [relu1, input]", "wiring", 5, "join them first"),
    ("  - add", "wiring", 4, "add reads several volumes"),
    ("  - add:\n    from: input", "wiring", 4, "add reads several volumes"),
    ("  - concat: [identity]", "wiring", 4, "concat reads several volumes"),
    ("  - add: []", "wiring", 4, "add reads several volumes"),
    ("  - relu: [relu, identity]", "notation", 4, "relu joins no paths"),
    ("  - from: input\n    relu:\n    conv: {}", "notation", 4, "here: relu, conv"),
    ("  - name: x", "notation", 4, "here: none"),
    ("  - {relu: , from: 3}", "bad-value", 4, "from and share name layers"),
    ("  - {relu: , from: []}\n  - relux", "unknown-layer", 5, "did you mean relu?"),
    ("  - {relu: , train_only: 1}", "bad-value", 4, "true or false"),
    ("  - {relu: , name: a b}", "bad-value", 4, "'a b' is no name"),
    ("  - {relu: , name: input}", "bad-value", 4, "the name of row 0"),
    ("  - a: relu\n  - a=relu", "bad-value", 5, "the name 'a' is taken in line 4"),
    ("  - {a: conv3-8 relu}", "notation", 4, "'a' names one layer, here are 2"),
    ("  - {relu: , repeat: -1}", "bad-value", 4, "cannot repeat -1 times"),
    ("  - {relu: , repeat: 1.5}", "bad-value", 4, "whole number"),
    ("  - {relu: , repeat: 1000000000}", "too-large", 4, "repeats more than 100,000 times"),
    ("  - relu*1000000000", "too-large", 4, "repeats to more than 100,000 layers"),
    ("  - [relu]", "notation", 4, "quote a pattern"),
    ("  - a: relu\n    from: b\n  - b: relu", "wiring", 4, "a cycle: a reads b reads a"),
    ("  - a: relu\n    from: a", "wiring", 4, "a cycle: a reads a"),
    ("  - add: [conv3-128, identity]", "volume-misfit", 4, "cannot add 28x28x64 to 28x28x128"),
    ("  - relu\n  - add:\n    - conv3-64\n    - maxpool2", "volume-misfit", 5, "cannot add 14x14x64 to 28x28x64"),
    ("  - concat: [maxpool2, identity]", "volume-misfit", 4, "cannot concat 14x14x64 and 28x28x64"),
    ("  - multiply: [identity, gap fc-32]", "volume-misfit", 4, "cannot multiply 28x28x64 by 1x1x32"),
]


@pytest.mark.parametrize(("layers", "code", "line", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_wrong_wires(layers: str, code: str, line: int, says: str) -> None:
    """Each is refused at its line, with what is wrong and a way out."""
    (error,) = refused(f"layers:\n{layers}")
    assert (error.code, error.where.file, error.where.line) == (code, "net.yaml", line)
    assert says in str(error)
    assert error.ways_out
