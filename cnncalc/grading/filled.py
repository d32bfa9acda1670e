"""An assignment's text with drawn numbers in it, written again as an assignment: the tree as it was read, filled in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cnncalc.grading.template import fill, names_in
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.spec.yaml import read_yaml

Drawn = dict[str, int]
"""Numbers by name."""

_OF_TEMPLATES = ("vary", "fits")
_FILLED = ("ask", "network", "input")


def write_filled(text: str, drawn: dict[str, Drawn], file: str | None = None) -> str:
    """Write an assignment in which the numbers stand; `drawn` has them by label."""
    root = read_yaml(text, file=file)
    if not isinstance(root, Mapping) or not drawn:
        return text
    lines = []
    for key, (_, node) in root.pairs.items():
        if key == "questions" and isinstance(node, Sequence):
            lines += ["questions:", *(f"  - {_question(one, root, drawn)}" for one in node.items)]
        elif key not in _OF_TEMPLATES and not (key in _FILLED and _is_drawn(node)):
            lines.append(f"{key}: {write(node)}")
    return "\n".join(lines) + "\n"


def _question(node: Node, root: Mapping, drawn: dict[str, Drawn]) -> str:
    if not isinstance(node, Mapping):
        return write(node)
    pairs = {key: value for key, (_, value) in node.pairs.items() if key not in _OF_TEMPLATES}
    for key in ("network", "input"):  # where numbers are drawn for all, each question may draw its own
        if key not in pairs and key in root.pairs and _is_drawn(root.pairs[key][1]):
            pairs[key] = root.pairs[key][1]
    name = pairs.get("name")
    label = name.text if isinstance(name, Scalar) and "vary" in node.pairs else ""
    is_drawn = "vary" in node.pairs or any(_is_drawn(pairs[key]) for key in ("network", "input") if key in pairs)
    numbers = drawn.get(label, {}) if is_drawn else {}
    parts = [f"{quoted(key)}: {write(value, numbers if key in _FILLED else {})}" for key, value in pairs.items()]
    return "{" + ", ".join(parts) + "}"


def _is_drawn(node: Node) -> bool:
    return isinstance(node, Scalar) and bool(names_in(node.text))


def write(node: Node, numbers: Drawn | None = None) -> str:
    """Write a tree in one line, as YAML; a text is filled in. A tree is at most 32 deep, and so is this recursion."""
    if isinstance(node, Scalar):
        text = node.text
        if isinstance(node.value, str) or not node.plain:
            return quoted(fill(text, numbers or {}))
        return text or "null"
    return "".join(_parts(node))


def _parts(node: Mapping | Sequence) -> Iterator[str]:
    if isinstance(node, Sequence):
        yield "[" + ", ".join(write(item) for item in node.items) + "]"
    else:
        yield "{" + ", ".join(f"{quoted(key)}: {write(value)}" for key, (_, value) in node.pairs.items()) + "}"


def quoted(text: str) -> str:
    r"""Write a text between quotes; what cannot be seen by its number.

    >>> print(quoted('a "b" \u202e'))
    "a \"b\" \U0000202e"
    """
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in shown)
