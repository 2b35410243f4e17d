"""Who may import whom, as `docs/architecture.md` draws it: no import goes up, and none in circles."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import pytest

from tests.architecture.tree import PACKAGES, SCRIPTS, modules


@dataclass(frozen=True)
class Rule:
    """What a floor may import: modules of ours (a package, or one module of it), and libraries."""

    ours: frozenset[str]
    libraries: frozenset[str]


def _rule(ours: str, libraries: str) -> Rule:
    return Rule(frozenset(ours.split()), frozenset(libraries.split()))


RULES = {
    "domain": _rule("domain", "phonenumbers pydantic pydantic_core ruamel"),
    "workflows": _rule("workflows domain", "pydantic temporalio"),
    "channels": _rule("channels domain", "httpx2 pydantic"),
    "activities": _rule(
        "activities channels domain workflows.interfaces",
        "asyncpg cryptography genai_prices jinja2 motor openai pydantic pymongo structlog temporalio",
    ),
    "api": _rule(
        "api activities channels connections config domain logs workflows",
        "asyncpg fastapi jinja2 pydantic sse_starlette starlette structlog temporalio",
    ),
    "migrations": _rule("migrations", "asyncpg"),
    "logs": _rule("", "structlog"),
    "config": _rule("domain", "pydantic pydantic_settings"),
    "connections": _rule("activities config workflows.converter", "httpx2 motor openai temporalio"),
}
"""Floors that are not here compose the others and may import anything: worker, cli, upgrade, local, bench."""

WITH_THE_OUTSIDE = frozenset(
    "http logging os pathlib random secrets shutil socket subprocess tempfile threading time".split()
)
"""Modules of the standard library that pure code has no use for."""


def _imports(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively in line {node.lineno}"
            for each in node.names:
                inner = f"{node.module}.{each.name}"
                yield inner if inner in modules() else str(node.module)


def _within(module: str, allowed: frozenset[str]) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in allowed)


def _trespasses(name: str, imported: str) -> bool:
    floor, target = name.partition(".")[0], imported.partition(".")[0]
    if name == "api.main" or floor not in RULES:
        return False
    if target in (*PACKAGES, *SCRIPTS):
        return not _within(imported, RULES[floor].ours)
    if target in sys.stdlib_module_names:
        return floor in ("domain", "workflows") and target in WITH_THE_OUTSIDE
    return target not in RULES[floor].libraries


def test_no_module_imports_from_above() -> None:
    bad = {
        name: sorted(trespasses)
        for name, tree in modules().items()
        if (trespasses := {imported for imported in _imports(name, tree) if _trespasses(name, imported)})
    }
    assert not bad, "these imports go up: see the floors in docs/architecture.md"


@pytest.mark.parametrize(
    ("name", "imported"),
    [
        ("domain.company", "workflows.turn"),
        ("domain.company", "asyncpg"),
        ("domain.policy.burst", "time"),
        ("workflows.turn", "activities.brain"),
        ("workflows.turn", "random"),
        ("channels.base", "activities.ledger"),
        ("activities.brain", "workflows.turn"),
        ("activities.brain", "config"),
        ("api.gateway", "local.stack"),
    ],
)
def test_the_rules_catch(name: str, imported: str) -> None:
    assert _trespasses(name, imported)


def test_there_are_no_circles() -> None:
    edges = {name: {each for each in _imports(name, tree) if each in modules()} for name, tree in modules().items()}
    TopologicalSorter(edges).prepare()  # raises CycleError, which names the circle


def test_nothing_is_imported_inside_a_function() -> None:
    inner = [
        f"{name}, line {node.lineno}"
        for name, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inner, "imports belong to the top of the file"
