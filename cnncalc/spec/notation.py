"""The papers' short form: ``conv3-64``.

    short     word, size, ``-count``, then suffixes: ``conv11-96/s4/p0``, ``maxpool3/s2``, ``fc-4096``, ``relu``
    suffix    ``/s4`` stride  ``/p1`` padding  ``/d2`` dilation  ``/g2`` groups  ``/m2`` multiplier
              ``/a1`` output padding  and ``/nobias /same /valid /exact /floor /ceil /bilinear``

Words are read as VGG's table, CS231n's listing and its patterns write them (CONV3-64, POOL2, FC-4096,
soft-max, LRN). A convolution pads so that it keeps the size at stride 1, a pooling steps by its own size.
Which word means which layer, and which numbers it takes, stands on the layers' cards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from cnncalc.errors import BadValue, CnncalcError, MissingKey, NotationError, SpecError, UnknownLayer
from cnncalc.layers import CARDS, Layer
from cnncalc.letter import Letter, read_letter
from cnncalc.sizes import Size
from cnncalc.spec.formula import evaluate
from cnncalc.spec.pattern import BRACKETS
from cnncalc.volume import nearest, shorten

SUFFIXES = {
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "groups",
    "m": "multiplier",
    "a": "output_padding",
}
FLAGS: dict[str, tuple[str, object]] = {
    "nobias": ("bias", False),
    "same": ("padding", "same"),
    "same_lower": ("padding", "same_lower"),
    "valid": ("padding", "valid"),
    "exact": ("rounding", "exact"),
    "floor": ("rounding", "floor"),
    "ceil": ("rounding", "ceil"),
    "bilinear": ("mode", "bilinear"),
}
WORDS = {word: card for card in CARDS.values() for word in (*card.words, card.type)}
"""How short forms call layers; every type is a word too."""

_LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)
_CALL = re.compile(r"([A-Za-z]\w*)\([^()]*,")
_NUMBERS = re.compile(
    r"(?P<size>\$[0-9]+|[0-9]+(?:\.[0-9]+)?(?:[x:][0-9]+){0,5})?"
    r"(?:-(?P<count>\$[0-9]+|[0-9]+(?:\.[0-9]+)?))?"
    r"(?P<suffixes>(?:/[^/]+)*)",
    re.ASCII,
)


def read_filled(text: str, names: Mapping[str, Size]) -> Layer:
    """Read a short form with formulas and names in it. Raises what `read_short` raises, in the words of the text."""
    filled, letters, written = fill(text.replace("×", "x"), names)
    try:
        return read_short(filled, letters)
    except CnncalcError as error:
        error.message = _in_words(error.message, written)
        error.ways_out = tuple(_in_words(way, written) for way in error.ways_out)
        raise


def _in_words(text: str, written: tuple[str, ...]) -> str:
    return re.sub(r"\$([0-9]+)", lambda match: written[int(match[1])], text)


def fill(text: str, names: Mapping[str, Size]) -> tuple[str, tuple[Letter, ...], tuple[str, ...]]:
    """Put numbers for the formulas and names in a short form; letters are numbered, ``$0``.

    They are returned beside it, and how they were written.

    >>> fill("conv3-(4*width)/s(stride)", {"width": 64, "stride": 2})
    ('conv3-256/s2', (), ())
    >>> fill("conv7-C", {})
    ('conv7-$0', (C,), ('C',))
    """
    letters: list[Letter] = []
    written: list[str] = []
    if "$" in text:
        raise NotationError(
            f"{shorten(text)!r} has a $ in it", ways_out=("a number, a letter or a formula in brackets",)
        )

    def put(part: str) -> str:
        value = evaluate(part, names)
        if not isinstance(value, Letter):
            return str(value)
        letters.append(value)
        written.append(part)
        return f"${len(letters) - 1}"

    call = _CALL.match(text)
    if call and call[1].lower() in WORDS:
        raise _misspelt(text, call[1].lower())
    if "(" in text:
        text = re.sub(BRACKETS, lambda match: put(match[0]), text)
    last = re.search(r"-([A-Za-z_]\w*)(?=/|$)", text)
    if text.partition("/")[0].lower() in WORDS:  # hard-swish is no hard of swish
        return text, (), ()
    if last and (last[1] in names or read_letter(last[1])):
        text = text[: last.start(1)] + put(last[1]) + text[last.end(1) :]
    return text, tuple(letters), tuple(written)


@lru_cache(maxsize=4096)
def read_short(text: str, letters: tuple[Letter, ...] = ()) -> Layer:
    """Read a layer's short form; ``$0`` in it is the first of the letters.

    Raises UnknownLayer, NotationError, MissingKey or BadValue.

    >>> read_short("conv11-96/s4/p0")
    Conv(kernel_size=11, stride=4, padding=0, dilation=1, rounding=None, bias=True, out_channels=96, groups=1)
    """
    card, match = _find_card(text)
    fields: dict[str, Any] = {}
    for field, number in ((card.after_word, match["size"]), (card.after_hyphen, match["count"])):
        if number is not None:
            if not field:
                raise NotationError(
                    f"{card.words[0]} takes no number there: {shorten(text)!r}", ways_out=_examples(card)
                )
            fields[field] = _number(number, letters)
    for suffix in match["suffixes"].split("/")[1:]:
        field, value = _suffix(card, suffix, text, letters)
        if field in fields:
            raise NotationError(f"{shorten(text)!r} says its {field} twice", ways_out=("say it once",))
        fields[field] = value
    return _build(card, fields, text, letters)


def _find_card(text: str) -> tuple[type[Layer], re.Match[str]]:
    lowered = text.lower()
    for word in _LONGEST_FIRST:
        if lowered.startswith(word):
            match = _NUMBERS.fullmatch(text, len(word))
            if match:
                return WORDS[word], match
    word = lowered[: len(lowered) - len(lowered.lstrip("abcdefghijklmnopqrstuvwxyz_-"))].rstrip("-")
    if word in WORDS:
        raise _misspelt(text, word)
    if times := re.fullmatch("[x×]([0-9]{1,6})", text):
        raise UnknownLayer(f"no layer is called {text!r}", ways_out=(f"[conv3-64 relu]*{times[1]} repeats",))
    raise unknown_layer(word or text)


def _misspelt(text: str, word: str) -> NotationError:
    return NotationError(f"{shorten(text)!r} is not how {word} is written", ways_out=_examples(WORDS[word]))


def unknown_layer(word: str) -> UnknownLayer:
    """Return the error for a layer that nobody has described, with the nearest that someone has."""
    if word.startswith("-"):
        return UnknownLayer("a dash is no layer", ways_out=("start the line in the column of its neighbours",))
    begun = next((known for known in _LONGEST_FIRST if word.lower().startswith(known)), "")
    near = [begun] if len(begun) > 2 else nearest(word.lower(), WORDS)  # noqa: PLR2004 - convolution is meant for conv
    ways_out = tuple(f"did you mean {name}?" for name in near) or ("cnncalc formulas lists the layers",)
    return UnknownLayer(f"no layer is called {shorten(word)!r}", ways_out=ways_out)


def _number(text: str, letters: tuple[Letter, ...]) -> object:
    if text.startswith("$"):
        return letters[int(text[1:])]
    if text.removeprefix("-").isdigit():
        return int(text) if len(text) <= 30 else 10**30  # noqa: PLR2004 - refused by its field, with its digits counted
    return text if "x" in text or ":" in text else float(text)


def _suffix(card: type[Layer], suffix: str, text: str, letters: tuple[Letter, ...]) -> tuple[str, object]:
    field, value = FLAGS.get(suffix, (SUFFIXES.get(suffix[0], ""), None))
    if value is None and field:
        written = re.fullmatch(r"\$[0-9]+|-?[0-9]+|[0-9]+([x:][0-9]+)*", suffix[1:], re.ASCII)
        value = _number(suffix[1:], letters) if written else suffix[1:]
    if field not in card.fields():
        known = [f"/{letter}" for letter, name in SUFFIXES.items() if name in card.fields()]
        known += [f"/{flag}" for flag, (name, _) in FLAGS.items() if name in card.fields()]
        message = f"{card.words[0]} takes no suffix {shorten(suffix)!r} in {shorten(text)!r}"
        raise NotationError(message, ways_out=(f"it takes {' '.join(known)}" if known else f"write {card.words[0]}",))
    return field, value


def _build(card: type[Layer], fields: dict[str, Any], text: str, letters: tuple[Letter, ...]) -> Layer:
    try:
        fields = {**card.short_defaults(fields), **fields}
        missing = [name for name in card.required() if name not in fields]
        if missing:
            message = f"{shorten(text)!r} does not say its {' and '.join(missing)}"
            raise MissingKey(message, ways_out=_examples(card))
        return card(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = f"{first['loc'][0]} {first['msg'].removeprefix('Value error, ')}, in {shorten(text)!r}"
        raise BadValue(message, ways_out=_examples(card)) from None
    except ValueError as error:
        ways_out = tuple(way for way in (f"{text}/p0", f"{text}/same") if is_short(way, letters)) or _examples(card)
        raise BadValue(f"{shorten(text)!r}: {error}", ways_out=ways_out) from None


def is_short(text: str, letters: tuple[Letter, ...] = ()) -> bool:
    """Whether a short form with its padding said can be read."""
    try:
        read_short(text, letters)
    except SpecError:
        return False
    return True


def _examples(card: type[Layer]) -> tuple[str, ...]:
    word = card.words[0]
    sizes = {"rate": "0.5", "negative_slope": "0.1", "out_features": "-10"}
    size = sizes.get(card.after_word, "3" if card.after_word else "")
    count = "-64" if card.after_hyphen and card.after_hyphen != card.after_word else ""
    return (f"write {word}{size}{count}",)
