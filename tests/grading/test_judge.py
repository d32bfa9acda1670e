"""Answers: what is right, what is right after a known slip, what is no answer."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.grading.choices import written_answer
from cnncalc.grading.file import read_assignment
from cnncalc.grading.judge import judge
from cnncalc.grading.key import make_key
from cnncalc.grading.marks import Item
from cnncalc.grading.submission import Answer

CONV = "network: conv5-10/p2, input: 32x32x3"  # CS231n: 32x32x3, ten 5x5 filters, stride 1, pad 2: 76·10 = 760
MISFIT = "network: conv3-1/s3/p0, input: 7x7x1"  # CS231n: (7 − 3)/3 + 1 = 2.33, doesn't fit
VGG = "network: vgg16"  # CS231n: 138M parameters; Simonyan and Zisserman: 15.5 billion multiply-adds
WORKED = 'values: "0 1 2 / 3 4 5 / 6 7 8", kernel: "0 1 / 2 3", quantity: conv_value'  # Dive into Deep Learning, 6.1


LONG = f'values: "{" / ".join(["12 34 56 78 91 23 45 67 89 12"] * 6)}", kernel: [[1000]], quantity: conv_value'
LONG_KEY = ", ".join(f"{number}000" for number in ["12", "34", "56", "78", "91", "23", "45", "67", "89", "12"] * 6)


def item(question: str, answer: object, feedback: str = "full") -> Item:
    """Mark one answer to one question."""
    assignment = read_assignment(f"{{name: e, questions: [{{name: q, {question}}}]}}")
    return cnncalc.grade(assignment, {"q": answer}, feedback=feedback).items[0]


RIGHT = [
    (f"{CONV}, quantity: parameters", 760),
    (f"{CONV}, quantity: parameters", "760"),
    (f"{CONV}, quantity: parameters", "760 parameters"),
    (f"{CONV}, quantity: parameters", "0.76K"),
    (f"{CONV}, quantity: parameters", "10x76"),
    (f"{CONV}, quantity: output_shape", "[32x32x10]"),
    (f"{CONV}, quantity: output_shape", "10×32×32"),
    (f"{CONV}, quantity: output_shape", [10, 32, 32]),
    (f"{CONV}, quantity: output_shape, layout: chw", "10x32x32"),
    (f"{VGG}, layer: fc8, quantity: output_shape", "1000"),
    (f"{VGG}, layer: fc8, quantity: output_shape", "1x1x1000"),
    (f"{VGG}, quantity: parameters", "138,357,544"),
    (f"{VGG}, quantity: parameters, digits: 3", "138M"),
    (f"{VGG}, quantity: parameters, digits: 2", "~138 million"),
    (f"{VGG}, quantity: parameters, digits: 3", 138_000_000),
    (f"{VGG}, quantity: parameters, digits: 3", "138,400,000"),
    (f"{VGG}, quantity: macs, digits: 3", "15,500,000,000 MACs"),
    (f"{VGG}, quantity: activation_bytes, digits: 2", "61,000,000 bytes"),
    ("network: conv3-8, input: 7x9x1, quantity: output_shape", "8x7x9"),
    (f"{VGG}, layer: fc8, quantity: output_shape", "1x1000"),
    (f"{CONV}, layer: conv1, quantity: padding", 2),
    ("network: conv5-10/p0, input: 32x32x3, layer: conv1, quantity: padding", "0x0"),
    ("network: conv3x5-1, input: 9x9x1, quantity: receptive_field", "3x5"),
    (f"{VGG}, quantity: parameters, tolerance: 1%", 139_000_000),
    (f"{VGG}, quantity: parameters, tolerance: 500000", 138_000_000),
    (f"{VGG}, quantity: macs, digits: 3", "15.5 GMACs"),
    (f"{VGG}, quantity: activation_bytes, unit: MiB", "58.1"),
    (f"{VGG}, quantity: activation_bytes, unit: B", "60950432"),
    (f"{VGG}, quantity: activation_bytes", "60,950,432 B"),
    (f"{CONV}, quantity: output_shape", "(32, 32, 10)"),
    (f"{CONV}, quantity: output_shape", "32, 32, 10"),
    (f"{VGG}, quantity: activation_bytes, unit: MB", "58.1 MiB"),
    (f"{VGG}, quantity: activation_bytes", "60.95 MB"),
    (f"{VGG}, quantity: activation_bytes", 60_950_432),
    (f"{MISFIT}, quantity: fit", "No"),
    (f"{MISFIT}, quantity: fit", "doesn't fit"),
    (f"{MISFIT}, quantity: fit", "2.33"),
    (f"{MISFIT}, quantity: fit", "It does not fit: 2.33"),
    (f"{MISFIT}, quantity: output_shape", "it does not fit"),
    (f"{MISFIT}, quantity: fit", "7/3"),
    (f"{MISFIT}, quantity: output_shape", "does not fit"),
    (f"{CONV}, quantity: fit", "yes"),
    ("network: conv7-C, input: HxWxC, quantity: weights", "49*C*C"),
    ("network: conv3-4/s2/p0, input: HxWx3, quantity: output_shape", "(H − 1)/2 x (W − 1)/2 x 4"),
    ("network: conv3-4/s2/p0, input: HxWx3, quantity: output_shape", "((H - 1)/2, (W - 1)/2, 4)"),
    ("network: conv3-K, input: HxWxC, quantity: output_shape", "H by W by K"),
    ("network: conv3-K, input: HxWxC, quantity: output_shape", "(H, W, K)"),
    ("network: conv3-K, input: HxWxC, quantity: output_shape", "K x H x W"),
    ("network: conv3-128, input: 112x112x3, quantity: output_shape", "112,112,128"),
    (f"{CONV}, quantity: output_shape", "32by32by10"),
    (f"{CONV}, quantity: output_shape", "10@32x32"),
    (f"{CONV}, quantity: output_shape, layout: chw", "10@32x32"),
    ("network: resnet152, quantity: receptive_field", "1,699"),
    ("network: resnet152, quantity: receptive_field", "~1699"),
    (f"{CONV}, quantity: output_height", "32 pixels"),
    (WORKED, "19 25 / 37 43"),
    (f"{MISFIT}, quantity: fit", "no."),
    (f"{MISFIT}, quantity: fit", "doesnt fit"),
    (f"{CONV}, quantity: fit", "Yes!"),
    (f"{CONV}, quantity: output_shape", "32*32*10"),
    (f"{CONV}, quantity: output_shape", "(32 x 32 x 10)"),
    (f"{CONV}, quantity: output_shape", "32 by 32 by 10."),
    (f"{CONV}, quantity: receptive_field", "5*5"),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "11"),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "11x11"),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "11 x 11 x 1"),
    (f"{CONV}, quantity: parameters", "+760"),
    (f"{CONV}, quantity: parameters", "760."),
    ("network: vgg16, quantity: parameters", "138 357 544"),
    ("network: vgg16, quantity: parameters", "138'357'544 parameters."),
    (f"{MISFIT}, quantity: fit", "No, it does not fit"),
    (f"{CONV}, quantity: receptive_field", "5 x 5 pixels"),
    (f"{CONV}, quantity: receptive_field", "5.0"),
    (f"{CONV}, quantity: output_shape", "32 32 10"),
    (f"{CONV}, quantity: output_shape", [32.0, 32.0, 10.0]),
    ("network: fc-4096, input: 1x1x10, quantity: output_shape", "1x1x4,096"),
    (f"{VGG}, quantity: activation_bytes, unit: MB, digits: 2", "6.1e1"),
    (f"{VGG}, quantity: activation_bytes, unit: MB, digits: 2", "about 61"),
    (f"{VGG}, quantity: activation_bytes, unit: MB, digits: 2", "6.1e7"),  # bytes, as 6.1 x 10^7 is
    (f"{VGG}, quantity: activation_bytes, unit: MB, digits: 2", "6.1 x 10^7"),
    (f"{MISFIT}, quantity: fit", "misfit!!"),
    (f"{MISFIT}, quantity: fit", "does not fit: about 2.33"),
    (f"{MISFIT}, quantity: macs", "does not fit (2.33)"),
    ("network: conv3x5-4/s2/p0, input: 8x8x3, quantity: fit", "does not fit: 3.5"),
    ("network: conv3-4/p0, input: 8x9x3, quantity: fit", "fits: 6x7"),
    ("network: conv3-4/p0, input: 8x8x3, quantity: fit", "fits, 6x6"),
    ("network: conv3-4/p0, input: 8x8x3, quantity: fit", "fits: 6"),
    ("network: vgg16, quantity: macs, digits: 3", "15500M"),
    ("network: vgg16, quantity: macs, digits: 3", "15,500 MMACs"),
    ("network: vgg16, quantity: parameters, digits: 3", "138,000K"),
    ("network: vgg16, quantity: parameters, digits: 3", "138,000e3"),
    ("network: vgg16, quantity: parameters, digits: 1", "100 million"),
    ("network: vgg16, quantity: parameter_bytes, unit: MB, digits: 3", "553,000 KB"),
    (f"{WORKED}, at: [0, 0]", 19),
    (WORKED, [[19, 25], [37, 43]]),
    (WORKED, "19 25 37 43"),
    (WORKED, "| 19 25 | 37 43 |"),
    ('values: "1000 0 / 0 1000", kernel: "1 0 / 0 1", quantity: conv_value', "2,000"),
    ('values: "1000 2000 3000", kernel: "1", quantity: conv_value', "1,000 2,000 3,000"),
    ('values: "1000 2000 3000", kernel: "1", quantity: conv_value', "1,000, 2,000, 3,000"),
    ('values: "1 200 3", kernel: "1", quantity: conv_value', "1,200,3"),
    ("network: fc-1024, input: 8x8x1, quantity: output_shape", "1,024"),
    ("network: fc-1024, input: 8x8x1, quantity: output_shape", "1, 1, 1024"),
    (WORKED, "+19 +25|37 43"),
    ('values: "1 2 3 4", kernel: "1/2", quantity: conv_value', ".5 1 1.5 2"),
    (LONG, LONG_KEY),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "(11, 11, 1)"),
    ("network: vgg16, quantity: settings", "3x3/1/1; 2x2/2"),
    ("network: vgg16, layer: pool5, quantity: receptive_field", "212"),
]


KEYS = [
    *(f"{CONV}, quantity: output_shape, layout: {layout}" for layout in ("hwc", "chw")),
    *(f"{CONV}, quantity: {one}" for one in ("parameters", "macs", "receptive_field", "jump", "fit", "depth")),
    *(f"{MISFIT}, quantity: {one}" for one in ("output_shape", "macs", "fit", "activation_bytes, unit: MB")),
    *(f"{VGG}, quantity: activation_bytes, unit: {unit}, digits: {digits}"
      for unit in ("B", "MB", "MiB", "GB") for digits in (1, 2, 3, 6)),
    *(f"{VGG}, quantity: parameters, digits: {digits}" for digits in (1, 2, 3, 6, 9, 12)),
    *(f"network: conv3-4/s2/p0, input: HxWx3, quantity: {one}" for one in ("output_shape", "macs", "weights")),
    f"{WORKED}", "network: vgg16, quantity: settings", f"{VGG}, quantity: parameters, tolerance: 1%",
]  # fmt: skip


@pytest.mark.parametrize("question", KEYS)
def test_the_key_is_a_right_answer(question: str) -> None:
    """What full feedback, a quiz and its exports call right gets all points, in the unit and layout asked for."""
    (right,) = make_key(read_assignment(f"{{name: e, questions: [{{name: q, {question}}}]}}")).rights
    for text in (right.written(), written_answer(right)):
        assert judge(right, Answer(text)).share == 1, text


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_right_answers(question: str, answer: object) -> None:
    """However it is written, if it says as much as is asked for."""
    found = item(question, answer)
    assert found.is_full, found


WRONG = [  # question, answer, verdict
    (f"{MISFIT}, quantity: fit", "does not fit, 2", "does not follow"),  # no pixel is left over in 2
    (f"{MISFIT}, quantity: fit", "does not fit, 3", "does not follow"),
    (f"{MISFIT}, quantity: fit", "fits, 2.33", "does not follow"),
    ("network: conv3-4/p0, input: 8x8x3, quantity: fit", "fits: 7", "does not follow"),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "11x11x3", "does not follow"),
    ("network: conv3-1/s2/p0, input: 10x10x1, quantity: fitting_input", "12x12", "does not follow"),
    (f"{CONV}, quantity: parameters", 761, "does not follow"),
    (f"{CONV}, quantity: parameters", -760, "does not follow"),
    (f"{VGG}, quantity: activation_bytes, unit: B", "0.060950432", "does not follow"),
    (f"{CONV}, quantity: output_shape", "(32, 10, 32)", "does not follow"),
    (f"{CONV}, quantity: parameters", "~800", "does not follow"),
    (f"{CONV}, quantity: parameters", "0.8K", "consistent with too few digits"),
    (f"{CONV}, quantity: parameters", "0 billion", "does not follow"),
    (f"{CONV}, quantity: parameters", "1K", "consistent with too few digits"),
    (f"{CONV}, quantity: parameters", "750", "consistent with biases forgotten"),
    (f"{CONV}, quantity: parameters", "760 MB", "does not follow"),
    (f"{CONV}, quantity: output_shape", "32x32", "consistent with channels left out"),
    (f"{CONV}, quantity: output_shape", "32", "consistent with channels left out"),
    (f"{CONV}, quantity: output_shape", "28x28x10", "consistent with padding forgotten"),
    (f"{CONV}, quantity: output_shape", "HxWxC", "does not follow"),
    ("network: conv3-K, input: HxWxC, quantity: output_shape", "K x W x H", "does not follow"),
    ("network: conv3-8, input: 7x9x1, quantity: output_shape", "08x9x7", "does not follow"),
    ("network: conv1-2, input: 12x96x3, quantity: output_shape", "96@2x12", "does not follow"),
    ("network: conv1-596, input: 9x9x151, quantity: parameters, digits: 1", "100000", "does not follow"),
    ("network: conv3-K, input: HxWxC, quantity: output_shape", "HWK", "does not follow"),
    ("network: vgg16, quantity: macs, digits: 3", "15.5 GFLOPs", "consistent with MACs called FLOPs"),
    ("network: vgg16, quantity: parameters, digits: 2", "140.000M", "does not follow"),
    (f"{MISFIT}, quantity: fit", "5/2", "does not follow"),
    (f"{MISFIT}, quantity: fit", "yes, it does not fit", "unreadable"),
    (f"{MISFIT}, quantity: output_shape", "no, 999", "does not follow"),
    (f"{CONV}, quantity: output_shape, layout: chw", "32x32x10", "consistent with sizes in another order"),
    (f"{VGG}, quantity: parameters, digits: 3", "0.1 billion", "consistent with too few digits"),
    (f"{VGG}, quantity: parameters, digits: 3", "138.3M", "consistent with truncated"),
    (f"{VGG}, quantity: parameters, tolerance: 1%", 140_000_000, "does not follow"),
    (f"{VGG}, quantity: macs, digits: 3", "30.9 billion", "consistent with two operations per MAC"),
    (f"{VGG}, quantity: activation_bytes, unit: MB", "58.1", "consistent with MiB written as MB"),
    (f"{VGG}, quantity: activation_bytes, unit: MB, tolerance: 1%", "58.1", "consistent with MiB written as MB"),
    (f"{VGG}, quantity: activation_bytes, unit: MB, tolerance: 1%", "5", "does not follow"),
    (f"{VGG}, quantity: activation_values, memory: lecture", 28784360, "does not follow"),
    (f"{MISFIT}, quantity: fit", "fits", "does not follow"),
    (f"{MISFIT}, quantity: fit", "2", "does not follow"),
    (f"{MISFIT}, quantity: fit", "3", "does not follow"),
    (f"{MISFIT}, quantity: output_shape", "2x2x1", "consistent with rounding floor"),
    (f"{MISFIT}, quantity: output_shape", "fits", "does not follow"),
    (f"{CONV}, quantity: fit", "32", "does not follow"),
    (f"{CONV}, quantity: fit", "no", "does not follow"),
    (WORKED, "43 37 25 19", "does not follow"),
    (WORKED, "(>0 >0 >0 >0)", "does not follow"),
    (f"{WORKED}, digits: 2", "0K 0K 0K 0K", "does not follow"),
    (f"{VGG}, quantity: parameters, digits: 3", 139_000_000, "does not follow"),
    (f"{VGG}, quantity: parameters, digits: 3", 100_000_000, "does not follow"),
    (f"{VGG}, quantity: parameters, digits: 3", 138_300_000, "consistent with truncated"),
    ("network: conv3-8, input: 7x9x1, quantity: output_shape", "8x9x7", "does not follow"),
    (f"{VGG}, layer: fc8, quantity: output_shape", "1x1000x1", "does not follow"),
    (f"{VGG}, layer: fc8, quantity: output_shape", "1x1x1x1000", "does not follow"),
    ("network: conv3x5-1, input: 9x9x1, quantity: receptive_field", "5x3", "does not follow"),
    ("network: conv3x5-1, input: 9x9x1, quantity: receptive_field", "3", "does not follow"),
    (WORKED, "19", "does not follow"),
]


@pytest.mark.parametrize(("question", "answer", "verdict"), WRONG)
def test_wrong_answers(question: str, answer: object, verdict: str) -> None:
    """No points, and the slip by name where one is known."""
    found = item(question, answer)
    assert (found.score, found.verdict) == (0, verdict)


NO_ANSWERS = [
    *("1_000", "7_60", "NaN", "nan", ".nan", "inf", "-inf", "1e400", "10^400", "9" * 400, "> 0", ">= 760"),
    *("more than 1", "≥760", "760 or 750", "760, 750", "760;750", "five", "7６0", "٧٦٠", "0x2F8", "760\u200b", "=760"),
    *("__import__('os')", "<b>760</b>", "(760)", "76*10+0", "760/0", "1/0", "K", "--760", "+-1", "x", "760x", "x760"),
    *(True, False, [[True]], [], ["760", [["760"]]], "7" * 100_000, "760 parameters and biases", "\\x37"),
]


@pytest.mark.parametrize("answer", NO_ANSWERS, ids=lambda answer: ascii(answer)[:30])
def test_no_answers(answer: object) -> None:
    """Told plainly, in words that quote nothing; no marks."""
    found = item(f"{CONV}, quantity: parameters", answer, "hint")
    assert (found.score, found.verdict) == (0, "unreadable")
    assert found.feedback
    assert len(found.feedback) < 150
    assert "760" not in found.feedback


@pytest.mark.parametrize("answer", [None, "", "   "])
def test_nothing_is_missing(answer: object) -> None:
    """Not wrong, and not unreadable."""
    assert item(f"{CONV}, quantity: parameters", answer).verdict == "missing"


def test_shares_of_slips() -> None:
    """A question's own share wins over the assignment's, and any known slip may have one."""
    shared = "slips: {biases forgotten: 25%, input depth forgotten: 0.5}"
    own = f"name: q, {CONV}, quantity: parameters, points: 4, slips: {{biases forgotten: 1/2}}"
    assignment = read_assignment(f"{{name: e, {shared}, questions: [{{{own}}}]}}")
    scores = [cnncalc.grade(assignment, {"q": answer}).score for answer in (750, 260, 76)]
    assert scores == [2, 2, 0]


def test_the_reading_that_is_asked_for_is_the_right_one() -> None:
    """Under `saved` another number is right, and the lecture's is a slip by name."""
    question = f"{VGG}, quantity: activation_values, memory: saved"
    right = cnncalc.conventions(cnncalc.load("vgg16"))["saved"].totals.activation_values
    assert item(question, right).verdict == "exact"
    assert item(question, 15_237_608).verdict == "consistent with lecture"


LONG = [  # formulas that would be hours of algebra if they were multiplied out
    "(H+W+C+K+F+1)^40",
    "((C+1)^9)^9",
    "*".join(f"(C+{letter})^9" for letter in "HWKFABDE"),
    "+".join(f"1/(C+{letter})" for letter in "HWKFABDEGI"),
    "(" * 90 + "C" + ")" * 90 + "^99^99",
    "C^99999",
    "9^9^9^9",
]


@pytest.mark.parametrize("answer", LONG)
def test_a_long_sum_in_a_short_formula_is_no_answer(answer: str) -> None:
    """Refused before it is multiplied out; letters may be arranged in any way that is short."""
    question = "network: conv7-C, input: HxWxC, quantity: weights"
    assert item(question, answer, "hint").verdict == "unreadable"


@pytest.mark.parametrize("answer", ["7·7·C·C", "(7C)^2", "48C^2 + C^2", "(50 - 1)*C^3/C", "49*C^2*(H+W)/(W+H)"])
def test_a_formula_is_right_however_it_is_arranged(answer: str) -> None:
    """49·C²: seven by seven, C deep, C filters."""
    assert item("network: conv7-C, input: HxWxC, quantity: weights", answer).verdict == "exact"


@pytest.mark.parametrize(("answer", "short"), [("0.55", True), ("0.99", True), ("0.999", False), ("550 MB", False)])
def test_a_number_in_a_unit_is_said_to_be_short(answer: str, short: bool) -> None:  # noqa: FBT001 - a column
    """Three digits are asked for where a unit is and nothing else; whether the two are right is not told."""
    found = item(f"{VGG}, quantity: parameter_bytes, unit: GB", answer, "hint")
    assert (found.verdict, "more digits" in found.feedback) == ("does not follow", short)


def test_a_tolerance_asks_for_no_digits() -> None:
    """Whoever is 1.2 % off is not told to write more digits: 138M would have done."""
    assert "more digits" not in str(item(f"{VGG}, quantity: parameters, tolerance: 1%", "140M", "hint"))


@pytest.mark.parametrize("level", ["score", "hint"])
@pytest.mark.parametrize("quantity", ["output_shape", "receptive_field"])
@pytest.mark.parametrize("answer", ["7 7", "7 7 7", "7,777"])
def test_no_number_of_sizes_tells_whether_a_line_fits(quantity: str, answer: str, level: str) -> None:
    """Whatever axes there are."""
    fits, does_not = (f"network: conv3-8/s2/p0, input: {size}x3, quantity: {quantity}" for size in (9, 8))
    assert item(fits, answer, level) == item(does_not, answer, level)


@pytest.mark.parametrize(
    "quantity",
    ["output_shape", "parameters", "macs", "receptive_field", "channels", "output_height", "activation_bytes"],
)
@pytest.mark.parametrize("answer", ["zzz", "fits", "yes", "1.2.3", "HxW", "29", "x", "29x29", "1 2 3", "3.5", "> 5"])
@pytest.mark.parametrize("level", ["score", "hint"])
def test_no_answer_tells_whether_the_network_fits(quantity: str, answer: str, level: str) -> None:
    """What is said of garbage is the same for a network that fits and for one that does not."""
    fits, does_not = (f"network: conv3-8/s2/p0, input: {x}x{x}x3, quantity: {quantity}" for x in (9, 8))
    assert item(fits, answer, level) == item(does_not, answer, level)
