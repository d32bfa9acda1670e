"""Slide, reach, jump: the arithmetic that every window shares, one axis at a time.

Every rule runs on ints, Terms, letters and integer arrays alike. Sizes, strides, padding and
dilation are in pixels of the layer's own input; a contiguous filter has dilation 1.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from cnncalc.sizes import Size, ceiling, greatest, least, quotient, ratio
from cnncalc.view import View

Rounding: TypeAlias = Literal["exact", "floor", "ceil"]
"""What becomes of pixels that the stride leaves over.

exact   they are an error: the lectures' rule
floor   they are not read: Torch, Keras and Caffe convolution
ceil    one more window hangs over the edge: Caffe and PyTorch pooling
"""


class Sides(NamedTuple):
    """Padding that differs at the two ends of an axis."""

    before: Size
    after: Size

    def __str__(self) -> str:
        return f"{self.before}:{self.after}"


Padding: TypeAlias = Size
"""Zeros at each end: one number for both ends, or `Sides`."""


def sides(padding: Padding) -> Sides:
    """Return what stands before and after the axis."""
    return padding if isinstance(padding, Sides) else Sides(padding, padding)


def both_sides(padding: Padding) -> Size:
    """Return the zeros at both ends together: 2·P."""
    return padding.before + padding.after if isinstance(padding, Sides) else 2 * padding


def span(kernel_size: Size, dilation: Size = 1) -> Size:
    """Pixels from a filter's first to its last: F + (F − 1)(d − 1).

    Source: Dumoulin and Visin, A guide to convolution arithmetic for deep learning, section 5.1.

    >>> span(3, dilation=2)
    5
    """
    return kernel_size + (kernel_size - 1) * (dilation - 1)


def travel(size: Size, *, kernel_size: Size, padding: Padding = 0, dilation: Size = 1) -> Size:
    """How far a filter can move along the padded axis: W − F + 2P.

    >>> travel(7, kernel_size=3)
    4
    """
    return size - span(kernel_size, dilation) + both_sides(padding)


def slide(
    size: Size, *, kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1
) -> tuple[Size, Size]:
    """Places a filter takes along one axis, and the pixels left over.

        places   = ⌊(W − F + 2P)/S⌋ + 1
        leftover =  (W − F + 2P) mod S       0 means the stride fits

    Source: CS231n, Convolutional Networks, "Spatial arrangement".

    >>> slide(227, kernel_size=11, stride=4)
    (55, 0)
    >>> slide(10, kernel_size=3, stride=2)   # the lecture's 4.5
    (4, 1)
    """
    distance = travel(size, kernel_size=kernel_size, padding=padding, dilation=dilation)
    return distance // stride + 1, distance % stride


def slide_over(size: Size, *, kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1) -> Size:
    """Places with one more window that hangs over the edge: ⌈(W − F + 2P)/S⌉ + 1.

    That last window must start inside the input or its left padding, and at most ⌈(W + P)/S⌉ can;
    it is dropped otherwise. Together: ⌈min(W − F + 2P + S, max(W + P, W − F + 2P + 1))/S⌉.
    Source: Caffe pooling_layer.cpp; PyTorch pooling_output_shape; ONNX MaxPool, ceil_mode.

    >>> slide_over(10, kernel_size=1, stride=2)   # not 6: the sixth would start outside
    5
    """
    distance = travel(size, kernel_size=kernel_size, padding=padding, dilation=dilation)
    inside = greatest(size + sides(padding).before, distance + 1)  # windows that fit exactly all stay
    return ceiling(least(distance + stride, inside), stride)


def same_padding(size: Size, *, kernel_size: Size, stride: Size = 1, dilation: Size = 1, lower: bool = False) -> Sides:
    """Padding for ⌈W/S⌉ places; an odd pixel goes to the end (``lower``: to the start).

        P₁ + P₂ = max((⌈W/S⌉ − 1)·S + F − W, 0)

    Source: ONNX Conv, auto_pad SAME_UPPER and SAME_LOWER; Keras padding="same" is SAME_UPPER.

    >>> same_padding(224, kernel_size=7, stride=2)
    Sides(before=2, after=3)
    """
    needed = (ceiling(size, stride) - 1) * stride + span(kernel_size, dilation) - size
    total = greatest(needed, 0)
    less = total // 2
    return Sides(total - less, less) if lower else Sides(less, total - less)


class Window(NamedTuple):
    """A sliding window along one axis: F, S, P, d and what becomes of pixels left over."""

    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    rounding: Rounding = "exact"

    def _geometry(self) -> dict[str, Size]:
        return {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }

    def turned(self, setting: str, value: Size) -> Window:
        """Return the window with one setting changed."""
        return Window(**{**self._asdict(), setting: value})

    def places(self, size: Size) -> Size:
        """How many values come out of an axis of so many pixels."""
        if self.rounding == "ceil":
            return slide_over(size, **self._geometry())
        if self.rounding == "exact":
            return quotient(self.travel(size), self.stride) + 1
        return slide(size, **self._geometry())[0]

    def travel(self, size: Size) -> Size:
        """How far the filter can move along the padded axis: W − F + 2P."""
        return travel(size, kernel_size=self.kernel_size, padding=self.padding, dilation=self.dilation)

    def leftover(self, size: Size) -> Size:
        """Pixels that the stride leaves over at the end of the padded axis; 0 is an exact fit."""
        return slide(size, **self._geometry())[1]

    def exact(self, size: Size) -> Size:
        """(W − F + 2P)/S + 1 without rounding: 7/3 where the stride does not fit."""
        return ratio(self.travel(size), self.stride) + 1

    def lost(self, size: Size) -> Size:
        """Pixels of the image itself, not of its padding, that lie behind the last window."""
        end = (self.places(size) - 1) * self.stride + span(self.kernel_size, self.dilation)
        return least(greatest(size + sides(self.padding).before - end, 0), size)

    def invented(self, size: Size) -> Size:
        """Pixels behind image and padding that the last window asks for all the same (``ceil``)."""
        start = (self.places(size) - 1) * self.stride
        inside = (size + both_sides(self.padding) - 1 - start) // self.dilation + 1
        return greatest(self.kernel_size - inside, 0)

    def view(self) -> View:
        """What one output sees of this axis."""
        reach = span(self.kernel_size, self.dilation)
        return View(reach, self.stride, 1, sides(self.padding).before, dilation=self.dilation)


class TransposedWindow(NamedTuple):
    """The window of a transposed convolution along one axis: every input spreads over F outputs, S apart."""

    kernel_size: Size
    stride: Size = 1
    padding: Padding = 0
    dilation: Size = 1
    output_padding: Size = 0

    def places(self, size: Size) -> Size:
        """How many values come out: (W − 1)·S − 2P + F + A, with A the output padding.

        Source: PyTorch ConvTranspose2d; Dumoulin and Visin, relationship 14.

        >>> TransposedWindow(2, stride=2).places(2)
        4
        """
        full = (size - 1) * self.stride + span(self.kernel_size, self.dilation) + self.output_padding
        return full - both_sides(self.padding)

    def view(self) -> View:
        """What one output sees: all inputs from the first to the last whose stamps can reach it, up to ⌈F/S⌉.

        Taps that lie d > 1 apart skip some of these; strides over F leave outputs that no stamp reaches.
        """
        reach = (span(self.kernel_size, self.dilation) - 1) // self.stride + 1
        offset = span(self.kernel_size, self.dilation) - self.stride - sides(self.padding).before
        return View(reach, 1, self.stride, offset, sides(self.padding).before, self.dilation)
