"""The array libraries that the kernels run on; each is imported only when it is asked for, or already at work."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from cnncalc.arrays import Array, Library
from cnncalc.errors import BackendMissing, UsageError


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
    if name not in BACKENDS:
        raise UsageError(f"no backend is called {name!r}", ways_out=tuple(BACKENDS))
    backend = BACKENDS[name]
    try:
        namespace = import_module(backend.namespace)
    except ImportError as error:
        message = f"{name} is not installed: no module {error.name!r}"
        raise BackendMissing(message, ways_out=(backend.install, "--backend numpy")) from None
    place = None if device is None else _device(name, namespace, device)
    return Library(namespace, place, writes_out=backend.writes_out, immutable=backend.immutable)


def library_of(x: Array) -> Library:
    """Return the library that an array comes from, on the array's own device.

    Raises UsageError for what is no array of a library that is known.
    """
    home = type(x).__module__.split(".")[0]
    for name, backend in BACKENDS.items():
        if home in backend.modules:
            found = find(name)
            return Library(
                found.namespace, getattr(x, "device", None), writes_out=backend.writes_out, immutable=backend.immutable
            )
    raise UsageError(f"{type(x).__name__} is no array of {', '.join(BACKENDS)}", ways_out=("numpy.asarray(x)",))


def _device(name: str, namespace: Any, device: str) -> Any:
    """Return the library's own object for a device, after trying to put an array there."""
    try:
        place = _OBJECTS.get(name, lambda text: text)(device)
        namespace.zeros(1, device=place)
    except Exception as error:  # noqa: BLE001 - each library has its own; all mean that the device cannot be used
        first = str(error).strip().split("\n")[0]
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
