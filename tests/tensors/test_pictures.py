"""A filter on a picture: Pillow's own filters are the judge; nothing is overwritten, nothing fills the memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.errors import (
    AxesMisfit,
    BackendMissing,
    CnncalcError,
    FilterTooLarge,
    ShapeError,
    StrideMisfit,
    UsageError,
)
from cnncalc.tensors import pictures
from cnncalc.tensors.pictures import filter_picture

Image = pytest.importorskip("PIL.Image")
ImageFilter = pytest.importorskip("PIL.ImageFilter")
np = pytest.importorskip("numpy")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a colour picture of noise, 21 pixels high and 33 wide."""
    noise = np.random.default_rng(7).integers(0, 256, (21, 33, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(noise).save(path)
    return path


def pixels(path: Path) -> Any:
    """Return a file's pixels as whole numbers."""
    with Image.open(path) as picture:
        return np.asarray(picture).astype(int)


def inner(image: Any) -> Any:
    """Return the pixels without the border, where Pillow does no sums."""
    return np.asarray(image)[1:-1, 1:-1].astype(int)


JUDGED = [  # filter, settings, Pillow's own, how far apart: it rounds means its own way
    ("sharpen", {}, ("Kernel", (3, 3), (0, -1, 0, -1, 5, -1, 0, -1, 0), 1), 0),
    ("edge", {}, ("Kernel", (3, 3), (1, 1, 1, 1, -8, 1, 1, 1, 1), 1), 0),
    ("blur", {}, ("BoxBlur", 1), 1),
    ("gaussian", {}, ("Kernel", (3, 3), (1, 2, 1, 2, 4, 2, 1, 2, 1), 16), 1),
    ("3", {"pool": "max", "stride": "1"}, ("MaxFilter", 3), 0),
    ("3x3", {"pool": "average", "stride": "1"}, ("BoxBlur", 1), 1),
]


@pytest.mark.parametrize(("name", "settings", "judge", "apart"), JUDGED)
def test_pillow_agrees(photo: Path, name: str, settings: dict[str, Any], judge: tuple[Any, ...], apart: int) -> None:
    """Inside the border every value of every channel is Pillow's."""
    done = filter_picture(str(photo), name, str(photo.with_name("out.png")), **settings)
    assert (done.input_sizes, done.output_sizes) == ((21, 33, 3), (19, 31, 3))
    ours = pixels(photo.with_name("out.png"))
    with Image.open(photo) as picture:
        theirs = inner(picture.filter(getattr(ImageFilter, judge[0])(*judge[1:])))
    assert np.abs(ours - theirs).max() <= apart


def test_what_is_cut_off_is_counted(tmp_path: Path) -> None:
    """Five times 200 is no pixel: of nine values under a sharpening the middle is too bright, four are too dark."""
    Image.fromarray(np.pad(np.full((1, 1), 200, dtype=np.uint8), 2)).save(tmp_path / "dot.png")
    done = filter_picture(str(tmp_path / "dot.png"), "sharpen", str(tmp_path / "out.png"))
    assert (done.cut, done.values, done.output_sizes) == (5, 9, (3, 3, 1))
    assert pixels(tmp_path / "out.png").tolist() == [[0, 0, 0], [0, 255, 0], [0, 0, 0]]


def test_flip(tmp_path: Path) -> None:
    """A single bright pixel under a correlation is the filter turned around, under a convolution the filter itself."""
    Image.fromarray(np.pad(np.full((1, 1), 1, dtype=np.uint8), 1)).save(tmp_path / "dot.png")
    for flip, seen in ((False, [[3, 2], [1, 0]]), (True, [[0, 1], [2, 3]])):
        filter_picture(str(tmp_path / "dot.png"), "0..3", str(tmp_path / "out.png"), flip=flip, overwrite=True)
        assert pixels(tmp_path / "out.png").tolist() == seen


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_every_kind_of_picture(tmp_path: Path, mode: str) -> None:
    """Black and white and grey stay grey; colours become red, green and blue; the identity leaves the pixels."""
    path = tmp_path / ("in.tif" if mode == "CMYK" else "in.png")
    Image.new(mode, (5, 4), 1 if mode in {"1", "P"} else "white").save(path)
    done = filter_picture(str(path), "identity", str(tmp_path / "out.png"), padding="same")
    assert done.output_sizes == (4, 5, 1 if mode in {"1", "L", "LA"} else 3)
    with Image.open(path) as given, Image.open(tmp_path / "out.png") as written:
        assert np.array_equal(np.asarray(written), np.asarray(given.convert(written.mode)))


def test_nothing_is_overwritten(photo: Path) -> None:
    """A file that is there stays, unless it is said that it goes; the name that is offered is free."""
    out = photo.with_name("out.png")
    out.write_text("precious")
    out.with_stem("out-2").touch()
    with pytest.raises(UsageError, match="is there already") as caught:
        filter_picture(str(photo), "blur", str(out))
    assert caught.value.ways_out == (f"--output {out.with_stem('out-3')}", "--overwrite")
    with pytest.raises(StrideMisfit):
        filter_picture(str(photo), "blur", str(out), stride="4", overwrite=True)
    assert out.read_text() == "precious"
    filter_picture(str(photo), "blur", str(out), overwrite=True)
    assert pixels(out).shape == (19, 31, 3)


REFUSED: list[tuple[str, str, dict[str, Any], type[CnncalcError], str]] = [
    ("blur", "out.xyz", {}, UsageError, "no kind of picture ends in '.xyz'"),
    ("blur", "out", {}, UsageError, "no kind of picture ends in 'out'"),
    ("1 2 3", "out.png", {}, AxesMisfit, "not 1"),
    ("[[[1]]]", "out.png", {}, AxesMisfit, "not 3"),
    ("2x2x2", "out.png", {"pool": "max"}, AxesMisfit, "not 3"),
    ("0..7", "out.png", {}, UsageError, "no square"),
    ("blur", "out.png", {"stride": "4"}, StrideMisfit, "(21 − 3 + 2·0)/4 + 1"),
    ("99", "out.png", {"pool": "max"}, FilterTooLarge, "larger than the padded input"),
    ("blur", "out.png", {"padding": "1000000"}, UsageError, "with its padding has"),
    ("60x60", "out.png", {"pool": "max", "stride": "1", "padding": "2000"}, UsageError, "too much work"),
]


@pytest.mark.parametrize(("kernel", "target", "settings", "kind", "words"), REFUSED)
def test_what_is_refused(  # noqa: PLR0913 - a row's columns
    photo: Path, kernel: str, target: str, settings: dict[str, Any], kind: type[CnncalcError], words: str
) -> None:
    """Before anything is laid out or written, with a way out."""
    with pytest.raises(kind) as caught:
        filter_picture(str(photo), kernel, str(photo.with_name(target)), **settings)
    assert words in str(caught.value)
    assert caught.value.ways_out
    assert not photo.with_name(target).exists()


def test_a_maximum_over_padding_alone(photo: Path) -> None:
    """Refused as on one's own numbers: the largest of nothing would be a black frame."""
    with pytest.raises(ShapeError, match="nothing but padding") as caught:
        filter_picture(str(photo), "2", str(photo.with_name("out.png")), pool="max", stride="1", padding="2")
    assert "pool average" in caught.value.ways_out
    assert not photo.with_name("out.png").exists()


def test_what_is_no_picture(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing there, a folder, text, half a picture, too many pixels for us or for Pillow."""
    out = str(photo.with_name("out.png"))
    (photo.with_name("text.png")).write_text("hello")
    (photo.with_name("half.png")).write_bytes(photo.read_bytes()[:300])
    Image.new("I;16", (5, 4)).save(photo.with_name("deep.png"))
    for name, words in (
        ("no.png", "no.png' is not there"),
        (".", "' is no file"),
        ("text.png", "no picture"),
        ("half.png", "no picture"),
        ("deep.png", "more than 8 bits"),
    ):
        with pytest.raises(UsageError, match=words):
            filter_picture(str(photo.with_name(name) if name != "." else photo.parent), "blur", out)
    monkeypatch.setattr(pictures, "MOST_PIXELS", 500)
    with pytest.raises(UsageError, match="has 693 pixels"):
        filter_picture(str(photo), "blur", out)
    for most in (500, 200):  # Pillow warns above its limit and refuses at twice that
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(UsageError, match="too many pixels"):
            filter_picture(str(photo), "blur", out)


def test_without_pillow(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with its install line."""
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(BackendMissing, match="Pillow") as caught:
        filter_picture(str(photo), "blur", str(photo.with_name("out.png")))
    assert "pip install pillow" in caught.value.ways_out
