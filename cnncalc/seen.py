"""Which pixels each place of a volume sees, one place after the other, to the very borders.

The receptive field of `field.py` is one sum for all places: the most that any sees, as if images had no end. Here every
place is followed back: what lies in padding is not seen, neither at the image's border nor at one in between, and a
place that no stamp of a transposed convolution reaches sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from cnncalc.network import Network, Node
from cnncalc.spec.model import INPUT
from cnncalc.view import View

Span: TypeAlias = tuple[int, int] | None
"""The first and the last pixel along an axis; None: no pixel."""


class Seen(NamedTuple):
    """What each place along an axis sees.

    spans  one per place
    most   some channels were left behind: pixels that only those see are not seen any more
    """

    spans: tuple[Span, ...]
    most: bool = False

    def through(self, view: View, outputs: int) -> Seen:
        """Return what outputs see that look at these places.

        >>> Seen(((0, 0), (1, 1), (2, 2))).through(View(3, offset=1), 3).spans
        ((0, 1), (0, 2), (1, 2))
        """
        met = (view.inputs(output, len(self.spans)) for output in range(outputs))
        return Seen(tuple(hull(self.spans[place] for place in places) for places in met), self.most)


def hull(spans: Iterator[Span]) -> Span:
    """Return the first and the last pixel of several spans together."""
    known = [span for span in spans if span]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def followed(network: Network) -> dict[str, tuple[Seen, ...]]:
    """Return what each place of each layer sees, axis by axis; of a network in numbers."""
    start = tuple(Seen(tuple((pixel, pixel) for pixel in range(size))) for size in network.input.spatial)
    seen = {INPUT: start}
    for node in network.nodes:
        paths = [seen[name] for name in node.inputs]
        sources = [_together(axis) for axis in zip(*paths, strict=True)]
        axes = zip(sources, node.card.views(node.x), node.y.spatial, strict=True)
        found = tuple(_picked(node, source.through(view, outputs)) for source, view, outputs in axes)
        seen[node.name] = found if all(any(one.spans) for one in found) else tuple(map(_blind, found))
    return seen


def _together(paths: Sequence[Seen]) -> Seen:
    """Return what each place sees along several paths; one that has a single place is met at all of them."""
    places = max(len(path.spans) for path in paths)
    spans = (hull(path.spans[place % len(path.spans)] for path in paths) for place in range(places))
    return Seen(tuple(spans), any(path.most for path in paths))


def _blind(seen: Seen) -> Seen:
    """Return places that see nothing: where no row sees a pixel, no column does."""
    return seen._replace(spans=(None,) * len(seen.spans))


def _picked(node: Node, seen: Seen) -> Seen:
    return seen._replace(most=True) if node.card.picks_channels else seen
