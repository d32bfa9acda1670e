"""`cnncalc audit` from outside: formats, exit status, and files that are wrong, silly or made to hurt."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cnncalc.claims import networks
from cnncalc.claims.audit import audit as judged
from cnncalc.claims.schema import schema
from cnncalc.cli import run
from cnncalc.render.audited import as_rich
from cnncalc.spec.files import SHELF, claim_files, packaged

ROOT = Path(__file__).parents[2]
PATIENCE = 120
CLAIM = {"id", "source", "where", "quantity", "printed", "computed", "verdict", "reading", "note"}
"""The keys that course autograders were promised."""

SLIDES = """\
source: my slides
network: vgg16
claims:
  - {id: s1, where: slide 3, quantity: parameters, printed: 138M}
  - {id: s2, where: slide 4, quantity: activation_values, printed: 24M}
  - {id: s3, where: slide 5, quantity: weights, layer: conv1_1, printed: "1,792"}
  - {where: slide 6, quantity: fit, network: conv3-1/s3/p0, input: 7x7x1, printed: does not fit}
  - {where: slide 7, quantity: depth, printed: (none), cannot: no figure is printed}
"""
WRONG = "claims: [{id: s9, where: slide 9, quantity: parameters, network: vgg16, printed: 139M}]\n"


def audit(text: str, folder: Path, *arguments: str) -> int:
    """Write a claims file and run the command on it; return the exit status."""
    path = folder / "slides.yaml"
    path.write_text(text, encoding="utf-8")
    return run(["audit", str(path), *arguments])


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The promised keys, a computed value for each claim that has one, and counts that add up."""
    assert audit(SLIDES, tmp_path, "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema_version"] == 1
    assert all(set(claim) >= CLAIM for claim in data["claims"])
    assert [claim["verdict"] for claim in data["claims"]] == [
        "rounds to it",
        "consistent with buffers",
        "consistent with parameters counted as weights",
        "exact",
        "not judged",
    ]
    assert data["claims"][0]["computed"] == 138_357_544
    assert data["claims"][1]["note"] == "15,237,608 is 15.2M; possibly buffers: 24,319,464 is 24.3M"
    assert data["claims"][2]["sum"] == "(F·F·C)·K = (3·3·3)·64 = 1,728"
    assert data["claims"][3]["sum"] == "(W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/3 + 1 = 2.33"
    assert data["claims"][4]["note"] == "no figure is printed; it is 16"
    column = SLIDES.splitlines()[3].index("138M") + 1
    assert data["claims"][0]["place"] == {"file": str(tmp_path / "slides.yaml"), "line": 4, "column": column}
    assert sum(data["summary"].values()) == len(data["claims"]) == 5


def test_a_wrong_number_is_a_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, and what it is instead."""
    assert audit(WRONG, tmp_path) == 1
    said = capsys.readouterr().out
    assert re.search(r"s9 +slide 9 +139M +parameters +does not follow +138,357,544 is 138M", said)
    assert said.endswith("1 claim: 1 does not follow\n")


def test_every_format_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many lines as claims, each with its verdict."""
    said = {}
    for name in ("table", "csv", "markdown", "latex"):
        assert audit(SLIDES, tmp_path, "--format", name) == 0
        said[name] = capsys.readouterr().out
        assert "\x1b" not in said[name]
    rows = list(csv.DictReader(io.StringIO(said["csv"])))
    assert [row["verdict"] for row in rows][:2] == ["rounds to it", "consistent with buffers"]
    assert len(rows) == 5
    assert sum(line.startswith("| ") for line in said["markdown"].splitlines()) == 2 + 5
    assert said["latex"].count(r"\\") == 2 + 5
    assert r"\textbf{my slides}\\" in said["latex"]
    assert "5 claims: 1 rounds to it" in said["table"]


def test_a_stranger_s_text_is_text_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No spreadsheet works it out (OWASP, CSV injection), and LaTeX takes no bracket for the argument of a new row."""
    claims = r"""claims:
  - {id: =1+1, where: "@x", quantity: depth, network: vgg16, printed: "-16"}
  - {id: "[3cm]", where: -x, source: '\input{x}', quantity: depth, network: vgg16, printed: "16"}
"""
    assert audit(claims, tmp_path, "--format", "csv") == 1
    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (first["id"], first["where"], first["printed"]) == ("'=1+1", "'@x", "-16")
    assert (second["id"], second["where"]) == ("[3cm]", "'-x")
    assert audit(claims, tmp_path, "--format", "latex") == 1
    said = capsys.readouterr().out
    assert "\n{[}3cm] & -x & 16 & depth & exact" in said
    assert r"\textbf{\textbackslash{}input\{x\}}\\" in said


def test_a_terminal_gets_lines(tmp_path: Path) -> None:
    """A claim a line, what was computed and how below it; control characters are shown, not sent."""
    path = tmp_path / "slides.yaml"
    path.write_text(SLIDES.replace("slide 3", "slide \u202e"), encoding="utf-8")
    lines = [part.plain for part in as_rich(judged([str(path)]))]
    assert lines[:4] == [
        "my slides",
        "s1  slide \\u202e: 138M parameters: rounds to it",
        "    138,357,544 is 138M",
        "    conv1_1 1,792 + conv1_2 36,928 + … (16 layers) + fc8 4,097,000 = 138,357,544",
    ]
    assert lines[-1].startswith("5 claims: ")


def test_the_decks_and_papers_are_packaged(capsys: pytest.CaptureFixture[str]) -> None:
    """They are claims, not networks: `list` does not list them, `table` says what they are."""
    assert set(claim_files()) >= {"lectures/deck-cs231n", "papers/vgg", "papers/resnet", "papers/googlenet"}
    assert not any("deck" in name for name in packaged())
    assert run(["audit", "papers/vgg"]) == 0
    assert "12 claims: 6 rounds to it, 6 exact" in capsys.readouterr().out
    assert run(["table", str(SHELF / "papers" / "vgg.yaml")]) == 2
    assert "cnncalc audit FILE" in capsys.readouterr().err


def test_a_spec_s_own_figures_are_claims(capsys: pytest.CaptureFixture[str]) -> None:
    """By packaged name and by path, with the verdicts of the table's footer; a spec that has none is told."""
    assert run(["audit", "alexnet-boxes"]) == 2
    assert "no published figures" in capsys.readouterr().err
    assert run(["table", "vgg16", "--format", "json"]) == 0
    footer = json.loads(capsys.readouterr().out)["published"]
    for name in ("vgg16", str(SHELF / "vgg16.yaml")):
        assert run(["audit", name, "--format", "json"]) == 0
        claims = json.loads(capsys.readouterr().out)["claims"]
        assert [(one["printed"], one["verdict"], one["note"]) for one in claims] == [
            (one["printed"], one["verdict"], one["note"]) for one in footer
        ]


def test_the_footer_of_vgg16(capsys: pytest.CaptureFixture[str]) -> None:
    """138M follows; 24M and 93MB do not from the rows, and are consistent with counting each conv's input again."""
    assert run(["table", "vgg16", "--depth", "0"]) == 0
    said = capsys.readouterr().out
    assert re.search("138M +parameters +rounds to it +138,357,544 is 138M", said)
    assert re.search(
        "24M +activation values +consistent with buffers +15,237,608 is 15.2M; possibly buffers: 24,319,464", said
    )
    assert "60,950,432 bytes is 61.0 MB, 58.1 MiB; possibly buffers: 97,277,856 bytes is 92.8 MiB" in said


BAD = [  # a claim                                                             code              what is said
    ("{quantity: parameters, printed: about a dozen}", "usage", "'about a dozen' is no figure"),
    ("{quantity: parameters, printed: 138 zorkmids}", "usage", "'zorkmids' is no unit or multiplier"),
    ("{quantity: parameters, printed: 10^400}", "usage", "goes beyond 10^40"),
    ("{quantity: paramters, printed: 138M}", "bad-value", "did you mean parameters"),
    ("{quantity: parameters, printd: 138M}", "unknown-key", "did you mean printed?"),
    ("{quantity: parameters}", "missing-key", "the key 'printed' is missing"),
    ("{quantity: parameters, printed: [1]}", "bad-value", "printed: must be text"),
    ("5", "notation", "a claim is quantity"),
    ("{quantity: parameters, printed: 1M, layer: fc99}", "usage", "no layer is called 'fc99'"),
    ("{quantity: parameters, printed: 1M, network: vgg61}", "unknown-layer", "did you mean vgg16?"),
    ("{quantity: parameters, printed: 1M, network: other.yaml}", "bad-value", "reads no other file"),
    ("{quantity: parameters, printed: 1M, network: /etc/passwd}", "unknown-layer", "no layer is called"),
    ("{quantity: parameters, printed: 1M, reading: mine}", "bad-value", "no reading of parameters is called 'mine'"),
    ("{quantity: number, printed: '5', sum: \"__import__('os')\"}", "formula", "has no value"),
    ("{quantity: number, printed: '5', sum: 9^99^99}", "formula", "goes beyond 10^60"),
    ("{quantity: ratio, printed: '5'}", "missing-key", "a ratio needs its sum"),
    ("{quantity: conv_value, printed: '5'}", "missing-key", "needs its values"),
    ("{quantity: conv_value, printed: '5', values: '1 2'}", "missing-key", "needs its kernel"),
    ("{quantity: conv_value, printed: '5', values: '1 2', kernel: '1', at: 7}", "usage", "there is no output 7"),
    (
        "{quantity: conv_value, printed: '5', values: '1', kernel: '1 2'}",
        "filter-too-large",
        "larger than the padded input",
    ),
    ("{quantity: number, printed: '5', sum: 2^-1}", "formula", "a power is a whole number from 0 on"),
    ("{quantity: pixels, printed: 1 3 5, network: conv3-1/p0/d2, input: 7x7x1}", "usage", "leaves out pixels"),
    ("{quantity: pixels, printed: '1', network: conv1-1/s2/floor conv3-1/p0, input: 7x7x1}", "usage", "leaves out"),
    ("{quantity: pixels, printed: '1', network: conv3-4, input: HxWx3}", "usage", "an input of numbers"),
    ("{quantity: settings, printed: 3x3/1/1, reading: x}", "bad-value", "settings has no readings"),
    ("{quantity: fitting_input, printed: '5', input: HxWx3}", "usage", "an input to start from is numbers"),
    ("{quantity: macs, printed: 5C, input: HxWx3, reading: groups ignored}", "bad-value", "a reading in letters"),
    ("{quantity: pixels, printed: '5', at: [900, 0]}", "usage", "there is no such output"),
    ("{quantity: output_shape, printed: '5', layer: 'conv*'}", "usage", "have no output_shape together"),
    ("{quantity: depth, printed: '5', layer: fc8}", "usage", "has no depth of its own"),
    ("{quantity: parameters, printed: 1M, batch: 0}", "bad-value", "batch"),
    ("{quantity: parameters, printed: 1M, memory: mine}", "bad-value", "memory: must be one of"),
    ("{quantity: fitting_input, printed: '5', network: conv(F)-4/p0, input: 8x8x3}", "usage", "network in letters"),
    ("{quantity: settings, printed: 3x3/1/1, network: conv(F)-8/p1 conv3-8, input: 8x8x3}", "usage", "in numbers"),
    ("{quantity: settings, printed: 3x3/1/1, network: relu, input: 8x8x3}", "usage", "there is no window"),
    ("{quantity: hyperparameters, printed: '4', network: conv5-10/p2, input: 8x8x3}", "usage", "leaves a setting open"),
    ("{quantity: number, printed: '3.5', sum: (7/2⌋}", "formula", "is no formula"),
    ("{quantity: parameters, printed: 1M, values: '1 2'}", "unknown-key", "nothing reads values beside quantity"),
    ("{quantity: fit, printed: fits, at: [0, 0]}", "unknown-key", "nothing reads at beside quantity: fit"),
    ("{quantity: number, printed: '5', sum: 2+3, layer: fc8}", "unknown-key", "nothing reads layer beside a sum"),
    (
        "{quantity: conv_value, printed: '5', values: '1 2', kernel: '1', at: 0, layer: fc8}",
        "unknown-key",
        "nothing reads layer beside quantity: conv_value",
    ),
    ("{quantity: conv_value, printed: '2', values: '1 2', kernel: '1', kind: max}", "unknown-key", "reads kind"),
]


@pytest.mark.parametrize(("claim", "code", "words"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_claim_is_told(
    claim: str, code: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its code, its line, what is wrong; nothing on stdout."""
    text = f"network: vgg16\nclaims:\n  - {claim}\n"
    assert audit(text, tmp_path, "--format", "json") == (1 if code == "filter-too-large" else 2)
    said = capsys.readouterr()
    assert said.out == ""
    (error,) = json.loads(said.err)["errors"]
    assert error["code"] == code
    assert words in " ".join([error["message"], *error["ways_out"]])
    assert (error["where"]["line"], Path(error["where"]["file"]).name) == (3, "slides.yaml")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("{quantity: fit, network: conv3-1/s3/p0 conv5-1/p0, input: 7x7x1, printed: does not fit}", "exact"),
        (
            "{quantity: output_shape, network: conv3-1/s3/p0 conv5-1/p0, input: 7x7x1, printed: 2x2x1}",
            "does not follow",
        ),
        ("{quantity: fitting_input, network: conv11-4/s4/p0, input: 5x5x3, printed: '11'}", "exact"),
        ("{quantity: number, sum: 1.8e9, printed: 1.8e9}", "rounds to it"),
        ("{quantity: number, sum: 1.8e9 + 1, printed: '1,800,000,001'}", "exact"),
        ("{quantity: parameter_bytes, layer: 'fc*', printed: 495 MB, network: vgg16}", "rounds to it"),
        # 79,200 MACs an image, of which 21K + 57K is what is left of each; but four images have 316,800
        ("{quantity: macs, network: conv3-8 conv3-8, input: 10x10x3, batch: 4, printed: 78K}", "does not follow"),
    ],
)
def test_corners(claim: str, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misfit before a filter that is too large, powers of ten in a sum, bytes of some layers, batches cut off."""
    audit(f"claims: [{claim}]\n", tmp_path, "--format", "json")
    (found,) = json.loads(capsys.readouterr().out)["claims"]
    assert found["verdict"] == verdict, found


def test_all_errors_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure that cannot be read, each at its line; twenty are enough."""
    claims = "".join(f"  - {{quantity: parameters, network: vgg16, printed: word{n}}}\n" for n in range(30))
    assert audit(f"claims:\n{claims}", tmp_path, "--format", "json") == 2
    lines = [error["where"]["line"] for error in json.loads(capsys.readouterr().err)["errors"]]
    assert lines == list(range(2, 22))


def test_an_id_is_taken_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two claims of one id are told."""
    one = "  - {id: a, quantity: depth, network: vgg16, printed: 16}\n"
    assert audit(f"claims:\n{one}{one}", tmp_path) == 2
    assert ":3:5: the id 'a' is taken" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "yaml"), (b"claims: []", "missing-key"), (b"claims: 5", "missing-key"), (b"\xff\xfe", "unreadable"),
        (b"a" * 300_000, "unreadable"), (b"claims: &a [*a]", "yaml"), (b"[" * 100_000, "too-large"),
        (b"claims: [", "yaml"),
    ],
)  # fmt: skip
def test_a_file_that_is_none(text: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said with its place and a way out."""
    path = tmp_path / "slides.yaml"
    path.write_bytes(text)
    assert run(["audit", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{code}: {path}:1:")
    assert "ways out: " in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nor is a folder, nor a name that is nothing."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for name, words in (("pipe.yaml", "no regular file"), ("folder.yaml", "no regular file"), ("nothing", "is called")):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "cnncalc", "audit", name],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 2
        assert words in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()


def test_a_file_may_ask_for_so_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred networks of 2,000 layers are refused before they are all counted; a search counts as many times."""
    monkeypatch.setattr(networks, "MOST_WORK", 20_000)
    claims = "".join(
        f"  - {{quantity: depth, network: '[relu]*{2_000 + n}', input: 9x9x3, printed: '0'}}\n" for n in range(100)
    )
    assert audit(f"claims:\n{claims}", tmp_path) == 2
    assert "slides.yaml:11:" in (said := capsys.readouterr().err)  # nine fit
    assert said.startswith("too-large: ")
    assert "several files" in said
    refuted = [f"{{quantity: weights, network: '[relu]*{n}', input: 9x9x3, printed: '7'}}" for n in range(40, 140)]
    assert audit(f"claims: [{', '.join(refuted)}]", tmp_path) == 2
    assert "too-large: " in capsys.readouterr().err
    refuted = [f"{{quantity: weights, network: vgg16, printed: '{n}'}}" for n in range(100)]
    assert audit(f"claims: [{', '.join(refuted)}]", tmp_path) == 1, "claims about one network share a search"


def test_the_smallest_input_that_fits_may_be_a_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """(10 − 3)/2 + 1 is 4.5, (11 − 3)/2 + 1 is 5: eleven, or 11x11."""
    claim = "{{quantity: fitting_input, network: conv3-1/s2/p0, input: 10x10x1, printed: {}}}"
    texts = [claim.format(printed) for printed in ("11", "11x11", "11x11x1", "12x12")]
    assert audit(f"claims: [{', '.join(texts)}]", tmp_path, "--format", "json") == 1
    verdicts = [one["verdict"] for one in json.loads(capsys.readouterr().out)["claims"]]
    assert verdicts == ["exact", "exact", "exact", "does not follow"]


def test_readings_and_sums_may_be_in_letters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A convolution and its input hold 2·HWC values; with the input once more 3·HWC; 49·C² weights are 98·C²/2."""
    claims = [
        "{quantity: activation_values, printed: 3 HWC, reading: buffers}",
        "{quantity: activation_values, printed: 2 HWC}",
        "{quantity: number, printed: 49 C^2, sum: conv1.weights}",
        "{quantity: ratio, printed: 24.5 C^2, sum: weights/2}",
        "{quantity: ratio, printed: 24 C^2, sum: weights/2}",
    ]
    text = f"{{network: conv7-C/nobias, input: HxWxC, claims: [{', '.join(claims)}]}}"
    assert audit(text, tmp_path, "--format", "json") == 1
    verdicts = [one["verdict"] for one in json.loads(capsys.readouterr().out)["claims"]]
    assert verdicts == ["consistent with buffers", "exact", "exact", "exact", "does not follow"]


def test_a_batch_may_be_a_letter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What repeats is N times one image's: 15,470,264,320 MACs of VGG-16; parameters are not."""
    claims = [
        "{quantity: macs, batch: N, printed: 15470264320 N}",
        "{quantity: macs, batch: N, printed: 15470264321 N}",
        "{quantity: parameters, batch: N, printed: '138357544'}",
        "{quantity: macs, batch: 10, printed: '154702643200'}",
    ]
    assert audit(f"{{network: vgg16, claims: [{', '.join(claims)}]}}", tmp_path, "--format", "json") == 1
    verdicts = [one["verdict"] for one in json.loads(capsys.readouterr().out)["claims"]]
    assert verdicts == ["exact", "does not follow", "exact", "exact"]


def test_a_stride_that_does_not_fit_is_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slide that gives an output where there is none is refuted with the sum; rounded it may be what is printed."""
    claim = "{{quantity: output_shape, network: conv3-1/s3/p0, input: 7x7x1, printed: {}}}"
    texts = [claim.format(printed) for printed in ("2x2", "3x3", "4x4")]
    assert audit(f"claims: [{', '.join(texts)}]", tmp_path, "--format", "json") == 1
    claims = json.loads(capsys.readouterr().out)["claims"]
    assert [one["verdict"] for one in claims] == [
        "consistent with rounding floor", "consistent with rounding ceil", "does not follow",
    ]  # fmt: skip
    assert claims[2]["note"] == "it does not fit: (W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/3 + 1 = 2.33"
    assert claims[2]["computed"] is None


def test_a_stated_reading_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no coincidence, and it is not called possible."""
    text = "claims: [{quantity: activation_values, network: vgg16, printed: 24M, reading: buffers}]"
    assert audit(text, tmp_path, "--format", "json") == 0
    (one,) = json.loads(capsys.readouterr().out)["claims"]
    assert (one["verdict"], one["possible"]) == ("consistent with buffers", False)
    assert one["note"] == "15,237,608 is 15.2M; buffers: 24,319,464 is 24.3M"


def test_a_k_of_1024_needs_a_k(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GoogLeNet's table prints 112K for 114,688 weights; 49M for 50,176,000 has no K in it."""
    text = (
        "claims:\n"
        "  - {quantity: weights, network: googlenet, layer: reduce2 + conv2, printed: 112K}\n"
        "  - {quantity: weights, network: fc-1000/nobias, input: 7x7x1024, printed: 49M}\n"
    )
    assert audit(text, tmp_path, "--format", "json") == 1
    claims = json.loads(capsys.readouterr().out)["claims"]
    assert [one["verdict"] for one in claims] == ["consistent with weights, K as 1024", "does not follow"]
    assert claims[0]["computed"] == 64 * 64 + 9 * 64 * 192 == 112 * 1024


jsonschema = pytest.importorskip("jsonschema")


def test_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """It is one, the file beside the specs is it, `schema` prints it, and every shipped claims file is valid."""
    jsonschema.Draft7Validator.check_schema(schema())
    assert json.loads((SHELF / "claims.schema.json").read_text(encoding="utf-8")) == schema()
    assert run(["schema", "claims"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()
    validator = jsonschema.Draft7Validator(schema())
    for name in claim_files():
        text = (SHELF / f"{name}.yaml").read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../claims.schema.json\n")
        assert validator.is_valid(yaml.safe_load(text))
    assert validator.is_valid(yaml.safe_load(SLIDES))
    for claim in ("{quantity: paramters, printed: 1M}", "{quantity: depth}", "{quantity: depth, printed: '1', x: 1}"):
        assert not validator.is_valid({"claims": [yaml.safe_load(claim)]})


def test_a_peak_is_no_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """VGG-16 holds most while conv1_2 runs: its input and output, 2·224·224·64 values, and no layer is added to it."""
    text = "claims: [{quantity: activation_values, network: vgg16, memory: peak, printed: 6.4M}]"
    assert audit(text, tmp_path, "--format", "json") == 0
    (one,) = json.loads(capsys.readouterr().out)["claims"]
    assert one["computed"] == 2 * 224 * 224 * 64
    assert one["sum"] == "conv1_2 6,422,528, the largest of 40 moments"


SUMS = [  # sum                                  printed   value           written
    ("floor(7/2)", "3", 3, "⌊7/2⌋ = 3"),
    ("14,197,122/21,841", "> 500", "14197122/21841", "14,197,122/21,841 = 650.02"),
    ("4*activation_values/2^20", "58.1", "1904701/32768", "4·activation_values/(2²⁰) = 4·15237608/(2²⁰) = 58.13"),
    ("fc7.weights + fc8.weights", "20.9M", 20_873_216, "fc7.weights + fc8.weights = 16777216 + 4096000 = 20,873,216"),
    ("0.5*4", "2", 2, "0.5·4 = 2"),
]  # fmt: skip


@pytest.mark.parametrize("row", SUMS, ids=[row[0] for row in SUMS])
def test_a_claim_s_own_sum(
    row: tuple[str, str, object, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Worked out exactly, with the network's totals as names, and written with its numbers."""
    own, printed, value, written = row
    text = f"network: vgg16\nclaims: [{{quantity: number, sum: '{own}', printed: '{printed}'}}]"
    assert audit(text, tmp_path, "--format", "json") == 0
    (one,) = json.loads(capsys.readouterr().out)["claims"]
    assert (one["computed"], one["sum"]) == (value, written)


def test_what_cannot_be_judged_is_not_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A remark in a file about a network has no value; a misfit says its sum."""
    text = (
        "network: conv3-1/s3/p0\ninput: 7x7x1\nclaims:\n"
        "  - {quantity: conv_value, printed: kernel, cannot: a kernel}\n"
        "  - {quantity: number, printed: a remark, cannot: a remark}\n"
        "  - {quantity: parameters, printed: none, cannot: no figure}\n"
    )
    assert audit(text, tmp_path, "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [one["note"] for one in data["claims"]] == [
        "a kernel",
        "a remark",
        "no figure; it does not fit: (W − F + 2·P)/S + 1 = (7 − 3 + 2·0)/3 + 1 = 2.33",
    ]
    assert data["summary"] == {"not judged": 3}


JUDGED = [  # a claim, its verdict; numbers by hand: conv1_1 has 3·3·3·64 weights, 86,704,128 MACs an image
    ('{quantity: parameters, network: vgg16, layer: conv1_1, formula: {weights: "1728", parameters: "1728"}}',
     "consistent with weights alone"),
    ("{quantity: fit, network: conv7-1/p0, input: 5x5x1, printed: does not fit}", "exact"),
    ("{quantity: output_shape, network: conv7-1/p0, input: 5x5x1, printed: 1x1x1}", "does not follow"),
    ("{quantity: settings, network: vgg16, layer: conv1_1, printed: 3x3/1/1}", "exact"),
    ("{quantity: settings, network: vgg16, layer: pool1, printed: 2x2/2}", "exact"),
    ("{quantity: hyperparameters, network: conv3-K conv(F)-8/p0, input: 8x8x3, layer: conv1, printed: '1'}", "exact"),
    ("{quantity: fit, network: vgg16, layer: 'conv*', printed: fits}", "exact"),
    ("{quantity: padding, network: vgg16, layer: conv1_2, printed: '1'}", "exact"),
    ("{quantity: macs, network: vgg16, layer: conv1_1, batch: 2, printed: '173,408,256'}", "exact"),
    ("{quantity: macs, network: vgg16, layer: conv1_1, batch: 2, printed: '86,704,128'}", "does not follow"),
    ("{quantity: weights, network: googlenet, layer: inception_3a + inception_3a/conv1x1,printed: '163,328'}", "exact"),
    ("{quantity: parameters, network: googlenet, layer: inception_3a, printed: '163,328'}",
     "consistent with weights alone"),
    ("{quantity: activation_bytes, network: vgg16, reading: lecture, printed: 61.0 MB}", "rounds to it"),
    ("{quantity: output_shape, network: conv3-1/s3/p0, input: 7x7x1, reading: rounding floor, printed: 2x2x1}",
     "consistent with rounding floor"),
    ("{quantity: fitting_input, network: conv11-96/s4/p0, input: 224x190x3, printed: '227'}", "exact"),
    ("{quantity: receptive_field, network: vgg16, layer: fc6, printed: 404x404}", "exact"),
    ("{quantity: receptive_field, network: vgg16, layer: fc6, printed: 224x224+}",
     "consistent with the part within the image"),
    ("{quantity: receptive_field, network: vgg16, layer: conv5_3, printed: 224x224}", "does not follow"),
    ("{quantity: conv_value, values: 1000 0 / 0 1000, kernel: 1 0 / 0 1, printed: '2,000'}", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "verdict"), JUDGED)
def test_what_a_claim_is_about(claim: str, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One layer, several, a block, a batch; each key that says so is read."""
    claim = claim if "printed:" in claim else claim.replace("formula:", "printed: both, formula:")
    audit(f"claims: [{claim}]", tmp_path, "--format", "json")
    assert json.loads(capsys.readouterr().out)["claims"][0]["verdict"] == verdict


def test_a_reading_of_what_does_not_fit_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stated one is looked up there, too."""
    claim = "{quantity: output_shape, network: conv3-1/s3/p0, input: 7x7x1, reading: bogus, printed: 2x2x1}"
    assert audit(f"claims: [{claim}]", tmp_path) == 2
    assert "no reading 'bogus'" in capsys.readouterr().err


def test_a_letter_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As `table --set` refuses it."""
    claim = "{network: conv3-K relu, input: 8x8x3, set: {Q: 16}, quantity: weights, printed: '432'}"
    assert audit(f"claims: [{claim}]", tmp_path) == 2
    assert "no letter 'Q'" in capsys.readouterr().err


def test_one_value_of_a_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two channels, 1 to 4 and 5 to 8: the first pools to 4, the second to 8."""
    values = "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]"
    claim = "{{quantity: pool_value, values: {}, at: [{}, 0, 0], printed: '{}'}}"
    claims = ", ".join(claim.format(values, channel, printed) for channel, printed in ((0, 4), (1, 8)))
    assert audit(f"claims: [{claims}]", tmp_path) == 0
    assert "2 exact" in capsys.readouterr().out
