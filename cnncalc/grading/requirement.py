"""What a designed network must meet, in a small language of its own; nothing in it is evaluated.

    requirement = quantity relation figure                  parameters <= 100K · receptive_field >= 28 · depth == 5
                | ("input" | "output") relation volume      input == 32x32x3 · output == 10
                | "every stride fits"
                | "uses" ["no"] kind                        uses no fc · uses batchnorm
    relation    = "==" | "!=" | "<=" | ">=" | "<" | ">"

A figure is what `units` reads, and its value is taken as it stands: 100K is 100,000.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from cnncalc.claims.numbers import UNITS_OF, Number
from cnncalc.claims.quantities import COUNTED, quantity_of
from cnncalc.errors import BadValue, CnncalcError
from cnncalc.layers import CARDS
from cnncalc.ledger import Ledger
from cnncalc.network import Network, fits
from cnncalc.term import write_number
from cnncalc.volume import Volume, few, nearest, parse_sizes, shorten

RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
VOLUMES: Final = ("input", "output")
FIELD: Final = "receptive_field"
LAYERS: Final = "layers"
MEASURED: Final = (*COUNTED, FIELD, LAYERS)
"""What a requirement may compare with a figure."""

EVERY_STRIDE_FITS: Final = "every stride fits"
EXAMPLES: Final = ("input == 32x32x3", "parameters <= 100K", "receptive_field >= 28", EVERY_STRIDE_FITS, "uses no fc")
_COMPARED: Final = re.compile(r"([A-Za-z_]{1,40})\s*(==|!=|<=|>=|<|>)\s*([^=<>!]{1,80})")
_USED: Final = re.compile(r"uses\s+(no\s+)?([a-z_0-9]{1,40})")


class Requirement(NamedTuple):
    """One requirement.

    text      as the assignment writes it
    subject   input, output, a quantity, "every stride fits", or "uses"
    relation  how it compares; for `uses`, "no" or nothing
    bound     a whole number or Fraction, sizes, or a kind of layer
    """

    text: str
    subject: str
    relation: str = ""
    bound: Any = None


class Met(NamedTuple):
    """Whether a network meets a requirement, and what it has."""

    met: bool
    says: str


def read_requirement(text: str) -> Requirement:
    """Read a requirement. Raises BadValue.

    >>> read_requirement("parameters <= 100K")[1:]
    ('parameters', '<=', 100000)
    """
    plain = " ".join(text.split())
    if plain == EVERY_STRIDE_FITS:
        return Requirement(plain, plain)
    if used := _USED.fullmatch(plain):
        return Requirement(plain, "uses", "no" if used[1] else "", _kind(used[2]))
    compared = _COMPARED.fullmatch(plain)
    if not compared:
        raise BadValue(f"{shorten(plain)!r} is no requirement", ways_out=EXAMPLES)
    subject, relation, bound = compared[1], compared[2], compared[3].strip()
    if subject in VOLUMES:
        if relation not in {"==", "!="}:
            raise BadValue(f"{subject} is a volume: it is another or not", ways_out=(f"{subject} == {bound}",))
        return Requirement(plain, subject, relation, _sizes(bound))
    if subject not in MEASURED:
        near = tuple(f"did you mean {name}?" for name in nearest(subject, (*MEASURED, *VOLUMES)))
        raise BadValue(f"no network has {shorten(subject)!r}", ways_out=near or (*VOLUMES, *MEASURED))
    return Requirement(plain, subject, relation, _figure(bound, subject))


def _kind(word: str) -> str:
    kinds = {name: card.type for card in CARDS.values() for name in (card.type, *card.words)}
    if word not in kinds:
        near = tuple(f"did you mean {name}?" for name in nearest(word, kinds))
        raise BadValue(f"no layer is called {shorten(word)!r}", ways_out=near or tuple(CARDS)[:8])
    return kinds[word]


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return parse_sizes(text, what="volume")
    except CnncalcError as error:
        raise BadValue(error.message, ways_out=error.ways_out) from None


def _figure(text: str, subject: str) -> Any:
    try:
        number = Number(text, subject)
    except CnncalcError as error:
        raise BadValue(error.message, ways_out=error.ways_out) from None
    unit = number.figure.unit
    if number.refusal or (unit and subject not in UNITS_OF):
        raise BadValue(f"{subject} is not counted in {unit}", ways_out=("parameter_bytes <= 1MB",))
    if number.relation or number.negative:
        raise BadValue(f"{shorten(text)!r} is no figure", ways_out=(f"{subject} <= 100",))
    return number.figure.value


def judge(requirement: Requirement, network: Network, ledger: Ledger) -> Met:
    """Say whether a network of whole numbers meets a requirement, and what it has."""
    subject = requirement.subject
    if subject == EVERY_STRIDE_FITS:
        return _judge_strides(network)
    if subject == "uses":
        return _judge_kinds(requirement, network)
    if subject in VOLUMES:
        volume = network.input if subject == "input" else ledger.rows[-1].volume
        same = _is_same(volume, requirement.bound)
        return Met(same == (requirement.relation == "=="), f"{subject}: {volume}")
    compare = RELATIONS[requirement.relation]
    values = _values(subject, network, ledger)
    if not all(isinstance(value, int) for value in values):
        return Met(met=False, says=f"{subject} is not known")
    said = "x".join(map(write_number, values))
    each = any if requirement.relation == "!=" else all  # 7x9 is not 7, though one side is
    return Met(each(compare(value, requirement.bound) for value in values), f"{subject}: {said}")


def _values(subject: str, network: Network, ledger: Ledger) -> tuple[Any, ...]:
    if subject == LAYERS:
        return (len(network.nodes),)
    value = quantity_of(ledger, None, subject)
    return value if isinstance(value, tuple) else (value,)


def _is_same(volume: Volume, sizes: tuple[int, ...]) -> bool:
    """Whether sizes mean a volume; 10 is 1x1x10."""
    return volume.shape == sizes or (len(sizes) == 1 and volume.shape == (*(1,) * len(volume.spatial), *sizes))


def _judge_strides(network: Network) -> Met:
    windowed = fits(network)
    bad = [(name, fit) for name, fit in windowed if not fit.fits]
    if bad:
        name, fit = bad[0]
        return Met(met=False, says=f"{len(bad)} of {len(windowed)} do not: {name}: {fit.sum}")
    if not windowed:
        return Met(met=False, says="it has no window at all")
    return Met(met=True, says=f"all {len(windowed)} fit")


def _judge_kinds(requirement: Requirement, network: Network) -> Met:
    names = [node.name for node in network.nodes if node.card.type == requirement.bound]
    shown = few(names, 3)
    has = f"it has {len(names)} {requirement.bound}: {shown}" if names else f"it has no {requirement.bound}"
    return Met(bool(names) != (requirement.relation == "no"), has)
