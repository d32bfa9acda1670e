"""What a student hands in: answers as YAML, JSON or CSV, or a network; data only, from regular files of bounded size.

    {q1: 760, q2: {conv1_1: 224x224x64, pool1: 112x112x64}, small: {name: mine, input: 32x32x3, layers: [...]}}
    name,answer                            the same as CSV; a row is named q2.conv1_1

A folder is read file by file; a network that is a file's own answers the design that the file is named after, or the
only one. Links, pipes and devices are not read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.errors import BadValue, CnncalcError, NotationError, SpecError, Unreadable, Where
from cnncalc.grading.regular import SUFFIXES, files_of, read_regular
from cnncalc.spec import nodes
from cnncalc.spec.characters import decode, forbidden, spot
from cnncalc.spec.header import Header
from cnncalc.spec.nodes import Node, Scalar, Sequence
from cnncalc.spec.scalars import read_scalar
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import nearest, shorten

MOST_ANSWERS = 2_000
_HEADS = ("question", "item", "name", "id")
"""What stands above questions; of two, the first here."""
_DIGITS = re.compile(r"[0-9]{3}\s*(\D.*)?|\s*[0-9]{1,12}\s*", re.ASCII)
_MAPPINGS = ("parameters", "set", "blocks")
"""Keys of a network under which no number stands."""
_ANSWERS = ("answer", "value", "response")
_NETWORK = ("layers", "family")
NOT_ANSWERS = (*_NETWORK, "answers")
"""Keys of a submission that name no answer."""

_PAIR = re.compile(r"\\\\|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


class Answer(NamedTuple):
    """What stands where an answer belongs.

    text      as it was written; None for what is no text, number or list of them
    parts     the same, one by one, if it is a list
    is_word   whether it is True or False, and not the text of it
    """

    text: str | None
    parts: tuple[str, ...] = ()
    is_word: bool = False


class Submission(NamedTuple):
    """What was handed in.

    answers   by question; a row's as ``question.row``
    networks  by design, not read yet; "" is one whose design is not said
    """

    answers: dict[str, Answer]
    networks: dict[str, Node]


def read_submission(path: Path) -> Submission:
    """Read a student's file or folder. Raises Unreadable, or a SpecError about the student's own text."""
    answers: dict[str, Answer] = {}
    networks: dict[str, Node] = {}
    for file in files_of(path) if path.is_dir() else [path]:
        found = _read_file(file)
        named = {name or file.stem: node for name, node in found.networks.items()}
        if twice := [*(answers.keys() & found.answers.keys()), *(networks.keys() & named.keys())]:
            raise BadValue(f"{shorten(twice[0])!r} is answered twice", where=Where(file.name), ways_out=("one answer",))
        answers.update(found.answers)
        networks.update(named)
    return Submission(answers, networks)


def _read_file(path: Path) -> Submission:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        message = "answers are YAML, JSON or CSV, by the end of the file's name"
        raise Unreadable(message, where=Where(path.name), ways_out=("answers.yaml", "answers.json", "answers.csv"))
    return read_text(read_regular(path), suffix, file=path.name)


def read_text(text: str | bytes, suffix: str = ".yaml", *, file: str | None = None) -> Submission:
    """Read a submission's text; `suffix` says what it is written in. Raises a SpecError about the text."""
    text = decode(text, file).removeprefix("\ufeff")
    if suffix == ".csv":
        return Submission(_read_csv(text, file), {})
    if suffix == ".json":
        text = _PAIR.sub(_joined, text.replace("\t", " "))  # YAML reads JSON, but for tabs between words and halves
    return _of_node(read_yaml(text, file=file, scalar=_read_scalar), file)


def _joined(found: re.Match[str]) -> str:
    """Write a character that JSON escapes in two halves as itself; other escapes stay."""
    return json.loads(f'"{found[0]}"') if found[1] else found[0]


def submission_of(answers: Mapping[str, Any]) -> Submission:
    """Return answers that are a dictionary already, by way of its JSON: one door, one set of bounds."""
    return read_text(as_json(answers), ".json")


def as_json(answers: Mapping[str, Any]) -> str:
    """Return answers as JSON. Raises BadValue for what it does not hold."""
    try:
        return json.dumps(dict(answers), indent=1)
    except (TypeError, ValueError, RecursionError):
        message = "answers hold what JSON holds"
        raise BadValue(message, ways_out=("strings, numbers, lists, dictionaries",)) from None


def _read_scalar(text: str, where: Where) -> Any:
    """Read what stands without quotes; a number that no spec may hold is only a text, and its answer is refused."""
    try:
        return read_scalar(text, where)
    except CnncalcError:
        return text


def _of_node(root: Node, file: str | None) -> Submission:
    if not isinstance(root, nodes.Mapping):
        message = "answers are names with values"
        raise NotationError(message, where=Where(file, root.line, root.column), ways_out=("q1: 760", '{"q1": 760}'))
    found = Submission({}, {})
    pairs = root.pairs
    if any(key in pairs for key in _NETWORK):  # a network; what no network has, answers
        mine = {key: pairs[key] for key in pairs if _is_networks(key, pairs[key][1])}
        found.networks[""] = replace(root, pairs=mine)
        pairs = {key: pairs[key] for key in pairs if key not in mine}
    for name, (_, node) in pairs.items():
        if name == "answers" and isinstance(node, nodes.Mapping):
            for inner, (_, one) in node.pairs.items():
                _put(found, inner, one, file)
        else:
            _put(found, name, node, file)
    return found


def _is_networks(key: str, node: Node) -> bool:
    """Whether a key beside a network's layers is the network's, or a slip in one that is."""
    if key in _MAPPINGS:
        return not isinstance(node, Scalar)
    return key in Header.model_fields or bool(nearest(key, Header.model_fields, cutoff=0.75))


def _put(found: Submission, name: str, node: Node, file: str | None) -> None:
    """Add what stands under a name: an answer, rows of them, or a network."""
    name = name.strip()
    is_network = isinstance(node, nodes.Mapping) and any(key in node.pairs for key in _NETWORK)
    rows = {name: node} if is_network or not isinstance(node, nodes.Mapping) else _rows(name, node)
    for row, one in rows.items():
        if row in found.answers or row in found.networks:
            where = Where(file, one.line, one.column)
            raise BadValue(f"{shorten(row)!r} is answered twice", where=where, ways_out=("one answer",))
        if is_network:
            found.networks[row] = one
        else:
            found.answers[row] = _answer(one)


def _rows(name: str, node: nodes.Mapping) -> dict[str, Node]:
    return {f"{name}.{row}": one for row, (_, one) in node.pairs.items()}


def _answer(node: Node) -> Answer:
    if isinstance(node, Scalar):
        return Answer("" if node.value is None else node.text, is_word=isinstance(node.value, bool))
    if isinstance(node, Sequence):
        flat: list[Node] = []
        for item in node.items:
            flat += item.items if isinstance(item, Sequence) else [item]
        if flat and all(isinstance(item, Scalar) and not isinstance(item.value, bool) for item in flat):
            return Answer(None, tuple(item.text for item in flat if isinstance(item, Scalar)))
    return Answer(None)


def _read_csv(text: str, file: str | None) -> dict[str, Answer]:
    """Read lines of name and answer; the commas of 1,728 may stand without quotes."""
    if bad := forbidden(text):
        raise BadValue("an invisible character", where=spot(text[: bad.start()], file), ways_out=("delete it",))
    lines = _without_comments(re.split("\r\n?|\n", text))
    delimiter = next((mark for line in lines if line.strip() for mark in line if mark in ",;\t"), ",")
    answers: dict[str, Answer] = {}
    head: list[str] | None = None
    try:
        rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True, strict=True)
        for number, cells in enumerate(rows, start=1):
            if not any(cells):
                continue
            if head is None:
                words = [cell.strip().lower() for cell in cells]
                is_head = words[0] in _HEADS or not ({*words}.isdisjoint(_HEADS) or {*words}.isdisjoint(_ANSWERS))
                head = words if is_head else []
                if head:
                    continue
            named = min(next((head.index(word) for word in _HEADS if word in head), 0), len(cells) - 1)
            name, where = cells[named].strip(), Where(file, number, 1)
            if name in answers:
                raise BadValue(f"{shorten(name)!r} is answered twice", where=where, ways_out=("one line for each",))
            if len(answers) >= MOST_ANSWERS:
                raise BadValue(f"more than {MOST_ANSWERS:,} answers", where=where, ways_out=("one line for each",))
            answers[name] = Answer(_cell(cells, named, head, delimiter))
    except csv.Error as error:
        raise SpecError(f"this is no CSV: {error}", where=Where(file, 1, 1), ways_out=("name,answer",)) from None
    return answers


def _cell(cells: list[str], named: int, head: list[str], delimiter: str) -> str:
    """Return the answer of a row: all behind the name, or what stands where the head says, with its own commas.

    Cells that the head has no names for are the answer's, if it stands last or they are numbers: 32,32,10 and 1,728.
    """
    at = next((head.index(word) for word in _ANSWERS if word in head and head.index(word) != named), None)
    if at is None:
        return delimiter.join(cells[named + 1 :]).strip().rstrip(delimiter)
    mine = cells[at : at + 1]
    for cell in cells[at + 1 :] if len(cells) > len(head) else ():
        if at < len(head) - 1 and not _DIGITS.fullmatch(cell):
            break
        mine.append(cell)
    return delimiter.join(mine).strip().rstrip(delimiter)


def _without_comments(lines: list[str]) -> list[str]:
    """Return lines with nothing in place of those that begin with #, but inside quotes."""
    found, quoted = [], False
    for line in lines:
        found.append("" if line.startswith("#") and not quoted else line)
        quoted ^= found[-1].count('"') % 2 == 1
    return found
