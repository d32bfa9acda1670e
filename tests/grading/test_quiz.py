"""Papers: the same seed gives the same one, strides fit as asked, wrong choices are distinct and slips."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

import pytest

import cnncalc
from cnncalc.cli import run
from cnncalc.errors import CnncalcError, TooLarge
from cnncalc.grading.choices import written_answer
from cnncalc.grading.dice import Dice
from cnncalc.grading.file import assignment_text, read_assignment
from cnncalc.grading.key import make_key
from cnncalc.grading.marks import RIGHT
from cnncalc.grading.paper import Asked, Paper, draw, draw_paper, quiz
from cnncalc.grading.wording import in_words

DRAWN = "assignments/drawn"
SEEDS = 1_000  # benchmarks/bench_quiz.py holds 10,000 and more to the same

VOLUME = """
name: e
questions:
  - name: volume
    ask: "{side} {filters} {kernel} {stride} {pad}"
    network: conv{kernel}-{filters}/s{stride}/p{pad}
    input: "{side}x{side}x3"
    quantity: output_shape
    vary: {side: 7..64, filters: 8..64 step 8, kernel: [3, 5, 7], stride: 1..3, pad: 1..3}
    choices: 4
"""


# -- the generator --


def test_the_dice_are_sha256() -> None:
    """`printf '7␟q1␟0' | sha256sum` starts with 5fc0e0e346c0b30d, and so on; each is taken modulo six."""
    dice = Dice("7", "q1")
    digests = (0x5FC0E0E346C0B30D, 0xEBEDEAC0030D3234, 0xCA25520C4740FC71, 0x705B9B08B0544175)
    assert [dice.below(6) for _ in digests] == [digest % 6 for digest in digests] == [1, 2, 5, 1]


def test_the_dice_are_fair() -> None:
    """Of 6,000 throws each face has about a thousand (five deviations of 29), and every order of three turns up."""
    dice = Dice("fair")
    thrown = Counter(dice.below(6) for _ in range(6_000))
    assert set(thrown) == set(range(6))
    assert all(abs(count - 1_000) < 5 * 29 for count in thrown.values())
    orders = Counter(tuple(dice.shuffled("abc")) for _ in range(600))
    assert len(orders) == 6
    assert min(orders.values()) > 50


def test_what_would_favour_small_numbers_is_thrown_again() -> None:
    """Of 2^63 + 1 numbers nearly half of all throws are over: none comes out, and the stream goes on."""
    dice = Dice("1")
    assert all(dice.below(2**63 + 1) <= 2**63 for _ in range(50))
    assert dice._thrown > 60  # noqa: SLF001 - how often it was thrown is nobody's business but this test's


# -- the same seed, the same paper --

GOLDEN = {  # what these seeds gave when papers were new: nobody's paper may change under them
    "1": (14, 16, 64, 3, 1, 1, ["13x13x64", "16x16x64", "14x14x64", "17x17x64"]),
    "ada": (8, 16, 16, 7, 1, 1, None),
}


@pytest.mark.parametrize("seed", GOLDEN)
def test_a_seed_keeps_its_paper(seed: str) -> None:
    """On every machine and Python; a number is the same seed as its digits."""
    *numbers, choices = GOLDEN[seed]
    paper = quiz(DRAWN, int(seed) if seed.isdigit() else seed)
    assert list(paper.drawn[""].values()) == numbers
    if choices:
        assert [choice.text for choice in paper.asked[0].choices] == choices
        assert paper.drawn["misfit"] == {"side": 24, "kernel": 5, "stride": 2}
    again = quiz(DRAWN, seed)
    assert again.text == paper.text
    assert [asked.choices for asked in again.asked] == [asked.choices for asked in paper.asked]
    assert quiz(DRAWN, seed + "0").drawn != paper.drawn


def test_another_question_changes_nothing_in_the_others() -> None:
    """Each draws from the seed and its own name."""
    other = VOLUME.replace("questions:", "questions:\n  - {name: q0, network: vgg16, quantity: depth}")
    alone, together = draw_paper(VOLUME, 3), draw_paper(other, 3)
    assert together.asked[-1].choices == alone.asked[0].choices
    assert together.drawn == alone.drawn


# -- what is drawn --


def check_volume(asked: Asked) -> None:
    """Hold a volume question against the lecture's formula, worked out here."""
    side, filters, kernel, stride, pad = map(int, asked.right.question.ask.split())
    assert (side - kernel + 2 * pad) % stride == 0
    size = (side - kernel + 2 * pad) // stride + 1
    slips = {
        "padding forgotten": (side - kernel) // stride + 1,
        "padding counted once": (side - kernel + pad) // stride + 1,
        "+ 1 forgotten": size - 1,
        "stride forgotten": side - kernel + 2 * pad + 1,
        "filter forgotten": (side + 2 * pad) // stride + 1,
        "padding counted twice": (side - kernel + 4 * pad) // stride + 1,
    }
    for choice in asked.choices:
        expected = size if choice.right else slips[choice.slip]
        assert choice.text == f"{expected}x{expected}x{filters}"
    assert len({choice.text for choice in asked.choices}) == 4
    assert sum(choice.right for choice in asked.choices) == 1


def test_a_thousand_seeds() -> None:
    """Every stride fits, the four choices are distinct, one is right, each other what its slip gives."""
    template = read_assignment(VOLUME)
    places, ranks = Counter(), Counter()
    for seed in range(SEEDS):
        _, (asked,), _ = draw(template, str(seed))
        check_volume(asked)
        places[[choice.right for choice in asked.choices].index(True)] += 1
        sides = {int(choice.text.partition("x")[0]): choice.right for choice in asked.choices}
        ranks[[sides[side] for side in sorted(sides)].index(True)] += 1
    assert all(abs(count - SEEDS / 4) < 5 * 14 for count in places.values())  # five deviations: nobody can guess it
    assert max(ranks.values()) < SEEDS / 2  # nor take the largest, or the second


def test_every_question_of_the_packaged_template() -> None:
    """Fits and misfits as asked; judged like answers, exactly one choice is right."""
    words = Counter()
    for seed in range(20):
        paper = quiz(DRAWN, seed)
        by_name = {asked.right.question.name: asked for asked in paper.asked}
        for name in ("volume", "misfit", "fits", "pool"):
            numbers = paper.drawn.get(name, paper.drawn[""])
            pad = numbers.get("pad", 0)
            rest = (numbers["side"] - numbers["kernel"] + 2 * pad) % numbers["stride"]
            written = by_name[name].right.written()
            assert (rest == 0) == (not written.startswith("does not fit"))
            words[name, rest == 0] += 1
        assert by_name["macs"].choices == by_name["field"].choices == ()
        for asked in paper.asked:
            assert sum(choice.right for choice in asked.choices) == bool(asked.choices)
            written = written_answer(asked.right)
            assert graded(paper, {asked.right.question.name: written})[asked.right.question.name] == 1
            for choice in asked.choices:
                share = graded(paper, {asked.right.question.name: choice.text})[asked.right.question.name]
                assert (share == 1) is choice.right
    assert words["volume", False] == words["pool", False] == words["misfit", True] == 0
    assert min(words["fits", True], words["fits", False]) > 3  # a coin decides


def graded(paper: Paper, answers: dict[str, str]) -> dict[str, Fraction]:
    """Return the share of the points that answers to a paper get, as `cnncalc grade` marks them."""
    marks = cnncalc.grade(paper.assignment, answers, feedback="score")
    return {item.name: item.score / item.max_score for item in marks.items}


def test_a_paper_is_an_assignment() -> None:
    """Its text is read again, has no braces left and the same key; answers to it are graded."""
    paper = quiz(DRAWN, "ada")
    again = read_assignment(paper.text)
    assert not re.search(r"\{[a-z]+\}|vary|fits:", paper.text)
    key = make_key(again)
    assert [right.value for right in key.rights] == [asked.right.value for asked in paper.asked]
    assert [right.question.ask for right in key.rights] == [asked.right.question.ask for asked in paper.asked]
    answers = {right.question.name: written_answer(right) for right in key.rights}
    marks = cnncalc.grade(again, answers, feedback="score")
    assert {item.verdict for item in marks.items} == {RIGHT}
    assert marks.score == again.points == 8


def test_the_papers_text_keeps_what_it_does_not_draw() -> None:
    """Strange texts, numbers as they are written, designs; a text with nothing to draw stays as it is."""
    text = VOLUME.replace("name: e", 'name: "é \\u202e \\U0001f600 \\"x\\\\"').replace(
        "choices: 4", "choices: 4\n    points: 0.50\n    tolerance: 1%"
    )
    text += "designs: [{name: small, require: [{that: parameters <= 100K, points: 2}]}]\n"
    before, after = read_assignment(text), read_assignment(draw_paper(text, 1).text)
    assert (after.name, after.points, after.designs) == (before.name, before.points, before.designs)
    assert after.name == 'é \u202e \U0001f600 "x\\'
    assert after.questions[0].accepted == before.questions[0].accepted
    decks, _ = assignment_text("assignments/decks")
    assert draw_paper(decks, 1).text == decks


# -- what cannot be drawn --

WRONG = [  # what is put in place of what, what is said
    ("side: 7..64", "side: 64..7", "must be a range"),
    ("side: 7..64", "side: 7..6400", "must be a range"),
    ("side: 7..64", "side: 7..64 step 0", "must be a range"),
    ("side: 7..64", "side: 2*3", "must be a range"),
    ("side: 7..64", "side: [1.5]", "must be a range"),
    ("side: 7..64", "side: -3", "must be a range"),
    ("side: 7..64", "side: 999999", "must be a range"),
    ("side: 7..64", "Side: 7..64", "is no name"),
    ("side: 7..64", "side: 7..64, idle: 1..3", "neither network nor input has {idle}"),
    ("{side}x{side}x3", "{size}x{side}x3", "nothing is drawn for {size}"),
    ('ask: "{side}', 'ask: "{__class__}', "nothing is drawn for {__class__}"),
    ("stride: 1..3, pad: 1..3", "stride: [2], pad: [0], side: [8]", "already in line 9"),
    ("7..64, filters: 8..64 step 8, kernel: [3, 5, 7], stride: 1..3", "8, filters: 8, kernel: 3, stride: 2",
     "the strides never fit"),
    ("stride: 1..3, pad: 1..3", "stride: 1, pad: 0", "too few known slips"),
    ("kernel: [3, 5, 7]", "kernel: 999", "no numbers are found in these ranges"),
    ("choices: 4", 'choices: 4\n  - {name: q, network: vgg16, quantity: depth, fits: "no"}', "fits without vary"),
    ("choices: 4", "choices: 7", "must be 0, or from 2 to 6, not 7"),
    ("choices: 4", "choices: 1", "must be 0, or from 2 to 6, not 1"),
    ("choices: 4", "choices: yes", "must be 0, or from 2 to 6"),
    ("choices: 4", "choices: 4\n    fits: maybe", "must be one of yes, no, either"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_templates_that_cannot_be_drawn(old: str, new: str, said: str) -> None:
    """Said at the question's place, with a way out; never a paper with fewer choices than asked for."""
    assert old in VOLUME
    with pytest.raises(CnncalcError) as caught:
        draw_paper(VOLUME.replace(old, new), 1)
    assert said in str(caught.value)
    assert all(error.where.line for error in caught.value.errors)
    assert all(error.ways_out for error in caught.value.errors)


def test_whether_a_stride_fits_has_two_answers() -> None:
    """`choices` for all questions of a paper leaves it its two words; for itself, as well."""
    text = """
name: e
choices: 4
vary: {side: 7..32, filters: 8..16, kernel: [3, 5], stride: 1..3, pad: 1..2}
questions:
  - name: fits
    network: conv{kernel}-{filters}/s{stride}/p{pad}
    input: "{side}x{side}x3"
    quantity: fit
  - {name: volume, network: "conv{kernel}-{filters}/s{stride}/p{pad}", input: "{side}x{side}x3", quantity: output_shape}
"""
    for seed in range(5):
        fits, volume = draw_paper(text, seed).asked
        assert {choice.text for choice in fits.choices} == {"fits", "does not fit"}
        assert len(volume.choices) == 4  # of numbers that both share: they fit


def test_a_network_for_all_is_written_once() -> None:
    """Only what is drawn is said by each question: a paper is not many times its template."""
    text = """
name: e
network: "conv3-8/p1 relu fc-10"
input: "{side}x{side}x3"
vary: {side: [8, 16]}
choices: 0
questions:
  - {name: a, quantity: parameters}
  - {name: b, quantity: macs}
"""
    paper = draw_paper(text, 1)
    assert paper.text.count("conv3-8") == 1
    assert paper.text.count("x3") == 2
    again = read_assignment(paper.text)
    assert [one.claim.network for one in again.questions] == ["conv3-8/p1 relu fc-10"] * 2
    assert [one.claim.input for one in again.questions] == [one.right.question.claim.input for one in paper.asked]


def test_looking_for_numbers_ends() -> None:
    """A long network that never has six slips is given up when a file's work is spent, not a thousand tries later."""
    text = VOLUME.replace("conv{kernel}-{filters}/s{stride}/p{pad}", '"[conv3-{filters}/p1 relu]*900"')
    text = text.replace("choices: 4", "choices: 6").replace(", kernel: [3, 5, 7], stride: 1..3, pad: 1..3", "")
    text = text.replace(" {kernel} {stride} {pad}", "")
    with pytest.raises(TooLarge, match="layers to be counted") as caught:
        draw_paper(text, 1)
    assert caught.value.where.line == 4


def test_what_is_not_drawn_is_not_graded(capsys: pytest.CaptureFixture[str]) -> None:
    """`grade` and the autograder say what to do first; a fixed question with too few slips is refused as well."""
    with pytest.raises(CnncalcError, match="not drawn yet") as caught:
        make_key(read_assignment(VOLUME))
    assert "cnncalc quiz" in caught.value.ways_out[0]
    with pytest.raises(CnncalcError, match="fewer than 3 known slips"):
        draw_paper("{name: e, questions: [{name: q, network: vgg16, quantity: depth, choices: 4}]}", 1)
    assert draw_paper("{name: e, questions: [{name: q, network: vgg16, quantity: depth}]}", 1).asked[0].choices == ()
    assert run(["quiz", "nowhere.yaml"]) == 2
    assert "No such file" in capsys.readouterr().err
    assert run(["quiz", DRAWN]) == 2
    assert "--seed 1" in capsys.readouterr().err
    assert run(["quiz", DRAWN, "--seed", "x" * 101]) == 2
    assert "a seed has 1 to 100 characters" in capsys.readouterr().err


def test_questions_share_what_the_assignment_draws() -> None:
    """The same layer in three questions; rows of one question too; and one that no row's name can break."""
    text = """
name: e
vary: {side: [32, 64], width: 8..64 step 8}
questions:
  - {name: a, ask: "{side}", network: "conv3-{width}/p1 pool2", input: "{side}x{side}x3", quantity: output_shape,
     layers: [conv1, pool1], choices: 0}
  - {name: b, ask: "{side}", network: "conv3-{width}/p1 pool2", input: "{side}x{side}x3", quantity: macs}
  - {name: c, ask: "{side} stays", network: vgg16, quantity: depth}
"""
    paper = draw_paper(text, 5)
    side, width = paper.drawn[""].values()
    written = {asked.right.question.name: asked.right.written() for asked in paper.asked}
    assert written == {
        "a.conv1": f"{side}x{side}x{width}",
        "a.pool1": f"{side // 2}x{side // 2}x{width}",
        "b": f"{9 * 3 * width * side**2:,}",
        "c": "16",
    }
    assert paper.asked[-1].right.question.ask == "{side} stays"
    assert read_assignment(paper.text).questions[-1].ask == "{side} stays"


def test_other_braces_are_no_names() -> None:
    """LaTeX in a question, say: only what can be a name is drawn."""
    old = '"{side} {filters} {kernel} {stride} {pad}"'
    assert old in VOLUME
    ask = draw_paper(VOLUME.replace(old, r"'$\frac{1}{2}$ of {side}'"), 1).asked[0].right.question.ask
    assert ask.startswith(r"$\frac{1}{2}$ of ")
    assert "{side}" not in ask


def test_a_question_without_words_says_what_is_asked() -> None:
    """The numbers of a worked example, and the unit, digits and convention that the answer wants."""
    text = """
name: e
questions:
  - {name: a, values: "0 1 2 / 3 4 5 / 6 7 8", kernel: "0 1 / 2 3", quantity: conv_value}
  - {name: b, network: vgg16, quantity: activation_bytes, unit: MB, digits: 2, batch: 32, memory: buffers}
  - {name: c, network: conv5-10/p2, input: 32x32x3, quantity: output_shape, layout: chw}
  - {name: d, values: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], kernel_size: 3, quantity: pool_value, at: [0, 0]}
"""
    assert [in_words(one) for one in read_assignment(text).questions] == [
        "values 0 1 2 / 3 4 5 / 6 7 8, kernel 0 1 / 2 3: Conv value?",
        "vgg16: Activation bytes? (in MB, to 2 digits, batch 32, counting buffers)",
        "conv5-10/p2 on 32x32x3: The output volume? (C x H x W)",
        "values 1 2 3 / 4 5 6 / 7 8 9, filter 3, kind max, output 0 0: Pool value?",
    ]
