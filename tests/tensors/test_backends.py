"""Array libraries: found by name, by an array of theirs, on a device; what is missing is named with a way out."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

np = pytest.importorskip("numpy")

from libraries import INSTALLED, as_array, library  # noqa: E402 - behind importorskip

from cnncalc import confirm, load, run  # noqa: E402
from cnncalc.arrays import Library  # noqa: E402
from cnncalc.errors import BackendLacks, BackendMissing, UsageError  # noqa: E402
from cnncalc.layers.norm import BatchNorm  # noqa: E402
from cnncalc.tensors.backends import BACKENDS, find, library_of  # noqa: E402


@pytest.mark.parametrize("name", BACKENDS)
def test_every_library_is_judged(name: str) -> None:
    """All tests of kernels run on every library that is here; the others are named, each with what brings it."""
    if name not in INSTALLED:
        pytest.skip(f"{name} is not here to be judged: {BACKENDS[name].install}")
    assert library(name).namespace.__name__ in {BACKENDS[name].namespace, "torch"}


@pytest.mark.parametrize("name", BACKENDS)
def test_a_library_that_is_not_installed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with its install line and a library that is there."""
    monkeypatch.setitem(sys.modules, BACKENDS[name].namespace.split(".")[0], None)
    monkeypatch.setitem(sys.modules, BACKENDS[name].namespace, None)
    with pytest.raises(BackendMissing, match=f"{name} is not installed") as missing:
        find(name)
    assert missing.value.ways_out == (BACKENDS[name].install, "--backend numpy")


def test_a_name_that_no_library_has() -> None:
    """The libraries that are known are the ways out."""
    with pytest.raises(UsageError, match="'tensorflow'") as unknown:
        run(load("conv1-2", input="2x2x2"), backend="tensorflow")
    assert unknown.value.ways_out == tuple(BACKENDS)


@pytest.mark.parametrize("name", INSTALLED)
def test_a_device_that_is_not_there(name: str) -> None:
    """It is named with the library."""
    library(name)
    with pytest.raises(BackendMissing, match=f"{name} has no device 'moon:0'"):
        find(name, "moon:0")


@pytest.mark.parametrize("name", INSTALLED)
def test_the_processor_is_a_device(name: str) -> None:
    """Every library that computes on the processor takes ``cpu``, and leaves what comes out there."""
    library(name)
    y = run(load("conv1-2", input="2x2x2"), backend=name, device="cpu")["conv1"]
    assert "cpu" in str(y.device).lower()
    np.testing.assert_allclose(np.from_dlpack(y), run(load("conv1-2", input="2x2x2"))["conv1"], rtol=1e-6)


@pytest.mark.parametrize("name", INSTALLED)
def test_the_array_brings_its_library(name: str) -> None:
    """An array's own library does the work."""
    x = as_array(library(name), np.zeros((1, 2, 2, 2)))
    assert library_of(x).namespace is find(name).namespace
    assert type(run(load("conv1-2", input="2x2x2"), x)["conv1"]) is type(x)


def test_an_operation_that_a_library_lacks() -> None:
    """It is named with the library, where the layer asks for it."""
    bare = ModuleType("barelib")
    bare.__dict__.update({name: getattr(np, name) for name in ("asarray", "matmul", "empty", "reshape")})
    with pytest.raises(BackendLacks, match="barelib has no clip") as lacking:
        Library(bare).over("clip", np.zeros(1), 0, None)
    assert "--backend numpy" in lacking.value.ways_out


def test_products_are_counted_where_they_are_performed() -> None:
    """(2 × 3)·(3 × 4) is 24 multiply-adds, by two batches 48; writing in place counts the same."""
    xp = library("numpy")
    xp.multiply_matrices(np.ones((2, 3)), np.ones((3, 4)))
    assert xp.macs == 24
    xp.multiply_into(np.empty((2, 2, 4)), ..., np.ones((2, 2, 3)), np.ones((2, 3, 4)))
    assert xp.macs == 24 + 48


def test_numpy_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's buffer is the caller's again; while kernels run it is a smaller one."""
    met: list[int] = []
    forward = BatchNorm.forward
    monkeypatch.setattr(BatchNorm, "forward", lambda *given: met.append(np.getbufsize()) or forward(*given))
    network = load("conv3-2 bn relu", input="4x4x1")
    before = np.setbufsize(4096)
    try:
        run(network)
        assert np.getbufsize() == 4096
        confirm(network)
        assert np.getbufsize() == 4096
    finally:
        np.setbufsize(before)
    assert len(met) == 2
    assert max(met) < 4096
