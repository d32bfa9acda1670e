"""The house keeps its floors: nothing imports upwards, nothing heavy is loaded before it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import cnncalc
from cnncalc.layers import CARDS, Layer
from cnncalc.volume import Volume

PACKAGE = Path(cnncalc.__file__).parent

FLOORS = {
    "ground": "errors sizes term powers units volume view window field fit ways_out letter settings congruence "
    "backwards arena library arrays columns correlation",
    "first": "layers",
    "second": "spec wiring network trial row ledger seen letters inputs fold comparison explanation solution api "
    "checking memory worked",
    "third": "tensors claims grading",
    "roof": "render cli __main__",
}
LEVEL = {room: level for level, rooms in enumerate(FLOORS.values()) for room in rooms.split()}
ONLY_IN: dict[str, set[str]] = {  # third-party library: the only rooms that know it
    "rich": {"render", "cli"},
    "typer": {"render", "cli"},
    "sympy": {"letters"},
    **{library: {"tensors"} for library in ("numpy", "torch", "jax", "cupy", "array_api_compat")},
    "yaml": {"spec"},
}
HEAVY = {"numpy", "sympy", "rich", "typer"}


def modules() -> list[str]:
    """Return the dotted names of all files in the package, without its own name in front."""
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(part for part in path.parts if part != "__init__") for path in paths)


def read(module: str) -> str:
    """Return a module's text."""
    path = PACKAGE.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")


def imports(source: str, package: str = "cnncalc") -> Iterator[str]:
    """Yield what a text imports, at the top or inside a function, as dotted names; not what only types need."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = package if node.level else ""
            home = ".".join(part for part in (home, node.module) if part)
            yield from (f"{home}.{name.name}" for name in node.names)
        pending += ast.iter_child_nodes(node)


def room(dotted: str) -> str:
    """Return the room of ``cnncalc.layers.conv.Conv``: ``layers``. The front door itself is on the roof."""
    name = dotted.split(".")[1] if "." in dotted else ""
    return name if name in LEVEL else "__main__"


def upwards(module: str, source: str) -> list[str]:
    """Return the imports of a module from a floor above its own."""
    own = LEVEL[module.split(".", maxsplit=1)[0]]
    ours = [name for name in imports(source) if name.split(".")[0] == "cnncalc"]
    return [name for name in ours if LEVEL[room(name)] > own]


def foreign(source: str) -> set[str]:
    """Return the third-party packages that a text imports."""
    return {name.split(".")[0] for name in imports(source)} - set(sys.stdlib_module_names) - {"cnncalc"}


@pytest.mark.parametrize("module", [name for name in modules() if name])
def test_every_module_keeps_to_its_floor(module: str) -> None:
    """A module stands on a floor, imports nothing from above, and only the libraries that its room may know."""
    name, source = module.split(".", maxsplit=1)[0], read(module)
    assert name in LEVEL, f"say in FLOORS on which floor {name} stands"
    assert upwards(module, source) == []
    assert {library for library in foreign(source) if name not in ONLY_IN.get(library, {name})} == set()
    if LEVEL[name] == 0:
        assert foreign(source) == set()
    other = {"layers": "render", "render": "layers"}.get(name)
    assert other not in {room(dotted) for dotted in imports(source) if dotted.startswith("cnncalc")}


def test_the_front_door_loads_only_the_errors() -> None:
    """Importing cnncalc loads the family of errors and nothing else of the house."""
    assert {name for name in imports(read("")) if name.startswith("cnncalc")} == {
        "cnncalc.errors",
        "cnncalc.errors.CnncalcError",
    }


LIES = [  # a module, a line in it, whether it breaks the house
    ("window", "from cnncalc.layers import CARDS", True),
    ("window", "def late():\n    from cnncalc import network", True),
    ("window", "from cnncalc import load", True),
    ("window", "from cnncalc.sizes import least", False),
    ("layers.conv", "import cnncalc.cli.table", True),
    (
        "layers.conv",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cnncalc.network import Network",
        False,
    ),
    ("cli.table", "from cnncalc.window import Window", False),
]


@pytest.mark.parametrize(("module", "source", "broken"), LIES)
def test_the_floors_can_be_broken(module: str, source: str, *, broken: bool) -> None:
    """The test of the test: an import from above is found, at the top or inside a function."""
    assert bool(upwards(module, source)) is broken
    assert foreign("def late():\n    import numpy.linalg\nimport os") == {"numpy"}


def loaded(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the top-level modules that it loaded."""
    code += "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules})"
    found = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")))}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=found)  # noqa: S603
    return set(result.stdout.split())


WORK = """
import cnncalc
network = cnncalc.load("[conv3-8 relu]*2 maxpool2 fc-10 softmax", input="8x8x3")
assert cnncalc.tally(network).to_dict()["totals"]["parameters"] == 2098
assert not cnncalc.check(input="7x7", kernel_size=3, stride=3).to_dict()["fits"]
"""


def test_importing_loads_nothing_heavy() -> None:
    """`import cnncalc` alone loads no numpy, sympy, rich, typer, pydantic or yaml."""
    found = loaded("import cnncalc")
    assert "cnncalc" in found
    assert not found & (HEAVY | {"pydantic", "yaml"})


def test_working_loads_nothing_heavy() -> None:
    """Loading a network, tallying it and checking a window load no numpy, sympy, rich or typer."""
    assert not loaded(WORK) & HEAVY


SHOWN = """
import sys, types
if {notebook}:
    sys.modules["IPython"] = types.ModuleType("IPython")
import cnncalc
one = cnncalc.load("conv3-8", input="8x8x3")
from cnncalc.api import compare
answers = [cnncalc.check(input="7x7", kernel_size=3), cnncalc.tally(one), compare("fc-8", "conv3-8", input="8x8x3")]
assert all(hasattr(answer, "_repr_html_") is {notebook} for answer in answers)
assert not {notebook} or all(answer._repr_html_().startswith("<") for answer in answers)
assert ("cnncalc.render" in sys.modules) is {notebook}
"""


@pytest.mark.parametrize("notebook", [False, True])
def test_only_a_notebook_is_shown_html(*, notebook: bool) -> None:
    """Where IPython is loaded, fits, ledgers and comparisons show themselves as HTML; elsewhere nothing knows how."""
    assert "cnncalc" in loaded(SHOWN.format(notebook=notebook))


def test_heaviness_would_be_found() -> None:
    """The test of the test: what imports numpy is found to have loaded it."""
    pytest.importorskip("numpy")
    assert "numpy" in loaded(WORK + "import numpy")


def test_a_card_with_an_open_question_cannot_be_built() -> None:
    """A layer that does not say its biases and FLOPs is refused where its class is written, and is not filed."""
    answers = dict.fromkeys(("output", "views", "weights", "buffers", "macs"), lambda *_: 0)
    with pytest.raises(TypeError, match="leaves open: biases, flops"):
        type("Riddle", (Layer,), {"type": "riddle", "stem": "riddle", **answers})
    assert "riddle" not in CARDS


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_every_card_reads_like_a_card(kind: str) -> None:
    """A card says where it comes from, what goes in and out, and what it is called."""
    card = CARDS[kind]
    text = card.__doc__ or ""
    assert "Source:" in text
    assert "→ out" in text
    assert "flops" in text.lower()
    assert (card.type, card.words[0] != "", card.stem != "") == (kind, True, True)


def test_words_are_not_taken_twice() -> None:
    """No two cards are called by the same word."""
    words = [word for card in CARDS.values() for word in card.words]
    assert len(words) == len(set(words))


def test_every_public_name_has_a_home() -> None:
    """Every module can be imported, every public name is found, and a misspelt one is an AttributeError."""
    for found in walk_packages(cnncalc.__path__, "cnncalc."):
        if not found.name.endswith("__main__"):
            import_module(found.name)
    assert all(getattr(cnncalc, name) is not None for name in cnncalc.__all__)
    assert set(cnncalc.__all__) <= set(dir(cnncalc))
    assert Volume is cnncalc.Volume
    with pytest.raises(AttributeError, match="no attribute 'tabel'"):
        cnncalc.tabel  # noqa: B018


DOORS = """
import cnncalc
from types import ModuleType
{before}
assert [name for name in cnncalc.__all__ if isinstance(getattr(cnncalc, name), ModuleType)] == ["errors"]
"""


@pytest.mark.parametrize("before", [
    "",
    "cnncalc.check, cnncalc.tally",
    "cnncalc.compare('fc-8', 'conv3-8', input='8x8x3')",
    "import cnncalc.comparison, cnncalc.explanation, cnncalc.solution",
])  # fmt: skip
def test_a_public_name_stays_what_it_is(before: str) -> None:
    """`cnncalc.compare` is a function the second time too, whichever modules have been imported."""
    assert "cnncalc" in loaded(DOORS.format(before=before))
