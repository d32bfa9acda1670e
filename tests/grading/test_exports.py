"""Papers for people and for those who ask them: Markdown, JSON, Moodle XML, GIFT; what a stranger wrote stays text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from fractions import Fraction
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.grading.file import read_assignment
from cnncalc.grading.paper import Paper, draw_paper, quiz
from cnncalc.render import gift, moodle, papers

DRAWN, DECKS = "assignments/drawn", "assignments/decks"

EVIL = "<script>alert(1)</script> a=b ~c #d {e} f:g \\h ]]> & %100% // -> **bold** `x` [y](z) | $m$ ::t:: \u202e end"
HOSTILE = json.dumps(
    {
        "name": EVIL,
        "slips": {"biases forgotten": "1/2"},
        "questions": [
            {"name": "one", "ask": EVIL, "network": "conv5-10/p2", "input": "32x32x3", "quantity": "parameters"},
            {"name": "two", "ask": f"{EVIL}\n\n::new:: q {{}}\n// no", "network": "vgg16", "quantity": "depth"},
            {"name": "three", "ask": "$CATEGORY: x", "network": "lenet5", "quantity": "output_shape", "layers": ["C*"]},
        ],
        "designs": [{"name": "small", "ask": EVIL, "require": [{"that": "parameters <= 100K"}]}],
    }
).replace('"C*"', '"C1"')
SHOWN = EVIL.replace("\u202e", "\\u202e")
"""What a reader is to see: the sign that turns a line round as its number."""


def hostile() -> Paper:
    """Draw the hostile paper."""
    return draw_paper(HOSTILE, EVIL[:50])


# -- Markdown and JSON --


def test_the_sheet_holds_no_key() -> None:
    """No slip is named on it; with --key a page behind it says letter, sum and slips."""
    paper = quiz(DRAWN, 1)
    sheet, keyed = papers.as_markdown(paper), papers.as_markdown(paper, key=True)
    assert keyed.startswith(sheet)
    assert "forgotten" not in sheet
    assert "## Key" not in sheet
    assert "1. C: 14x14x64; \\(H − F \\+ 2·P\\)/S \\+ 1 = \\(14 − 3 \\+ 2·1\\)/1 \\+ 1 = 14" in keyed
    assert "A: padding counted once; B: padding counted twice; D: filter forgotten" in keyed
    assert sheet.count("\n    ____") == 2


def test_the_json_without_a_key_tells_nothing() -> None:
    """Texts only; with the key, also answers, sums and slips."""
    paper = quiz(DRAWN, 1)
    plain, keyed = json.loads(papers.as_json(paper)), json.loads(papers.as_json(paper, key=True))
    assert plain["seed"] == "1"
    assert set(plain["questions"][0]) == {"name", "ask", "points", "choices"}
    assert plain["questions"][0]["choices"] == [choice["text"] for choice in keyed["questions"][0]["choices"]]
    assert keyed["questions"][2]["answer"] == f"{3 * 3 * 16 * 64 * 14 * 14:,}"
    assert [choice["right"] for choice in keyed["questions"][0]["choices"]] == [False, False, True, False]


def test_markdown_stays_text() -> None:
    """Every sign that means something is behind a backslash."""
    sheet = papers.as_markdown(hostile(), key=True)
    assert "\\<script\\>" in sheet
    assert "<script>" not in sheet.replace("\\<", "").replace("\\>", "")
    assert "\\*\\*bold\\*\\*" in sheet
    assert "\\[y\\]\\(z\\)" in sheet
    assert "\u202e" not in sheet
    assert sheet.count("\n1. ") == 2  # the question and its key: no line of it became another question


# -- Moodle XML --

MOODLE_FRACTIONS = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571,
                    12.5, 11.11111, 10, 5, 0}  # fmt: skip
"""question_bank::fraction_options of Moodle 4, in percent: an importer refuses others."""


def text_of(element: ET.Element, path: str) -> str:
    """Return a text that must be there."""
    found = element.find(path)
    assert found is not None, path
    return found.text or ""


@pytest.mark.parametrize("paper", [quiz(DRAWN, 1), quiz(DECKS, 1), hostile()], ids=["drawn", "decks", "hostile"])
def test_moodles_structure(paper: Paper) -> None:
    """A category, then per question what `import_multichoice` and its kin of question/format/xml/format.php read."""
    root = ET.fromstring(moodle.as_moodle(paper))  # noqa: S314 - our own text
    assert root.tag == "quiz"
    category, *questions = root.findall("question")
    assert text_of(category, "category/text").startswith("$course$/top/")
    assert len(questions) == len(paper.asked) + len(paper.assignment.designs)
    for question in questions:
        kind = question.get("type")
        assert text_of(question, "name/text")
        assert text_of(question, "questiontext/text").startswith("<p>")
        assert float(text_of(question, "defaultgrade")) >= 0
        answers = question.findall("answer")
        fractions = [float(answer.get("fraction", "")) for answer in answers]
        assert set(fractions) <= MOODLE_FRACTIONS
        assert all(text_of(answer, "text") for answer in answers)
        assert all(answer.find("feedback/text") is not None for answer in answers)
        if kind == "essay":
            assert text_of(question, "responseformat") == "editor"
        else:
            assert max(fractions) == 100
        if kind == "multichoice":
            assert text_of(question, "single") == "true"
            assert fractions.count(100) == 1
        assert all(float(text_of(answer, "tolerance")) >= 0 for answer in answers if kind == "numerical")


def test_moodle_numbers() -> None:
    """MB are asked for as MB, to half the last digit; a number that is too large is a text; a slip gets its half."""
    text = """
name: e
choices: 0
slips: {biases forgotten: 1/2}
questions:
  - {name: memory, network: vgg16, quantity: activation_bytes, unit: MB, digits: 2}
  - {name: parameters, network: conv5-10/p2, input: 32x32x3, quantity: parameters}
  - {name: large, network: conv3-90000/p1, input: 90000x90000x90000, quantity: macs}
  - {name: field, network: conv3-4 conv3-4, input: 9x9x1, quantity: receptive_field}
  - {name: misfit, network: conv3-4/s3/p0, input: 7x7x1, quantity: output_shape}
"""
    root = ET.fromstring(moodle.as_moodle(draw_paper(text, 1)))  # noqa: S314
    memory, parameters, large, field, misfit = root.findall("question")[1:]
    assert (memory.get("type"), text_of(memory, "answer/text")) == ("numerical", "60.950432")  # the deck: 61 MB
    assert text_of(memory, "answer/tolerance") == "0.5"
    by_hand = (str(760 * 32 * 32), str(5 * 3 * 10 + 10), str(2 * 750))  # not shared, one side, a bias for each weight
    found = {text_of(answer, "text"): answer.get("fraction") for answer in parameters.findall("answer")}
    assert found == {"760": "100", "750": "50", "260": "0"} | dict.fromkeys(by_hand, "0")
    assert large.get("type") == "shortanswer"
    assert text_of(large, "answer/text").replace(",", "") == str(9 * 90000**4)
    fields = {text_of(answer, "text") for answer in field.findall("answer")}
    assert {"5x5", "5×5", "5 x 5", "5", "(5, 5)"} <= fields
    assert "5*5" not in fields  # to Moodle a star is anything; it is escaped
    assert text_of(misfit, "answer/text") == "does not fit"


def test_moodle_shows_what_was_written() -> None:
    """XML and then HTML undone, a question says what its author wrote, and there is no element in it."""
    root = ET.fromstring(moodle.as_moodle(hostile()))  # noqa: S314
    question = root.findall("question")[1]
    said = text_of(question, "questiontext/text")
    assert unescape(said.removeprefix("<p>").removesuffix("</p>")) == SHOWN
    assert "<" not in said.removeprefix("<p>").removesuffix("</p>")
    assert "script" in text_of(root, "question/category/text")


# -- GIFT --


def test_gift_escapes() -> None:
    """Each of its signs, after those of HTML; no line of a text starts a question, a comment or a category."""
    assert gift.gift("~=#{}:\\") == "\\~\\=\\#\\{\\}\\:\\\\"
    assert gift.gift("<b>&") == "&lt;b&gt;&amp;"
    text = gift.as_gift(hostile())
    assert "<script>" not in text
    assert not any(line.startswith("//") for line in text.splitlines())
    assert [line[:11] for line in text.splitlines() if line.startswith(("::", "$"))] == [
        "$CATEGORY: ", "::01 one:: ", "::02 two:: ", "::03 three.", "::04 small:",
    ]  # fmt: skip


PARSE = "console.log(JSON.stringify(require('gift-pegjs').parse(require('fs').readFileSync(0, 'utf8'))))"


def parsed(text: str) -> list[dict[str, object]]:
    """Return what gift-pegjs reads; skip where it is not found: `npm install gift-pegjs` here, or NODE_PATH."""
    node = shutil.which("node")
    places = [Path(place) for place in os.environ.get("NODE_PATH", "").split(os.pathsep) if place]
    places += [folder / "node_modules" for folder in Path(__file__).parents]
    home = next((place for place in places if (place / "gift-pegjs").is_dir()), None)
    if node is None or home is None:
        pytest.skip("needs node and gift-pegjs: npm install gift-pegjs")
    done = subprocess.run(  # noqa: S603 - a fixed line
        [node, "-e", PARSE], input=text, env={**os.environ, "NODE_PATH": str(home)},
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:500]
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("name", [DRAWN, DECKS])
def test_another_parser_reads_the_gift(name: str) -> None:
    """gift-pegjs finds every question, its kind, and the right choice among as many as there are."""
    paper = quiz(name, 1)
    category, *found = parsed(gift.as_gift(paper))
    assert category["type"] == "Category"
    kinds = [{"multichoice": "MC", "numerical": "Numerical", "shortanswer": "Short"}[gift.kind_of(one)]
             for one in paper.asked]  # fmt: skip
    assert [one["type"] for one in found] == [*kinds, *("Essay" for _ in paper.assignment.designs)]
    for asked, one in zip(paper.asked, found, strict=False):
        choices = one["choices"]
        assert isinstance(choices, list)
        if asked.choices:
            assert [choice["text"]["text"] for choice in choices] == [choice.text for choice in asked.choices]
            assert [choice["isCorrect"] for choice in choices] == [choice.right for choice in asked.choices]


def test_another_parser_reads_the_hostile_gift() -> None:
    """Its stems, with HTML undone, are what the author wrote."""
    _, one, two, three, four = parsed(gift.as_gift(hostile()))
    assert unescape(one["stem"]["text"]) == SHOWN  # type: ignore[index]
    assert unescape(two["stem"]["text"]) == SHOWN + " ::new:: q {} // no"  # type: ignore[index]
    assert unescape(three["stem"]["text"]) == "$CATEGORY: x [C1]"  # type: ignore[index]
    assert four["type"] == "Essay"


# -- the command --


@pytest.mark.parametrize("format", ["markdown", "json", "yaml", "moodle", "gift"])
def test_the_command_writes_each_format(format: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: A002
    """Status 0, on stdout; the same again."""
    arguments = ["quiz", DRAWN, "--seed", "1", "--format", format]
    assert run(arguments) == 0
    first = capsys.readouterr()
    assert run(arguments) == 0
    assert capsys.readouterr() == first
    assert first.err == ""
    start = {"markdown": "# Exercises", "json": "{", "yaml": "name: ", "moodle": "<?xml", "gift": "$CATEGORY"}
    assert first.out.startswith(start[format])


def test_a_paper_that_is_an_assignment_has_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked for it, the command says which formats do."""
    assert run(["quiz", DRAWN, "--seed", "1", "--format", "yaml", "--key"]) == 2
    assert "--format json --key" in capsys.readouterr().err


ASKED_IN = [  # a question of bytes in a unit, answers that grade takes, answers that it does not
    ("network: conv3-8/s1/p1, input: 31x31x3, unit: MB, digits: 2", ["0.042", "0.0423"], ["0", "0.05", "0.04"]),
    ("network: vgg16, unit: MB", ["61.0", "60.95", "60.950432"], ["61.1", "60.8"]),
    ("network: vgg16, unit: GB", ["0.0610", "0.060950432"], ["0.061950432", "0.0605"]),
    ("network: vgg16, unit: GB, digits: 3", ["0.0610"], ["0.056"]),
    ("network: vgg16, unit: B", ["60950432"], ["60950433"]),
]


@pytest.mark.parametrize(("question", "right", "wrong"), ASKED_IN)
def test_moodle_marks_as_grade_does(question: str, right: list[str], wrong: list[str]) -> None:
    """What grade takes lies within the tolerance that Moodle is told, and what it does not lies outside."""
    text = f"{{name: e, questions: [{{name: q, {question}, quantity: activation_bytes, choices: 0}}]}}"
    root = ET.fromstring(moodle.as_moodle(draw_paper(text, 1)))  # noqa: S314
    answer = next(one for one in root.findall("question")[1].findall("answer") if one.get("fraction") == "100")
    value, off = (Fraction(text_of(answer, name)) for name in ("text", "tolerance"))
    for given, full in [*((one, True) for one in right), *((one, False) for one in wrong)]:
        assert cnncalc.grade(read_assignment(text), {"q": given}).items[0].is_full is full
        assert (abs(Fraction(given) - value) <= off) is full
