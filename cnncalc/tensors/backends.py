"""The array libraries that the kernels run on; each is imported only when it is asked for, or already at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

from cnncalc.arena import Arena
from cnncalc.errors import BackendLacks, BackendMissing, UsageError
from cnncalc.library import Array, Library
from cnncalc.volume import shorten

DTYPES = ("float32", "float64", "float16")
"""What kernels compute in."""

_BUFFER = 1024
"""Values. With fewer, short rows are met one by one."""


class Backend(NamedTuple):
    """How an array library is reached, and what its arrays allow.

    namespace   the module with the standard's functions: the library itself, or its wrapper in array-api-compat
    modules     where its arrays say they come from
    install     what brings it
    """

    namespace: str
    modules: tuple[str, ...]
    install: str
    writes_out: bool = True
    immutable: bool = False


BACKENDS = {
    "numpy": Backend("numpy", ("numpy",), "pip install numpy"),
    "torch": Backend("array_api_compat.torch", ("torch",), "pip install torch array-api-compat"),
    "cupy": Backend("array_api_compat.cupy", ("cupy",), "pip install cupy-cuda12x array-api-compat"),
    "jax": Backend("jax.numpy", ("jax", "jaxlib"), "pip install jax", writes_out=False, immutable=True),
    "array-api-strict": Backend(
        "array_api_strict", ("array_api_strict",), "pip install array-api-strict", writes_out=False
    ),
}
"""The libraries by the name that `--backend` takes."""


def find(name: str = "numpy", device: str | None = None) -> Library:
    """Return a library at work on a device, ``cpu`` or ``cuda:0``; None is where the library puts its arrays.

    Raises UsageError for a name that no library has, BackendMissing for a library or device that is not there.
    """
    try:
        backend = BACKENDS[name]
    except (KeyError, TypeError):
        raise UsageError(f"no backend is called {name!r}", ways_out=tuple(BACKENDS)) from None
    try:
        namespace = import_module(backend.namespace)
    except ImportError as error:
        message = f"{name} is not installed: no module {error.name!r}"
        raise BackendMissing(message, ways_out=(backend.install, "--backend numpy")) from None
    place = None if device is None else _device(name, namespace, device)
    return _library(name, namespace, place)


def _library(name: str, namespace: Any, place: Any) -> Library:
    backend = BACKENDS[name]
    arena = _arena(namespace) if name == "numpy" else None
    return Library(namespace, place, writes_out=backend.writes_out, immutable=backend.immutable, arena=arena)


@cache
def _arena(namespace: Any) -> Arena:
    """Return the one arena of this process: a run is faster on what the one before left."""
    return Arena(namespace)


@contextmanager
def row_by_row(xp: Library) -> Iterator[None]:
    """Have NumPy meet a channel's places with the channel's one value where that lies.

    It would else first write that value out for every place, as long as several rows fit into its buffer of 8,192.
    """
    if xp.namespace.__name__ != "numpy":
        yield
        return
    with xp.errstate():  # behind which the buffer is what it was
        xp.setbufsize(_BUFFER)
        yield


def library_of(x: Array) -> Library:
    """Return the library that an array comes from, on the array's own device.

    Raises UsageError for what is no array of a library that is known.
    """
    if hasattr(x, "mask") or getattr(x, "is_meta", False):
        message = "images are numbers that are all there: no masked array, none on the device meta"
        raise UsageError(message, ways_out=("numpy.ma.filled(x)", "x.to('cpu')"))
    for name, backend in BACKENDS.items():
        if _home(x) in backend.modules and hasattr(x, "dtype"):
            return _library(name, find(name).namespace, getattr(x, "device", None))
    raise UsageError(f"{type(x).__name__} is no array of {', '.join(BACKENDS)}", ways_out=("numpy.asarray(x)",))


def taken(xp: Library, given: Any) -> Array:
    """Return numbers as an array of a library, without gradients: what is not the library's comes by way of NumPy.

    Raises TypeError or ValueError for what is no array of numbers.
    """
    plain = detached(given)
    own = type(xp.empty(0, device=xp.device))
    if _home(plain) != own.__module__.split(".")[0] or isinstance(plain, (bytes, bytearray, memoryview)):
        plain = _by_numpy(plain)
    if hasattr(plain, "mask"):
        raise TypeError("a masked array: fill it, numpy.ma.filled(x)")
    return xp.asarray(plain, device=xp.device)


def _by_numpy(given: Any) -> Any:
    """Return numbers as an array of NumPy that any library reads: in rows, writable, in the machine's own order."""
    numpy = import_module("numpy")
    if str(getattr(given, "dtype", "")) == "torch.bfloat16":
        given = given.float()
    if hasattr(given, "resolve_neg"):
        given = given.resolve_conj().resolve_neg()
    if isinstance(given, (list, tuple)) and any(hasattr(part, "detach") for part in given):
        given = [_by_numpy(detached(part)) for part in given]
    if isinstance(given, (bytes, bytearray)):
        raise TypeError(f"{type(given).__name__}, not numbers")
    array = numpy.asanyarray(given)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"it holds {array.dtype}")
    dtype = numpy.float64 if array.dtype == numpy.longdouble else array.dtype.newbyteorder("=")
    return numpy.require(array.astype(dtype, copy=False, subok=True), requirements="CW")


def detached(x: Array) -> Array:
    """Return an array that remembers no gradients, as kernels write over what they read, and leaves no zero out."""
    if not hasattr(x, "detach"):
        return x
    x = x.detach()
    return x if str(x.layout) == "torch.strided" else x.to_dense()


def _home(x: Any) -> str:
    """Return the library that a value comes from."""
    return type(x).__module__.split(".")[0]


def require_dtype(dtype: str, xp: Library | None = None) -> None:
    """Raise UsageError for a dtype that kernels do not compute in, BackendLacks for one that a library has not."""
    if dtype not in DTYPES:
        raise UsageError(f"kernels do not compute in {dtype!r}", ways_out=DTYPES)
    if xp is None:
        return
    with catch_warnings():
        simplefilter("ignore")  # what is told here
        wanted = getattr(xp, dtype)
        if xp.zeros(1, dtype=wanted, device=xp.device).dtype != wanted:
            message = f"{xp.namespace.__name__} computes in 32 bits as it is set up, not in {dtype}"
            raise BackendLacks(message, ways_out=("float32", "JAX_ENABLE_X64=1", "--backend numpy"))


def _device(name: str, namespace: Any, device: str) -> Any:
    """Return the library's own object for a device, after trying to put an array there."""
    try:
        place = _OBJECTS.get(name, lambda text: text)(device)
        float(namespace.zeros(1, device=place)[0])  # a device that holds no numbers, as `meta`, has none to give
    except Exception as error:  # noqa: BLE001 - each library has its own; all mean that the device cannot be used
        first = shorten(str(error).strip().split("\n")[0], 120)
        raise BackendMissing(f"{name} has no device {device!r}: {first}", ways_out=("leave out --device",)) from None
    return place


def _of_jax(device: str) -> Any:
    kind, _, number = device.partition(":")
    return import_module("jax").devices(kind)[int(number or 0)]


def _of_cupy(device: str) -> Any:
    return import_module("cupy").cuda.Device(int(device.removeprefix("cuda").removeprefix(":") or 0))


def _of_strict(device: str) -> Any:
    return import_module("array_api_strict").Device({"cpu": "CPU_DEVICE"}.get(device, device))


_OBJECTS = {
    "torch": lambda device: import_module("torch").device(device),
    "jax": _of_jax,
    "cupy": _of_cupy,
    "array-api-strict": _of_strict,
}
