"""The array libraries that kernels are judged on: all that are installed here."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from cnncalc.library import Library
from cnncalc.tensors.backends import BACKENDS, find

INSTALLED = [
    name
    for name, backend in BACKENDS.items()
    if find_spec(backend.modules[0]) and find_spec(backend.namespace.split(".")[0]) and name != "cupy"
]
"""The libraries that compute on the processor; what is missing, tests/tensors/test_backends.py says."""


def library(name: str) -> Library:
    """Return a library at work on the processor."""
    if name == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)  # noqa: FBT003 - without, it has no float64
    return find(name)


def as_array(xp: Library, values: Any) -> Any:
    """Return values as a float array of a library, of its own: kernels may write over it."""
    values = np.asarray(values)
    dtype = values.dtype.name if values.dtype.kind == "f" else "float32"
    return xp.asarray(np.array(values, dtype), dtype=getattr(xp, dtype), copy=True)


def as_numpy(x: Any) -> np.ndarray:
    """Return a copy of an array as NumPy's."""
    return np.array(np.from_dlpack(x))
