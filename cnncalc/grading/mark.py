"""A submission is marked: every question and requirement in the assignment's order, whatever was handed in.

What a student is told is made in one place and by level. At `score` it is right, partly right, wrong, missing or
unreadable; at `hint` also the slip's name and the rule in letters; only `full` shows a value of the key or its sum.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from cnncalc.claims.quantities import quantity_of
from cnncalc.claims.verdict import DOES_NOT_FOLLOW
from cnncalc.errors import CnncalcError, ShapeError, StrideMisfit, TooLarge
from cnncalc.grading import requirement as required
from cnncalc.grading.assignment import Assignment, Design
from cnncalc.grading.judge import Found
from cnncalc.grading.judge import judge as judge_answer
from cnncalc.grading.key import Key, Right
from cnncalc.grading.marks import MET, MISSING, NOT_MET, PARTLY, RIGHT, UNREADABLE, WRONG, Item, Marks
from cnncalc.grading.requirement import EVERY_STRIDE_FITS, Requirement
from cnncalc.grading.slips import RULES, SAYS, TOO_FEW_DIGITS
from cnncalc.grading.submission import Submission
from cnncalc.ledger import Ledger, tally
from cnncalc.network import Network, build
from cnncalc.spec.nodes import Node
from cnncalc.spec.read import read_spec
from cnncalc.volume import few, nearest, shorten

NOTHING = Fraction(0)
MOST_LAYERS = 5_000
"""So many layers of a designed network are counted; ResNet-152 has 515."""

_NAMED = 5
"""So many names that nothing asks for are said."""


def mark(key: Key, submission: Submission, level: str | None = None) -> Marks:
    """Mark a submission; `level` is how much is told, the assignment's if not given."""
    assignment = key.assignment
    level = level or assignment.feedback
    answers = submission.answers
    items = [_marked(right, judge_answer(right, answers.get(right.question.name)), level) for right in key.rights]
    board: list[tuple[str, int]] = []
    notes = [_unasked(assignment, submission)]
    for design in assignment.designs:
        marked, listed, idle = _marked_design(design, _handed_in(design, assignment, submission), level)
        if idle:
            shown = few([shorten(name) for name in idle], _NAMED)
            notes.append(f"{design.name}: the last layer does without {shown}, which is not counted")
        if design.name in answers and marked[0].verdict == MISSING:
            marked = _refused(design, UNREADABLE, "A design is a network: the keys name, input and layers.", level)
        items += marked
        board += listed
    return Marks(assignment.name, tuple(items), "; ".join(note for note in notes if note), level, tuple(board))


def nothing(assignment: Assignment, reason: str, level: str | None = None) -> Marks:
    """Return no marks for what could not be read, with the reason; nothing of the key is in it."""
    asked = [(question.name, question.points) for question in assignment.questions]
    asked += [(f"{one.name}: {need.text}", points) for one in assignment.designs for need, points in one.requirements]
    items = tuple(Item(name, NOTHING, points, UNREADABLE) for name, points in asked)
    return Marks(assignment.name, items, reason, level or assignment.feedback)


def say_error(error: CnncalcError) -> str:
    """Say what is wrong with a submission: its own text, its place, its ways out. Nothing else is known here."""
    first = error.errors[0]
    more = f" (and {len(error.errors) - 1} more)" if len(error.errors) > 1 else ""
    place = f"{first.where}: " if str(first.where) else ""
    formula = f" [{first.sum}]" if first.formula else ""
    ways_out = f" Ways out: {' · '.join(first.ways_out)}" if first.ways_out else ""
    return f"{place}{first.message}{formula}{more}.{ways_out}"


def _marked(right: Right, found: Found, level: str) -> Item:
    question, slip = right.question, found.slip
    if slip == TOO_FEW_DIGITS and not found.share and level != "full":
        found = Found(DOES_NOT_FOLLOW, why=found.why)  # else a key could be asked for digit by digit
    score = question.points * found.share
    told = _coarse(found) if level == "score" else found.verdict
    return Item(question.name, score, question.points, told, _feedback(right, found, level), slip)


def _coarse(found: Found) -> str:
    if found.verdict in {MISSING, UNREADABLE}:
        return found.verdict
    return {Fraction(1): RIGHT, NOTHING: WRONG}.get(found.share, PARTLY)


def _feedback(right: Right, found: Found, level: str) -> str:
    """Return what a student is told. The value and its sum are said in full feedback only."""
    if level == "score":
        return ""
    rule = RULES.get(right.question.claim.quantity, "")
    says = ["There is no answer." if found.verdict == MISSING else found.why]
    says += [SAYS[found.slip]] if found.slip in SAYS and SAYS[found.slip] not in says else []
    if level == "full":
        says.append(f"Right: {right.written()}" + (f"; {right.sum}" if right.sum else "") + ".")
    elif found.verdict == DOES_NOT_FOLLOW:
        says.append(rule)
    return " ".join(part for part in says if part)


def _unasked(assignment: Assignment, submission: Submission) -> str:
    """Say which answers belong to no question: most often a slip in a name."""
    asked = [question.name for question in assignment.questions]
    designs = [design.name for design in assignment.designs]
    alone = len(designs) == len(submission.networks) == 1
    known = {*asked, *designs}
    strange = [(name, asked, "what has no name") for name in submission.answers if name not in known]
    unmet = [design for design in designs if design not in submission.networks]
    strange += [(name, unmet, "a network") for name in submission.networks if name not in designs and not alone]
    if not strange:
        return ""
    return f"nothing asks for {few([_strange(*one) for one in strange[: _NAMED + 1]], _NAMED)}"


def _strange(name: str, asked: list[str], nameless: str) -> str:
    """Return a name that nothing asks for, with the one that was meant, if it is near."""
    rows = [other for other in asked if name and other.startswith(f"{name}.")]
    near = rows or nearest(name.lower(), asked)
    if not near:
        return shorten(name) or nameless
    return f"{shorten(name)} (row by row: {rows[0]})" if rows else f"{shorten(name)} (did you mean {near[0]}?)"


def _handed_in(design: Design, assignment: Assignment, submission: Submission) -> Node | None:
    """Return the network that answers a design: the one of its name, or the only one."""
    networks = submission.networks
    if design.name in networks:
        return networks[design.name]
    alone = len(assignment.designs) == 1 and len(networks) == 1
    return next(iter(networks.values())) if alone else None


def _marked_design(
    design: Design, node: Node | None, level: str
) -> tuple[list[Item], list[tuple[str, int]], tuple[str, ...]]:
    """Return what each requirement gets, what is listed of the network, and its layers that lead nowhere."""
    if node is None:
        return _refused(design, MISSING, "There is no network.", level), [], ()
    try:
        network, ledger, idle = _built(node, design)
    except CnncalcError as error:
        return _refused(design, UNREADABLE, _say_misfit(error, level), level), [], ()
    if network.conditions is not None:
        return _refused(design, UNREADABLE, "A network has numbers for sizes, not letters.", level), [], ()
    judged = [required.judge(need, network, ledger) for need, _ in design.requirements]
    asked = zip(design.requirements, judged, strict=True)
    items = [_required(design, need, points, met, level) for (need, points), met in asked]
    if not all(met.met for met in judged):
        return items, [], idle  # else the network of a question would be worked out here, and its answer listed
    listed = ((name, quantity_of(ledger, None, name)) for name in design.leaderboard)
    return items, [(name, value) for name, value in listed if isinstance(value, int)], idle


def _built(node: Node, design: Design) -> tuple[Network, Ledger, tuple[str, ...]]:
    """Build what the last layer needs of a network, and name what it does not need.

    Where strides must fit and do not, that is one requirement: the others see the network rounded down.
    """
    spec = read_spec(node)
    if len(spec.entries) > MOST_LAYERS:
        raise TooLarge(f"more than {MOST_LAYERS:,} layers", ways_out=("repeat fewer times",))
    try:
        network = build(spec)
    except StrideMisfit:
        if not any(need.subject == EVERY_STRIDE_FITS for need, _ in design.requirements):
            raise
        network = build(spec, rounding="floor")
    network, idle = _needed(network)
    return network, tally(network), idle


def _needed(network: Network) -> tuple[Network, tuple[str, ...]]:
    """Return a network without the layers that lead nowhere, which would meet a requirement for nothing; and those."""
    needed = {network.nodes[-1].name}
    for node in reversed(network.nodes):
        if node.name in needed:
            needed |= {*node.inputs, *([node.share] if node.share else [])}
    idle = tuple(node.name for node in network.nodes if node.name not in needed)
    return replace(network, nodes=tuple(node for node in network.nodes if node.name in needed)), idle


def _refused(design: Design, verdict: str, why: str, level: str) -> list[Item]:
    why = "" if level == "score" else why
    return [Item(f"{design.name}: {need.text}", NOTHING, points, verdict, why) for need, points in design.requirements]


def _say_misfit(error: CnncalcError, level: str) -> str:
    """Say what is wrong with a network. What was worked out about it is for full feedback: it may be asked as well."""
    if level == "full" or not isinstance(error.errors[0], ShapeError):
        return say_error(error)
    return f"{error.where}: a layer cannot take what comes in ({error.errors[0].code})."


def _required(design: Design, need: Requirement, points: Fraction, met: required.Met, level: str) -> Item:
    words = (RIGHT, WRONG) if level == "score" else (MET, NOT_MET)
    score, word = (points, words[0]) if met.met else (NOTHING, words[1])
    hint = "" if met.met else RULES.get(need.subject, "")
    told = {"score": "", "hint": hint, "full": f"{met.says}."}[level]
    return Item(f"{design.name}: {need.text}", score, points, word, told)
