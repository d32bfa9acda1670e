"""cnncalc as a wheel, packed from the files that are running: no build tool, no network, the same bytes every time.

Source: Binary distribution format, PyPA specifications; PEP 376, RECORD.
"""

from __future__ import annotations

import tomllib
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib import metadata
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cnncalc.errors import UsageError
from cnncalc.spec.files import SHELF

PACKAGE = Path(__file__).parents[1]
NAME = "cnncalc"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can say."""

_FILE, _PROGRAM = 0o100644, 0o100755
_UNIX = 3


def packed(files: dict[str, bytes], programs: tuple[str, ...] = ()) -> bytes:
    """Return a zip of files by name: sorted, not compressed, all of one time, so that it depends on nothing else."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            info = ZipInfo(name, _EPOCH)
            info.create_system = _UNIX
            info.external_attr = (_PROGRAM if name in programs else _FILE) << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def wheel(version: str) -> tuple[str, bytes]:
    """Return the name and the bytes of cnncalc's wheel. Raises UsageError where nothing says what it needs."""
    info = f"{NAME}-{version}.dist-info"
    files = {**_modules(), **{f"{info}/{name}": data for name, data in _metadata(version).items()}}
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(files.items())]
    record = "\n".join([*lines, f"{info}/RECORD,,", ""])
    return f"{NAME}-{version}-py3-none-any.whl", packed({**files, f"{info}/RECORD": record.encode()})


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()


def _modules() -> dict[str, bytes]:
    """Return the package's files, and the packaged specs inside it."""
    files = {f"{NAME}/{path.relative_to(PACKAGE).as_posix()}": path for path in _files(PACKAGE)}
    if not SHELF.is_relative_to(PACKAGE):
        files |= {f"{NAME}/specs/{path.relative_to(SHELF).as_posix()}": path for path in _files(SHELF)}
    return {name: path.read_bytes() for name, path in files.items()}


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return [path for path in found if not any(part.startswith((".", "__pycache__")) for part in path.parts[-2:])]


def _metadata(version: str) -> dict[str, bytes]:
    needs = "".join(f"Requires-Dist: {one}\n" for one in _needs())
    head = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\nRequires-Python: >=3.11\nLicense: MIT\n{needs}"
    tag = f"Wheel-Version: 1.0\nGenerator: {NAME} {version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    scripts = f"[console_scripts]\n{NAME} = {NAME}.cli:main\n"
    texts = {"METADATA": head, "WHEEL": tag, "entry_points.txt": scripts, "licenses/LICENSE": _license()}
    return {name: text.encode() for name, text in texts.items() if text}


def _needs() -> list[str]:
    """Return the requirements: of the checkout that runs, or as the installed package says them."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        about = tomllib.loads(project.read_text("utf-8")).get("project", {})
        if about.get("name") == NAME:
            return list(map(str, about["dependencies"]))
    try:
        return [one for one in metadata.requires(NAME) or [] if "extra ==" not in one]
    except metadata.PackageNotFoundError:
        message = "cnncalc is not installed: nothing says what it needs"
        raise UsageError(message, ways_out=("pip install cnncalc",)) from None


def _license() -> str:
    """Return the licence that every copy carries; '' where the package was installed without it."""
    beside = PACKAGE.parent / "LICENSE"
    if (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_file():
        return beside.read_text("utf-8")
    try:
        listed = metadata.files(NAME) or []
    except metadata.PackageNotFoundError:
        return ""
    return next((str(file.read_text("utf-8")) for file in listed if file.name == "LICENSE"), "")
