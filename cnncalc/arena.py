"""Memory that is used again: where a volume lay whose last reader is done, the next one is written.

Fresh memory is handed out page by page, each cleared first; a network that asks for every volume anew spends up to a
quarter of its time on that. Only for arrays of NumPy, which keep whatever they are a view of alive.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, NamedTuple

SMALLEST = 2**16
"""Bytes. Smaller arrays are left to the library: what allocates them keeps pages of its own."""

READY = 32 * 2**20
"""Bytes that lie ready at most; what is freed beyond goes back to the system."""

CHUNK = 4 * 2**20
"""Bytes that are asked for at once. NumPy has Linux back so many and more with large pages: a processor remembers where
the last thousand or two lie, and a tile of columns on small pages would be more than that."""

_PAGE = 2 * 2**20
"""Bytes of a large page, on which what is asked for begins."""

_LINE = 64
"""Bytes of a cache line, on which arrays begin."""


class Block(NamedTuple):
    """Bytes that begin at an address, inside of a larger array of bytes."""

    size: int
    address: int
    memory: Any


class Arena:
    """Memory of arrays that are gone, ready for the next that needs as much, or at least half of it."""

    def __init__(self, namespace: Any) -> None:
        self.namespace = namespace
        self.ready: list[Block] = []
        self.rest = Block(0, 0, None)
        self.cutting = Lock()

    def empty(self, shape: tuple[int, ...], dtype: Any, size: int) -> Any:
        """Return an array of `size` bytes in all, its values undefined; gone with its last view, it is used again."""
        if size < SMALLEST:
            return self.namespace.empty(shape, dtype=dtype)
        return self.namespace.asarray(_Lease(self, self._take(size), shape, dtype))

    def clear(self) -> None:
        """Give all that lies ready back to the system."""
        self.ready.clear()
        self.rest = Block(0, 0, None)

    def _take(self, size: int) -> Block:
        """Return the smallest block that is ready and fits, or a new one. Another thread may be the first to take."""
        for block in sorted(self.ready):
            if size <= block.size <= 2 * size:
                try:
                    self.ready.remove(block)
                except ValueError:
                    continue
                return block
        whole = -(-size // _LINE) * _LINE
        if whole > CHUNK // 2:
            return self._new(whole)
        with self.cutting:
            if self.rest.size < whole:
                self.rest = self._new(CHUNK)
            size, address, memory = self.rest
            self.rest = Block(size - whole, address + whole, memory)
        return Block(whole, address, memory)

    def _new(self, size: int) -> Block:
        """Return memory that was never used, from the beginning of a page."""
        memory = self.namespace.empty(size + _PAGE, dtype=self.namespace.uint8)
        return Block(size, -(-memory.ctypes.data // _PAGE) * _PAGE, memory)


class _Lease:
    """A block on loan: the array that is made of it, and so every view, keeps it alive."""

    def __init__(self, arena: Arena, block: Block, shape: tuple[int, ...], dtype: Any) -> None:
        self.arena, self.block = arena, block
        self.__array_interface__ = {"shape": shape, "typestr": dtype.str, "data": (block.address, False), "version": 3}

    def __del__(self) -> None:
        if self.block.size + sum([block.size for block in self.arena.ready]) <= READY:
            self.arena.ready.append(self.block)
