"""What strangers write: thousands of broken specs, and texts made to hurt. Each is read or refused, at its place, soon.

Nothing here counts seconds: a text may cost so many times what PyYAML alone takes to load an honest spec, in the same
process. The texts made to hurt are answered in a process of their own, which may crash or hang without harm.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cnncalc.claims.published import judge
from cnncalc.errors import CnncalcError
from cnncalc.ledger import tally
from cnncalc.network import build
from cnncalc.render.as_json import as_json
from cnncalc.spec.locate import find_spec
from cnncalc.spec.read import read_spec
from cnncalc.volume import Volume

MUTANTS = 3_000
"""tests/benchmarks/bench_hostile.py tries more."""

DEAREST = 20
"""What a broken spec may cost, in loads of an honest one by PyYAML; 20 of them are 50 ms where this was written."""

PER_LAYER = 1 / 5
"""What it may cost on top for each layer that it unrolls to, be it 100,000."""

AT_ONCE = 100
"""What a text made to hurt may cost; it may be a hundred times as long as an honest one."""

ALL_LAYERS = 1_000
"""What it may cost if all 100,000 layers that a network may have are there before it is refused."""

MOST_AT_ONCE = 20
"""So many errors of one file are shown."""

LONGEST = 1_000
"""So many characters are enough to say what is wrong."""

PATIENCE = 10
"""Seconds after which a text is given up. No test measures them."""

NO_PATIENCE = 2
"""The same of a text that is known to take too long."""

SHELF = Path(__file__).parent.parent / "specs"

LONG_FORM = (
    "name: long form\ninput: 32x32x3\nrounding: floor\nlayers:\n"
    "  - conv: {out_channels: 64, kernel_size: [3, 5], stride: 2, padding: [[1, 2], 0], groups: 1, bias: false}\n"
    "  - name: pool\n    maxpool: {kernel_size: 3, stride: 2, rounding: ceil}\n"
    "  - conv_transpose: {out_channels: 8, kernel_size: 2, stride: 2, output_padding: 1}\n"
    "  - batchnorm:\n  - dropout: {rate: 0.5}\n  - fc: {out_features: 10}\n"
)
PATTERNS = (
    "name: patterns\ninput: 64x64x3\n"
    "layers: '[[conv3-64 relu]*2 maxpool2]*3 a=conv3-8/s1/p1/d1/g8/nobias -> [fc-128 relu]*2, fc-10'\n"
)
JSON = (
    '{"name": "json", "input": "16x1", "layers": ["conv3-4", {"up": "upsample2/bilinear"},\n'
    ' {"avgpool": {"kernel_size": 2}}], "published": [{"quantity": "macs", "printed": "1.5M", "source": "nobody"}]}\n'
)
BLOCKS = (
    "name: blocks\ninput: 32x32x3\nrounding: floor\nparameters: {width: 16}\nblocks:\n"
    "  basic:\n    parameters: {out: 8, stride: 1}\n    layers:\n"
    "      - add: [[conv3-out/s(stride) relu conv3-out], conv1-out/s(stride)]\n      - relu\n"
    "layers:\n  - stem=conv3-width bn relu\n  - '[basic(width)]*2 basic(2*width, stride=2)'\n"
    "  - {head: fc-10, from: relu_last}\n  - {relu_last: relu, from: basic1}\n"
)
FAMILY = (SHELF / "resnet50.yaml").read_text(encoding="utf-8")
HANDMADE = (LONG_FORM, PATTERNS, JSON, BLOCKS)

SPICE = (
    *"[]{}:,-?!&*#|>%@`'\"\\\t\r\n ~<=.0é×",
    *("\ufeff", "\u202e", "\u2028", "\x1b[31m", "\0", "\ud800", "\U0001f600", "\u0661", "\ufb01"),
    *("\n  ", "- ", ": ", "<<: *a", "&a ", "*a", "!!python/name:os.system ", "---\n", "...\n", "%YAML 1.1\n", "? "),
    *("0", "-1", "1e999", ".inf", ".nan", "0x10", "0o17", "010", "1:30", "1" + "0" * 30, "9" * 10, "9" * 400, "1_000"),
    *("3.5", "null", "true", "no", "[]", "{}", "[[", "]*9", "]*1000000000", "name: ", "input", "->", "\u2192", "a="),
    *("conv", "conv3-64", "conv3x3-64", "conv2/p0", "maxpool3/s2/p1", "upsample2", "fc-", "/s0", "/same", "/p1:2"),
    *("/q", "x", "*2", "_2", "| ", ">-\n"),
)
"""What is put in: YAML's syntax, what editors hide, numbers that no network has, the short form's own words."""


# -- a mutant is a seed --


@cache
def honest() -> tuple[str, ...]:
    """Return the specs that mutants are made of: those that are shipped, and some that use every corner.

    Members of a family are many, large and say little themselves: one speaks for all.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(SHELF.glob("*.yaml"))]
    return (*(text for text in texts if "\nfamily:" not in text), *HANDMADE, FAMILY)


def mutant(seed: int) -> bytes:
    """Return an honest spec with a slip or a few, the same for a seed as long as the shelf is the same."""
    dice = random.Random(seed)  # noqa: S311 - the same mutants for everyone
    text = dice.choice(honest())
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        text = dice.choice(SLIPS)(text, dice)
    raw = text.encode("utf-8", "surrogatepass")
    return flip(raw, dice) if dice.random() < 1 / 16 else raw


def put_in(text: str, dice: random.Random) -> str:
    """Put something in anywhere, in the place of up to three characters."""
    at = dice.randint(0, len(text))
    return text[:at] + dice.choice(SPICE) + text[at + dice.randint(0, 3) :]


def renumber(text: str, dice: random.Random) -> str:
    """Make one digit another number, often a much larger one."""
    at = dice.choice([at for at, character in enumerate(text) if character.isdigit()] or [0])
    return text[:at] + dice.choice(("0", "1", "2", "7", "64", "9" * dice.randint(1, 40))) + text[at + 1 :]


def edit_lines(text: str, dice: random.Random) -> str:
    """Lose a line, write it twice or nine times, move it, or indent it differently."""
    lines = text.splitlines(keepends=True) or [""]
    at, to = dice.randrange(len(lines)), dice.randrange(len(lines))
    line = lines.pop(at)
    kept = dice.choice(((), (line, line), (line,) * 9, (" " + line,), (line[1:],), ("\t" + line.lstrip(),)))
    lines[at:at] = kept
    if not kept and dice.random() < 1 / 2:
        lines.insert(to, line)
    return "".join(lines)


def swap_words(text: str, dice: random.Random) -> str:
    """Swap two words."""
    words = text.split(" ")
    a, b = dice.randrange(len(words)), dice.randrange(len(words))
    words[a], words[b] = words[b], words[a]
    return " ".join(words)


def cut(text: str, dice: random.Random) -> str:
    """Lose a stretch, or everything from somewhere on."""
    at = dice.randint(0, len(text))
    return text[:at] + text[at + dice.choice((1, 5, 40, len(text))) :]


def flip(raw: bytes, dice: random.Random) -> bytes:
    """Flip a few bits."""
    changed = bytearray(raw)
    for _ in range(dice.randint(1, 3) if raw else 0):
        changed[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return bytes(changed)


SLIPS: tuple[Callable[[str, random.Random], str], ...] = (put_in, put_in, renumber, edit_lines, swap_words, cut)


# -- what a text is answered with --


class Answer(NamedTuple):
    """How a text was answered: the layers it unrolled to, what it was refused with or else raised, what it cost."""

    text: str | bytes
    layers: int
    error: CnncalcError | None
    raised: str
    cost: float

    @property
    def codes(self) -> list[str]:
        """The codes of all errors, or `ok`, or what should not have been raised."""
        return [self.raised] if self.raised else [one.code for one in self.error.errors] if self.error else ["ok"]


class GivenUpError(BaseException):
    """A text takes for ever; no `except Exception` stops this."""


def give_up(*_: object) -> None:
    """Raise, from a signal handler."""
    raise GivenUpError


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Give up what takes for ever by this process' own clock, where the system has one, however busy it is."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return
    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def answer(text: str | bytes, *, line: bool = False, seconds: int = PATIENCE) -> Answer:
    """Take a text as `cnncalc table --format json` takes it: a file, or a one-line network."""
    layers, error, raised, start = 0, None, "", time.process_time()
    try:
        with patience(seconds):
            spec = find_spec(str(text)) if line else read_spec(text, file="net.yaml")
            layers = len(spec.entries)
            network = build(spec, input=Volume(3, (32, 32)) if line else None)
            as_json(tally(network), judge(network)).encode()
    except CnncalcError as refusal:
        error = refusal
        str(error).encode()
    except GivenUpError:
        raised = f"no answer in {seconds} seconds"
    except Exception as other:  # noqa: BLE001 - the question is whether there are any
        raised = f"{type(other).__name__}: {other}"[:200]
    return Answer(text, layers, error, raised, time.process_time() - start)


@cache
def one_load() -> float:
    """Return the processor time that PyYAML takes to load the dearest honest spec: what costs are counted in."""

    def load(text: str) -> float:
        start = time.process_time()
        yaml.safe_load(text)
        return time.process_time() - start

    return max(min(load(text) for _ in range(5)) for text in honest())


def too_dear(one: Answer) -> str:
    """Say what an answer cost if that is too much; one that seems dear is asked again, for a machine has its moods."""
    limit = ALL_LAYERS if "too-large" in one.codes else DEAREST + PER_LAYER * one.layers
    if one.cost < limit * one_load():
        return ""
    loads = min(answer(one.text).cost for _ in range(3)) / one_load()
    return f"{one.codes[0]} cost {loads:.0f} loads, not {limit:.0f}" if loads > limit else ""


@pytest.fixture(scope="module")
def mutants() -> list[Answer]:
    """Answer all mutants once."""
    return [answer(mutant(seed)) for seed in range(MUTANTS)]


def complaints(answers: list[Answer], wrong: Callable[[Answer], Any]) -> list[str]:
    """Return the first few answers that something is wrong with, each with the seed of its text."""
    found = ((seed, wrong(one)) for seed, one in enumerate(answers))
    return [f"mutant({seed}): {what}" for seed, what in found if what][:10]


def test_the_specs_that_mutants_are_made_of_are_honest() -> None:
    """Whatever is wrong with a mutant is its own slip."""
    assert [one.codes for one in map(answer, honest())] == [["ok"]] * len(honest())


def test_mutants_reach_every_part_of_the_reader(mutants: list[Answer]) -> None:
    """A tenth goes through, the others are refused for all kinds of reasons: slips come in all sizes."""
    codes = [code for one in mutants for code in set(one.codes)]
    assert codes.count("ok") > MUTANTS / 10
    expected = "yaml unreadable notation unknown-layer unknown-key missing-key bad-value too-large stride-misfit"
    assert set(expected.split()) <= set(codes)


def test_only_our_own_errors_come_out(mutants: list[Answer]) -> None:
    """Read or refused: no mutant ends in a TypeError or a RecursionError."""
    assert complaints(mutants, lambda one: one.raised) == []


def test_every_refusal_names_its_place(mutants: list[Answer]) -> None:
    """File, line and column, inside the text; at most twenty refusals at once, each short enough to read."""

    def misplaced(one: Answer) -> object:
        lines = (
            len(str(one.text if isinstance(one.text, str) else one.text.decode("utf-8", "replace")).splitlines()) + 1
        )
        errors = one.error.errors if one.error else ()
        return len(errors) > MOST_AT_ONCE or [
            str(error)
            for error in errors
            if error.where.file != "net.yaml"
            or not 1 <= (error.where.line or 0) <= lines
            or not error.where.column
            or len(str(error)) > LONGEST
        ]

    assert complaints(mutants, misplaced) == []


def test_every_refusal_ends_with_a_way_out(mutants: list[Answer]) -> None:
    """Errors end with a way out, so that whoever made the slip can go on."""

    def stuck(one: Answer) -> list[str]:
        return [str(error) for error in (one.error.errors if one.error else ()) if not error.ways_out]

    assert complaints(mutants, stuck) == []


def test_no_mutant_is_dear(mutants: list[Answer]) -> None:
    """Whatever a slip does to a spec, it does not make it slow."""
    assert complaints(mutants, too_dear) == []


# -- texts made to hurt --


class Attack(NamedTuple):
    """A text, what it is refused with and in which line (None: in any), and what it may cost.

    code      `ok` is answered
    bug       why it is not yet as it should be
    one_line  it is a one-line network, not a file
    """

    name: str
    text: str | bytes
    code: str
    line: int | None = 4
    dearest: int = AT_ONCE
    bug: str = ""
    one_line: bool = False


def spec(layers: str, *more: str, input: str = "32x32x3") -> str:  # noqa: A002 - the spec language's word
    """Return a spec whose layers stand in line 4."""
    return "\n".join(("name: attack", f"input: {input}", "layers:", f"  - {layers}", *more))


def grown(start: str, piece: str, end: str = "", size: int = 262_000) -> str:
    """Repeat a piece until the text is almost as long as a spec may be."""
    return start + piece * ((size - len(start) - len(end)) // len(piece.encode())) + end


START = spec("")
LETTERS = list(zip("abcdefghijkl", "bcdefghijklm", strict=True))
MERGES = (f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 5)}]}}\n" for a, b in LETTERS)
ALIASES = (f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in LETTERS)
NESTED = "[[[relu]*1000]*1000]*1000"
DIGITS = "1" + "0" * 400
LAUGHS = [*(f"  b{at}: [{', '.join([f'b{at + 1}'] * 9)}]" for at in range(9)), "  b9: [relu]"]

ATTACKS = (
    # sharing, types, documents
    Attack("a merge-key bomb of 544 bytes", ("a: &a {x: 1, y: 2}\n" + "".join(MERGES))[:544], "yaml", 1),
    Attack("a merge key", spec("conv: {<<: {out_channels: 3}}"), "yaml"),
    Attack("an alias bomb", "a: &a [lol]\n" + "".join(ALIASES), "yaml", 1),
    Attack("an alias to nothing", spec("*relu"), "yaml"),
    Attack("a tag that runs", spec("!!python/object/apply:os.system [echo]"), "yaml"),
    Attack("a directive", "%YAML 1.1\n---\nname: a", "yaml", 1),
    Attack("a second document", spec("relu", "---", "name: b"), "yaml", 5),
    # depth
    Attack("30,000 open brackets", "layers: " + "[" * 30_000, "too-large", 1),
    Attack("30,000 open braces", "layers: " + "{a: " * 30_000, "too-large", 1),
    Attack("30,000 hyphens", "- " * 30_000, "too-large", 1),
    Attack("30,000 complex keys", "? " * 30_000, "yaml", 1),
    Attack("30,000 levels of indentation", "".join(" " * at + "a:\n" for at in range(700)), "too-large", 33),
    Attack("100,000 brackets in a pattern", spec(f"'{'[' * 100_000}'"), "notation", dearest=ALL_LAYERS),
    Attack("200,000 brackets of nothing", spec(f"'{'[' * 100_000}{']' * 100_000}'"), "notation", dearest=ALL_LAYERS),
    Attack("65,000 brackets in a one-line network", "[" * 65_000, "notation", 1, ALL_LAYERS, one_line=True),
    # numbers
    Attack("a 10^30 kernel", spec("conv: {out_channels: 1, kernel_size: 1" + "0" * 30 + "}"), "too-large"),
    Attack("a 10^29 kernel", spec("conv: {out_channels: 1, kernel_size: 1" + "0" * 29 + "}"), "bad-value"),
    Attack("a 10^30 kernel, short", spec("conv1" + "0" * 30 + "-64/p0"), "bad-value"),
    Attack("10^400 channels", spec(f"conv: {{out_channels: {DIGITS}, kernel_size: 3}}"), "too-large"),
    Attack("10^400 channels, short", spec(f"conv3-{DIGITS}"), "bad-value"),
    Attack("a stride of 10^400", spec(f"conv3-64/s{DIGITS}"), "bad-value"),
    Attack("padding of 10^400", spec(f"maxpool3/p{DIGITS}:{DIGITS}"), "bad-value"),
    Attack("a rate of 10^400", spec(f"dropout: {{rate: {DIGITS}.5}}"), "too-large"),
    Attack("a rate of 1e999", spec("dropout: {rate: 1e999}"), "bad-value"),
    Attack("an input of 10^400", spec("relu", input=f"{DIGITS}x3x3"), "bad-value", 2),
    Attack("250,000 digits", grown("name: a\ninput: ", "9"), "too-large", 2),
    Attack("a filter of 100,000 axes", grown(START + "conv", "3x", "3-64"), "notation"),
    Attack("a volume of more values than atoms", spec("'[upsample1000000]*100'"), "shape"),
    Attack(
        "an even filter of 10^400",
        spec(f"conv{DIGITS}-64"),
        "bad-value",
    ),
    Attack(
        "a receptive field of 2^20,000 pixels",
        spec("'[maxpool3/s2/p1]*20000'", input="1x1x1"),
        "too-large",
        bug="after nine seconds a ValueError: Python writes no integer of over 4,300 digits",
    ),
    # repetition
    Attack("a pattern repeated 10^9 times", spec("'[relu]*1000000000'"), "too-large"),
    Attack("a layer repeated 10^9 times", spec("relu*1000000000"), "too-large"),
    Attack("a pattern repeated 10^400 times", spec(f"'[relu]*{DIGITS}'"), "too-large"),
    Attack("nested repeats", spec(f"'{NESTED}'"), "too-large"),
    Attack("nested repeats in a one-line network", NESTED, "too-large", 1, one_line=True),
    Attack("nested repeats of nothing", spec("'" + "[" * 9 + "]*1000000000" * 9 + "'"), "missing-key"),
    Attack("one layer too many", spec("'[relu]*100000 relu'"), "too-large", dearest=ALL_LAYERS),
    Attack(
        "100,000 layers that shrink to nothing", spec("'[maxpool2]*100000'"), "filter-too-large", dearest=ALL_LAYERS
    ),
    Attack(
        "100,000 layers that leave pixels over", spec("'[conv3-1/s2/p0]*100000'"), "stride-misfit", dearest=ALL_LAYERS
    ),
    Attack("1 MB of a one-line network", "relu " * 200_000, "unreadable", None, one_line=True),
    # length
    Attack("300 KiB", b"#" * 300 * 1024, "unreadable", 1),
    Attack("256 KiB of one word", grown(START, "a"), "unknown-layer"),
    Attack("256 KiB of one key", grown("", "a", ": 1"), "yaml", 1),
    Attack("256 KiB of a layer's name", grown(START, "a", "=relu"), "bad-value"),
    Attack("256 KiB of suffixes", grown(START + "conv3-64", "/q"), "notation"),
    Attack("256 KiB of slashes", grown(START + "conv3-64", "/"), "notation"),
    Attack("256 KiB of spaces after a bracket", grown(f"{START}'[relu]", " ", "x'"), "unknown-layer"),
    Attack("256 KiB of commas", grown(START + "'", ",", "'"), "missing-key"),
    Attack("256 KiB of empty lines", grown("", "\n"), "yaml", 1),
    Attack("256 KiB of comments", grown("", "#\n"), "yaml", 1),
    Attack("256 KiB of escapes", grown('name: "', "\\x41", '"\ninput: 9x9x3\nlayers: relu'), "bad-value", 1),
    Attack("256 KiB of keys", "".join(f"a{at}: 1\n" for at in range(25_000)), "too-large", 10_000),
    Attack("20,000 values", grown(spec("relu"), "\n  - 1"), "too-large", 19_997),
    Attack("20,000 wrong values", spec("1") + "\n  - 1" * 19_000, "notation"),
    # slips that repeat
    Attack(
        "one slip 100,000 times",
        spec("'[xonv3-64]*100000'"),
        "unknown-layer",
        dearest=ALL_LAYERS // 4,
    ),
    Attack(
        "names that other names have taken",
        spec("'[a=relu]*10000'", "  - " + " ".join(f"a_{at}=relu" for at in range(2, 5_000))),
        "ok",
        dearest=ALL_LAYERS // 2,
    ),
    Attack(
        "500 layers, then one that does not fit",
        spec("'[conv3-8 relu]*250 [maxpool2]*6'"),
        "filter-too-large",
        dearest=DEAREST,
    ),
    Attack(
        "500 claims about one network",
        spec("'[relu]*500'", "published:", *["  - {quantity: activation_values, printed: 1M, source: a}"] * 500),
        "ok",
    ),
    Attack(
        "1,500 references to nothing",
        spec("'[b]*1500'", "blocks:", "  b: [{relu: , from: nobody}]"),
        "wiring",
        6,
    ),
    Attack(
        "100,000 divisions by 0",
        spec("'[conv3-(4//(i//100000))]*100000'"),
        "formula",
    ),
    Attack(
        "a frozen layer 2,000 times",
        spec("'[relu]*20000'", f"freeze: [{', '.join(['relu20000'] * 2_000)}]"),
        "bad-value",
        5,
        dearest=ALL_LAYERS // 4,
    ),
    Attack(
        "a frozen layer 100 times",
        spec("'[relu]*20000'", f"freeze: [{', '.join(['relu20000'] * 100)}]"),
        "ok",
        dearest=ALL_LAYERS,
    ),
    # blocks, formulas, wires
    Attack("a block that calls itself", spec("b", "blocks:", "  b: [b]"), "wiring", 6),
    Attack("a billion laughs in blocks", spec("b0", "blocks:", *LAUGHS), "too-large", 14, ALL_LAYERS),
    Attack("a billion silent laughs", spec("b0", "blocks:", *LAUGHS[:-1], "  b9: []"), "too-large", 13, ALL_LAYERS),
    Attack(
        "blocks 5,000 deep",
        spec("b0", "blocks:", *(f"  b{at}: [b{at + 1}]" for at in range(5_000)), "  b5000: [relu]"),
        "too-large",
        None,
    ),
    Attack(
        "a layer that reads 9,000 volumes, 300 times",
        spec("'[b]*300'", "blocks:", f"  b: [{{add: [{', '.join(['identity'] * 9_000)}]}}]"),
        "too-large",
        None,
    ),
    Attack(
        "volumes that double 3,000 times",
        spec("'[b]*3000'", "blocks:", "  b: [{concat: [identity, identity]}]"),
        "shape",
        6,
        ALL_LAYERS,
    ),
    Attack(
        "a cycle of 30,000 layers",
        spec("{first: relu, from: last}", "  - '[relu]*30000'", "  - last: relu"),
        "wiring",
        dearest=ALL_LAYERS // 3,
    ),
    Attack(
        "a stride that is a letter, 30 times",
        spec("'[conv3-8/s(s) relu]*30'", "rounding: floor"),
        "ok",
        dearest=ALL_LAYERS,
        bug="sizes in letters are floors of floors: 10 of them take a second, 20 five, 40 thirty",
    ),
    Attack("a formula with a power", spec("conv3-(9**9**9)"), "formula"),
    Attack("a formula that calls", spec("conv: {out_channels: __import__('os'), kernel_size: 3}"), "bad-value"),
    Attack("a formula of 10^400", spec(f"conv3-({DIGITS}*{DIGITS})"), "formula"),
    Attack("a formula of 180 brackets", spec(f"conv: {{out_channels: {'(' * 90}1{')' * 90}, kernel_size: 3}}"), "ok"),
    Attack(
        "a formula of 250,000 characters",
        spec(f"conv: {{out_channels: 1{'+1' * 100_000}, kernel_size: 3}}"),
        "bad-value",
    ),
    Attack(
        "a formula that backtracks",
        spec(f"conv: {{out_channels: {'a' * 24}., kernel_size: 3}}"),
        "bad-value",
    ),
    Attack(
        "a formula that backtracks in a pattern",
        spec(f"conv3-({'a' * 24}!)"),
        "formula",
    ),
    # characters
    Attack("bytes that are not UTF-8", b"name: \xff\xfe", "unreadable", 1),
    Attack("UTF-16", "name: a\n".encode("utf-16"), "unreadable", 1),
    Attack("a NUL", "name: a\0b", "yaml", 1),
    Attack("an escaped NUL", 'name: "\\0"', "yaml", 1),
    Attack("an escaped surrogate", 'name: "\\ud800"', "yaml", 1),
    Attack("an escape beyond Unicode", 'name: "\\UFFFFFFFF"', "yaml", 1),
    Attack("a terminal's escape", "name: \x1b[31m", "yaml", 1),
    Attack("an escape that escapes", 'name: "\\e[31m"', "yaml", 1),
    Attack("digits of another script", spec("conv\u0663-64"), "notation"),
)


def answer_attacks() -> Iterator[dict[str, Any]]:
    """Answer every attack, in words that another process can read."""
    for attack in ATTACKS:
        found = answer(attack.text, line=attack.one_line, seconds=NO_PATIENCE if attack.bug else PATIENCE)
        said = max(map(len, map(str, found.error.errors)), default=0) if found.error else 0
        line = found.error.where.line if found.error else None
        yield {"name": attack.name, "codes": found.codes, "line": line, "said": said, "cost": found.cost / one_load()}


@pytest.fixture(scope="module")
def attacked() -> dict[str, dict[str, Any]]:
    """Answer the attacks in a process that may crash or hang; what it said before counts."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - this file
        try:
            said, _ = child.communicate(timeout=PATIENCE * len(ATTACKS))
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
    return {row["name"]: row for row in map(json.loads, said.splitlines())}


def rows() -> Iterator[Any]:
    """Return the attacks as pytest takes them."""
    for attack in ATTACKS:
        marks = [pytest.mark.xfail(strict=True, reason=attack.bug)] if attack.bug else []
        yield pytest.param(attack, id=attack.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("attack", list(rows()))
def test_attacks_are_refused_at_once(attack: Attack, attacked: dict[str, dict[str, Any]]) -> None:
    """Refused with a code, in its line, in a few words, without a crash, at once."""
    assert attack.name in attacked, "the process crashed or hung"
    row = attacked[attack.name]
    assert row["codes"][0] == attack.code
    assert attack.code == "ok" or row["line"] == (attack.line or row["line"])
    assert row["said"] <= LONGEST
    assert row["cost"] < attack.dearest


if __name__ == "__main__":
    for row in answer_attacks():
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
