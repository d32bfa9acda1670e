"""Memory is used again once nobody can see what lay there, and never before."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

np = pytest.importorskip("numpy")

import cnncalc  # noqa: E402 - behind importorskip
from cnncalc import arena  # noqa: E402
from cnncalc.arena import Arena  # noqa: E402

FLOAT32 = np.dtype("float32")
SIZE = 2**22
SMALL = 2**17


def ones(of: Arena, values: int = SIZE // 4) -> np.ndarray:
    """Return an array of ones out of an arena."""
    made = of.empty((values,), FLOAT32, 4 * values)
    made[...] = 1
    return made


def address(x: np.ndarray) -> int:
    """Return where an array begins."""
    return int(x.ctypes.data)


def test_what_is_gone_is_written_again() -> None:
    """The next array lies where the first one lay, aligned to a cache line, also if it needs but half."""
    one = Arena(np)
    first = ones(one)
    begin = address(first)
    del first
    half = ones(one, SIZE // 8)
    assert address(half) == begin
    assert begin % 64 == 0


def test_a_view_keeps_its_memory() -> None:
    """A view of a view of a reshaped array: as long as one lives, nothing else is written there."""
    one = Arena(np)
    view = ones(one).reshape(2, -1)[1][::2]
    others = [ones(one) for _ in range(4)]
    for other in others:
        other[...] = 2
    assert (view == 1).all()
    assert not one.ready


def test_much_larger_memory_is_not_taken() -> None:
    """Less than half of it would be used: a small volume would hold on to a large one's memory."""
    one = Arena(np)
    del (large := [ones(one)])[:]
    assert len(one.ready) == 1
    small = ones(one, SIZE // 64)
    assert not large
    assert len(one.ready) == 1
    assert small.size == SIZE // 64


def test_little_lies_ready() -> None:
    """Beyond the limit, what has lain there longest goes back to the system, and all of it when it is asked for."""
    one = Arena(np, most=3 * SMALL)
    many = [ones(one, SMALL // 4) for _ in range(8)]
    places = [address(x) for x in many]
    while many:
        many.pop(0)
    assert [block.address for block in one.ready] == places[-3:]
    one.clear()
    assert not one.ready


def test_threads_never_share_memory() -> None:
    """Eight threads write their own number, wait for nobody, and find it again."""
    one = Arena(np)

    def work(seed: int) -> bool:
        random, kept = Random(seed), []  # noqa: S311 - sizes, no secrets
        for turn in range(300):
            made = one.empty((random.randrange(2**15, 2**17),), FLOAT32, 4 * 2**17)
            made[...] = number = seed * 1000 + turn
            kept.append((made, number))
            if len(kept) > 3:
                old, wrote = kept.pop(random.randrange(3))
                if not (old == wrote).all():
                    return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_outputs_of_one_run_outlive_the_next() -> None:
    """Two runs on different images: the first one's outputs and kept volumes are what they were."""
    network = cnncalc.load("conv3-16 bn relu conv3-16 lrn maxpool2", input="64x64x3")
    before = cnncalc.run(network, seed=1, keep=["conv1", "bn1"])
    copies = {name: volume.copy() for name, volume in before.items()}
    for seed in range(2, 6):
        cnncalc.run(network, seed=seed)
    assert all((before[name] == copies[name]).all() for name in copies)


def test_a_second_run_asks_for_next_to_nothing() -> None:
    """Python's own bookkeeping sees volumes and columns allocated by the first run only."""
    network = cnncalc.load("[conv3-32 bn relu]*3 maxpool2 gap", input="128x128x8")
    x = np.ones((1, 8, 128, 128), np.float32)
    tensors = {
        f"{node.name}.{name}": np.ones(shape, np.float32)
        for node in network.nodes
        for name, shape in node.card.tensors((node.x.channels, *node.x.spatial)).items()
    }
    cnncalc.run(network, x, weights=tensors)
    gc.collect()
    tracemalloc.start()
    cnncalc.run(network, x, weights=tensors)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * 32 * 128 * 128 / 4  # a quarter of one volume


def test_outputs_are_the_callers_own() -> None:
    """Outputs and kept volumes pin no memory of others', and can be locked, unlocked and resized."""
    found = cnncalc.run(cnncalc.load("bn conv3-16 maxpool2", input="64x64x16"), keep=["bn1"])
    for y in found.values():
        assert y.flags.owndata
        y.flags.writeable = False
        y.flags.writeable = True
        y.resize((1,), refcheck=False)


def test_kept_outputs_leave_the_rest_of_memory_alone() -> None:
    """Sixty runs' outputs are held: of all else, no more is held than may lie ready."""
    network = cnncalc.load("conv3-32 relu maxpool2 conv3-64 relu maxpool2 conv1-32", input="96x96x3")
    cnncalc.run(network)
    tracemalloc.start()
    kept = [next(iter(cnncalc.run(network, seed=seed).values())) for seed in range(60)]
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < sum(y.nbytes for y in kept) + arena.READY
