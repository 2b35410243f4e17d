"""Documentation is checked, or it is not kept: settings, paths, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from config import Settings
from tests.architecture.tree import ROOT

_SETTING = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", re.M)
_FENCED = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?<![\w./{-])((?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|yml|yaml|toml|sql|lock))(?![\w/{(:-])")
_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
_LIBRARIES = set(re.findall(r'"([\w.-]+)[><=]', (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _anywhere(name: str) -> bool:
    """Whether there is a file or folder of this path, or of this name somewhere in the product (`gateway.py`)."""
    bare = name.rstrip("/")
    packages = (each.parent for each in ROOT.glob("*/__init__.py"))
    return bool(list(ROOT.glob(bare))) or any(list(package.rglob(bare)) for package in packages)


def _paths(document: Path) -> Iterator[str]:
    """What looks like a path of ours, in `code`, in indented blocks and in fenced ones."""
    text = document.read_text(encoding="utf-8")
    blocks = [*_FENCED.findall(text), *re.findall(r"^ {4}\S.*$", text, re.M)]
    for piece in [*blocks, *_CODE.findall(_FENCED.sub("", text))]:
        for path in _PATH.findall(piece):
            ours = (ROOT / path.partition("/")[0]).exists() or "/" not in path
            if ours and path not in _LIBRARIES and not path.startswith((".perennial", ".venv")):
                yield path


def test_there_are_documents() -> None:
    assert ROOT / "README.md" in DOCUMENTS


def test_every_setting_is_in_the_example() -> None:
    written = {name for name, _ in _SETTING.findall(_EXAMPLE)}
    assert {name.upper() for name in Settings.model_fields} <= written


def test_the_example_names_nothing_else() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    known = {name.upper() for name in Settings.model_fields} | set(re.findall(r"(?<!\$)\$\{(\w+)", compose))
    assert {name for name, _ in _SETTING.findall(_EXAMPLE)} <= known


def test_each_name_is_in_the_example_once() -> None:
    names = [name for name, _ in _SETTING.findall(_EXAMPLE)]
    assert sorted(names) == sorted(set(names))


def test_defaults_in_the_example_are_the_defaults() -> None:
    shown = {name: value for name, value in _SETTING.findall(_EXAMPLE) if f"# {name}=" in _EXAMPLE}
    for name, field in Settings.model_fields.items():
        if name.upper() in shown and not field.is_required() and field.default is not None:
            assert shown[name.upper()].lower() == str(field.default).lower(), name


def test_a_copy_of_the_example_sets_nothing_and_holds_no_secret() -> None:
    assert not {name: value for name, value in dotenv_values(ROOT / ".env.example").items() if value}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_exists(document: Path) -> None:
    missing = sorted({path for path in _paths(document) if not _anywhere(path)})
    assert not missing, f"{document.name} mentions what does not exist: {missing}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_resolves(document: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(_FENCED.sub("", document.read_text(encoding="utf-8")))]
    local = [link for link in links if link and "://" not in link and not link.startswith("mailto:")]
    missing = [link for link in local if not (document.parent / link).exists()]
    assert not missing, f"{document.name} links to what does not exist: {missing}"


def test_a_path_that_does_not_exist_is_found(tmp_path: Path) -> None:
    document = tmp_path / "guide.md"
    document.write_text(
        "See `domain/policy/burst.py`, `domain/nothing.py`, `nowhere.py` and\n\n    local/gone/    old\n"
    )
    assert {path for path in _paths(document) if not _anywhere(path)} == {
        "domain/nothing.py",
        "nowhere.py",
        "local/gone/",
    }
