"""An assignment file, read as specs are: places kept, all that is wrong said at once, nothing evaluated.

    name: Exercises
    memory: lecture                        # network, input, rounding, memory, batch, dtype: of every question
    slips: {biases forgotten: 1/2}         # the share of the points that a known slip keeps
    questions:
      - {name: q1, ask: "How many parameters?", network: conv5-10/p2, input: 32x32x3, quantity: parameters, points: 2}
      - {name: q2, network: vgg16, quantity: output_shape, layers: [conv1_1, pool1], points: 2}     # a point a row
    designs:
      - {name: small, require: [{that: "parameters <= 100K", points: 1}]}

Points are numbers, shares 1/2, 50% or 0.5. Nothing but packaged specs and what is written out is read as a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from cnncalc.claims.claim import OF_EXAMPLES, Claim
from cnncalc.claims.file import note_unread, texts
from cnncalc.claims.quantities import BYTES_PER
from cnncalc.errors import BadValue, CnncalcError, MissingKey, NotationError, Unreadable
from cnncalc.grading.assignment import Accepted, Assignment, Design, Question
from cnncalc.grading.fields import (
    MOST_QUESTIONS,
    WAYS_OUT,
    DesignFields,
    FileFields,
    QuestionFields,
    RequirementFields,
)
from cnncalc.grading.requirement import read_requirement
from cnncalc.grading.submission import NOT_ANSWERS
from cnncalc.grading.template import template_of
from cnncalc.spec.characters import decode
from cnncalc.spec.files import SHELF, read_bytes
from cnncalc.spec.nodes import Mapping, Node, Sequence, find, plain
from cnncalc.spec.problems import Problems
from cnncalc.spec.yaml import read_yaml
from cnncalc.volume import nearest, shorten

ROOM = "assignments"
_TEXTS = ("ask", "name", "input", "source", "layers", "layer")
_AS_WRITTEN = (*_TEXTS, "points", "slips", "tolerance", "values", "kernel", "vary")
_SHARED = ("network", "input", "rounding", "set", "memory", "batch", "dtype", "reading")


def assignments() -> tuple[str, ...]:
    """Return the names of the assignments that come with the package, ``assignments/decks``, sorted."""
    return tuple(sorted(f"{ROOM}/{path.stem}" for path in (SHELF / ROOM).glob("*.yaml")))


def find_assignment(name: str) -> Assignment:
    """Read the assignment that a text names: a path or a packaged one. Raises Unreadable, SpecError, SeveralErrors."""
    text, file = assignment_text(name)
    return read_assignment(text, file=file)


def assignment_text(name: str) -> tuple[str, str]:
    """Return the text of the assignment that is named so, and its file. Raises Unreadable."""
    path = SHELF / f"{name}.yaml" if name in assignments() else Path(name)
    try:
        text = read_bytes(path)
    except Unreadable as error:
        near = tuple(f"did you mean {other}?" for other in nearest(name, assignments()))
        raise Unreadable(error.message, ways_out=near or (*assignments(), "my-assignment.yaml")) from None
    return decode(text, str(path)), str(path)


def read_assignment(text: str | bytes, *, file: str | None = None) -> Assignment:
    """Read an assignment. Raises a SpecError, or SeveralErrors with the first twenty."""
    return _Reader(read_yaml(text, file=file), Problems(file)).read()


class _Reader:
    """One assignment while it is read."""

    def __init__(self, root: Node, problems: Problems) -> None:
        self.root = root
        self.problems = problems
        self.names: set[str] = set()
        self.shared: Any = None
        self.given: set[str] = set()

    def read(self) -> Assignment:
        """Return the assignment, or raise all that is wrong with it."""
        if not isinstance(self.root, Mapping):
            message = "an assignment starts with keys: name, questions, designs"
            raise NotationError(message, where=self.problems.where(self.root), ways_out=("name: my exercises",))
        self.shared = self.validated(FileFields, self.root)
        self.given = set(self.root.pairs)
        listed = [(node, True) for node in self.listed(self.root, "questions")]
        listed += [(node, False) for node in self.listed(self.root, "designs")]
        if not listed:
            ways_out = ("questions: [{name: q1, quantity: depth, network: vgg16}]",)
            self.problems.note(MissingKey("nothing is asked", ways_out=ways_out), self.problems.where(self.root))
        questions: list[Question] = []
        designs: list[Design] = []
        for node, is_question in listed:
            if is_question:
                questions += self.questions(node)
            else:
                designs += self.designs(node)
            if len(questions) + sum(len(one.requirements) for one in designs) > MOST_QUESTIONS:
                error = BadValue(f"more than {MOST_QUESTIONS} questions", ways_out=("several assignments",))
                raise error.at(self.problems.where(node))
        self.problems.stop()
        found = self.shared
        return Assignment(found.name, tuple(questions), tuple(designs), found.source, found.feedback)

    def listed(self, node: Mapping, key: str) -> list[Node]:
        """Return what is listed under a key."""
        value = node.pairs[key][1] if key in node.pairs else None
        if value is None or isinstance(value, Sequence):
            return value.items if value else []
        self.problems.note(NotationError(f"{key} is a list", ways_out=(f"{key}: [...]",)), self.problems.where(value))
        return []

    def questions(self, node: Node) -> list[Question]:
        """Return a question, or one for each of its rows."""
        found = self.validated(QuestionFields, node)
        if found is None or self.shared is None or not isinstance(node, Mapping):
            return []
        self.claim_name(found.name, node)
        note_unread(node, found.quantity, self.problems)
        own = set(node.pairs)
        settings = {key: getattr(found if key in own else self.shared, key) for key in _SHARED}
        place = self.problems.where(node)
        claim = Claim(found.quantity, "", layer=found.layer, place=place, **settings)
        claim = claim._replace(**{key: getattr(found, key) for key in OF_EXAMPLES})
        accepted = self.accepted(found, own)
        slips = tuple({**dict(self.shared.slips), **dict(found.slips)}.items())
        choices = found.choices if "choices" in own else self.shared.choices
        template = template_of(found, self.shared, claim, self.problems)
        question = Question(found.name, found.points, claim, found.ask, accepted, slips, template, choices)
        if found.layers is None:
            return [question]
        points = found.points / len(found.layers)
        rows = list(dict.fromkeys(found.layers))
        for row in rows:
            self.claim_name(f"{found.name}.{row}", node)
        if found.layer is not None or len(rows) < len(found.layers):
            error = BadValue("layers are rows, each once, in place of a layer", ways_out=("layers: [conv1, pool1]",))
            self.problems.note(error, place)
        row_of = question._replace
        return [row_of(name=f"{found.name}.{row}", points=points, claim=claim._replace(layer=row)) for row in rows]

    def accepted(self, found: Any, own: set[str]) -> Accepted:
        """Return how near an answer must come, by the question or else by the assignment."""
        chosen = {
            key: getattr(found if key in own else self.shared, key) for key in ("digits", "tolerance", "unit", "layout")
        }
        if found.quantity not in BYTES_PER:
            chosen["unit"] = None  # the assignment's, for questions in bytes
        tolerance, relative = chosen["tolerance"] or (None, False)
        return Accepted(chosen["digits"], tolerance, relative, chosen["unit"], chosen["layout"])

    def designs(self, node: Node) -> list[Design]:
        """Return a design."""
        found = self.validated(DesignFields, node)
        if found is None or not isinstance(node, Mapping):
            return []
        self.claim_name(found.name, node)
        requirements = []
        listed = self.listed(node, "require")
        for one in listed:
            model = self.validated(RequirementFields, one)
            try:
                requirements += [(read_requirement(model.that), model.points)] if model else []
            except CnncalcError as error:
                self.problems.note(error, self.problems.where(find(one, ("that",))))
        if not listed:
            ways_out = ("require: [{that: parameters <= 100K, points: 1}]",)
            self.problems.note(MissingKey("nothing is required", ways_out=ways_out), self.problems.where(node))
        return [Design(found.name, tuple(requirements), found.ask, found.leaderboard)]

    def claim_name(self, name: str, node: Node) -> None:
        """Note a name that is taken, by another question or by what a submission may hold."""
        if name in self.names or name in NOT_ANSWERS:
            error = BadValue(f"the name {shorten(name)!r} is taken", ways_out=("another name",))
            self.problems.note(error, self.problems.where(node))
        self.names.add(name)

    def validated(self, model: type[BaseModel], node: Node) -> Any:
        """Return a mapping's values, or note what is wrong with them."""
        where = self.problems.where(node)
        if not isinstance(node, Mapping):
            way_out = "{that: parameters <= 100K, points: 1}" if model is RequirementFields else "{name: q1, …}"
            self.problems.note(NotationError("must be keys with values", ways_out=(way_out,)), where)
            return None
        inner = ("questions", "designs", "require")
        data = {key: () if key in inner else _value(key, value) for key, (_, value) in node.pairs.items()}
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.problems.note_fields(error, node, (model,), where)
            for one in self.problems.errors:
                one.ways_out = one.ways_out or WAYS_OUT.get(one.message.partition(":")[0], ())
            return None


def _value(key: str, node: Node) -> Any:
    return texts(node) if key in _AS_WRITTEN else plain(node)
