"""Memory that is used again: where a volume lay whose last reader is done, the next one is written.

Fresh memory is handed out page by page, each cleared first; a network that asks for every volume anew spends up to a
quarter of its time on that. Only for arrays of NumPy, which keep whatever they are a view of alive.
"""

from __future__ import annotations

from typing import Any, NamedTuple

SMALLEST = 2**16
"""Bytes. Smaller arrays are left to the library: what allocates them keeps pages of its own."""

READY = 32 * 2**20
"""Bytes that lie ready at most. For more, what has lain there longest goes back to the system."""

_WIDE = 2**20
"""Bytes from which on an array lies on large pages, where the system has them."""

_PAGE = 2 * 2**20
"""Bytes of a large page. NumPy asks Linux for them in memory of two pages or more."""

_LINE = 64
"""Bytes of a cache line, on which all other arrays begin."""


class Block(NamedTuple):
    """Bytes that begin at an address, inside of a larger array of bytes."""

    size: int
    address: int
    memory: Any


class Arena:
    """Memory of arrays that are gone, ready for the next that needs as much, or at least half of it."""

    def __init__(self, namespace: Any, most: int = READY) -> None:
        self.namespace, self.most = namespace, most
        self.ready: list[Block] = []

    def empty(self, shape: tuple[int, ...], dtype: Any, size: int) -> Any:
        """Return an array of `size` bytes in all, its values undefined; gone with its last view, its memory is ready.

        For a kernel's own use: whoever is handed such an array for good should be handed a copy.
        """
        if size < SMALLEST:
            return self.namespace.empty(shape, dtype=dtype)
        return self.namespace.asarray(_Lease(self, self._take(size), shape, dtype))

    def give(self, block: Block) -> None:
        """Keep a block ready, and no more than may lie there. Each step is one that no thread can come between."""
        if block.size <= self.most:
            self.ready.append(block)
        while sum([block.size for block in self.ready]) > self.most:
            del self.ready[:1]

    def clear(self) -> None:
        """Give all that lies ready back to the system."""
        self.ready.clear()

    def _take(self, size: int) -> Block:
        """Return the block that fits and was in use last, which a cache may still hold, or a new one.

        Another thread may be the first to take it.
        """
        whole, alignment = (size, _LINE) if size < _WIDE else (max(size, 2 * _PAGE), _PAGE)
        most = max(2 * size, whole)
        for block in self.ready[::-1]:
            if size <= block.size <= most:
                try:
                    self.ready.remove(block)
                except ValueError:
                    continue
                return block
        return self._new(whole, alignment)

    def _new(self, size: int, alignment: int) -> Block:
        """Return memory that was never used."""
        memory = self.namespace.empty(size + alignment, dtype=self.namespace.uint8)
        return Block(size, -(-memory.ctypes.data // alignment) * alignment, memory)


class _Lease:
    """A block on loan: the array that is made of it, and so every view, keeps it alive."""

    def __init__(self, arena: Arena, block: Block, shape: tuple[int, ...], dtype: Any) -> None:
        self.arena, self.block = arena, block
        self.__array_interface__ = {"shape": shape, "typestr": dtype.str, "data": (block.address, False), "version": 3}

    def __del__(self) -> None:
        self.arena.give(self.block)
