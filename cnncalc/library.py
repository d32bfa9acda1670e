"""An array library at work, reached by the names of the Python array API standard; its multiply-adds are counted."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc.errors import BackendLacks

if TYPE_CHECKING:
    from cnncalc.arena import Arena

Array: TypeAlias = Any
"""An array of any library that keeps to the Python array API standard."""


class Library:
    """An array library at work: its namespace, and how many multiply-adds it has performed.

    namespace   what the library offers, by the standard's names
    device      where new arrays are made; None: where the library puts them
    writes_out  its functions take ``out=``, as NumPy's, PyTorch's and CuPy's do
    immutable   its arrays cannot be written to: ``x.at[i].set(v)`` returns a new one, as in JAX
    arena       where new arrays lie; None: where the library puts them
    macs        multiply-adds so far, read off the operands of each product
    """

    def __init__(
        self,
        namespace: Any,
        device: Any = None,
        *,
        writes_out: bool = False,
        immutable: bool = False,
        arena: Arena | None = None,
    ) -> None:
        self.namespace, self.device = namespace, device
        self.writes_out, self.immutable = writes_out, immutable
        self.arena = arena
        self.macs = 0
        self.sizes: dict[Any, int] = {}
        self.zeros_of: dict[Any, Array] = {}

    def bytes_of(self, x: Array) -> int:
        """Return the bytes of one value of an array."""
        if x.dtype not in self.sizes:
            self.sizes[x.dtype] = self.finfo(x.dtype).bits // 8
        return self.sizes[x.dtype]

    def __getattr__(self, name: str) -> Any:
        """Return the library's own function. Raises BackendLacks where it has none."""
        try:
            found = getattr(self.namespace, name)
        except AttributeError:
            message = f"{self.namespace.__name__} has no {name}"
            raise BackendLacks(message, ways_out=("--backend numpy", "a newer version of the library")) from None
        self.__dict__[name] = found  # a run asks hundreds of times
        return found

    def new(self, shape: Sequence[int], like: Array) -> Array:
        """Return an array, its values undefined, of the dtype and on the device of another."""
        if self.arena is None:
            return self.empty(tuple(shape), dtype=like.dtype, device=self.device)
        return self.arena.empty(tuple(shape), like.dtype, prod(shape) * self.bytes_of(like))

    def filled(self, shape: Sequence[int], fill: float, like: Array) -> Array:
        """Return an array of one value, of the dtype and on the device of another."""
        if self.arena is None:
            return self.full(tuple(shape), fill, dtype=like.dtype, device=self.device)
        return self.put(self.new(shape, like), ..., fill)

    def zero(self, shape: Sequence[int], like: Array) -> Array:
        """Return zeros to compare or add with, the same for all who ask: nobody writes to them."""
        key = tuple(shape), like.dtype
        if key not in self.zeros_of:
            self.zeros_of[key] = self.filled(key[0], 0, like)
        return self.zeros_of[key]

    def result(self, function: str, *arguments: Any, shape: Sequence[int], like: Array, **options: Any) -> Array:
        """Return function(…), of the shape that is given and the dtype of another array, as an array of its own."""
        if self.arena is None:
            return getattr(self, function)(*arguments, **options)
        return getattr(self, function)(*arguments, **options, out=self.new(shape, like))

    def number(self, values: Any, like: Array) -> Array:
        """Return plain numbers as an array of the dtype and on the device of another."""
        return self.asarray(values, dtype=like.dtype, device=self.device)

    def multiply_matrices(self, a: Array, b: Array, **into: Array) -> Array:
        """Return a·b of (…, M, K) and (…, K, N), written ``out=`` an array if one is given; b has every axis of a.

        Each value that comes out counts K multiply-adds.
        """
        shape = (*b.shape[:-2], a.shape[-2], b.shape[-1])
        self.macs += prod(shape) * a.shape[-1]
        return self.matmul(a, b, **into) if into else self.result("matmul", a, b, shape=shape, like=a)

    def multiply_into(self, target: Array, index: Any, a: Array, b: Array) -> Array:
        """Write a·b to a part of the target, and return it; without a copy where the library can."""
        if not self.writes_out:
            return self.put(target, index, self.multiply_matrices(a, b))
        self.multiply_matrices(a, b, out=target[index])
        return target

    def put(self, target: Array, index: Any, values: Array) -> Array:
        """Write to a part of the target, and return it."""
        if self.immutable:
            return target.at[index].set(values)
        target[index] = values
        return target

    def add_to(self, target: Array, index: Any, values: Array) -> Array:
        """Add to a part of the target, and return it."""
        if self.immutable:
            return target.at[index].add(values)
        part = target[index]
        part += values  # `target[index] += values` would then write the part over itself
        return target

    def over(self, function: str, x: Array, *arguments: Any) -> Array:
        """Return function(x, …), written over x itself where the library can."""
        if self.writes_out:
            return getattr(self, function)(x, *arguments, out=x)
        return getattr(self, function)(x, *arguments)

    def contiguous(self, x: Array) -> Array:
        """Return an array whose rows lie one after the other, a copy if they do not: a view, or a caller's own."""
        if self.arena is None:
            return x.contiguous() if hasattr(x, "contiguous") else x
        if x.flags.c_contiguous:
            return x
        return self.put(self.new(x.shape, x), ..., x)

    def owned(self, x: Array) -> Array:
        """Return an array for good: a copy if it lies where others will."""
        return x if self.arena is None else self.asarray(x, copy=True)

    def copy(self, x: Array) -> Array:
        """Return an array of its own."""
        return self.asarray(x, copy=True) if self.arena is None else self.put(self.new(x.shape, x), ..., x)
