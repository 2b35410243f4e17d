"""The product's modules, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("activities", "api", "bench", "channels", "domain", "local", "migrations", "workflows")
SCRIPTS = ("cli", "config", "connections", "logs", "upgrade", "worker")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product by its dotted name."""
    files = [ROOT / f"{name}.py" for name in SCRIPTS]
    files += sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {_name(file): ast.parse(file.read_text(encoding="utf-8"), str(file)) for file in files}


def file_of(module: str) -> Path:
    """The file of a module in `modules()`."""
    stem = ROOT.joinpath(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
