"""Finds what could let one company see another's data: statements and queries without the company in them.

It reads code, so it knows only the ways in which this code base asks its databases; any other way is a finding too.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_STATEMENTS = frozenset("execute executemany fetch fetchmany fetchrow fetchval cursor copy_records_to_table".split())
_QUERIES = frozenset(
    "find find_one find_one_and_update find_one_and_replace find_one_and_delete update_one update_many replace_one"
    " delete_one delete_many count_documents distinct aggregate"
    " UpdateOne UpdateMany ReplaceOne DeleteOne DeleteMany".split()
)
_TABLE = re.compile(r"create table (\w+) \((.*?)\n\);", re.S)


def tenant_tables(migrations: Path) -> set[str]:
    """The tables that have a column `company_id`."""
    found = [each for file in migrations.glob("*.sql") for each in _TABLE.findall(file.read_text(encoding="utf-8"))]
    return {name for name, columns in found if re.search(r"\bcompany_id\b", columns)}


def statements_without_company(tree: ast.Module, tables: set[str]) -> Iterator[str]:
    """Texts in which a tenant's table is named more often than it is narrowed to one company."""
    names = "|".join(sorted(tables))
    for line, text in _texts(tree):
        inserted = re.findall(rf"\binsert\s+into\s+(?:{names})\s*\(([^)]*)\)", text, re.I)
        named = len(re.findall(rf"\b(?:from|join|into|update)\s+(?:{names})\b", text, re.I)) - len(inserted)
        narrowed = len(re.findall(r"\bcompany_id\s*=\s*\$\d|\busing\s*\(\s*company_id\b", text, re.I))
        if named > narrowed or any("company_id" not in columns for columns in inserted):
            yield f"line {line}: a tenant's table without company_id: {text[:80]!r}"


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text but documentation; for an f-string, with `{}` where it is filled in."""
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            apart.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            apart.update(node.values)
            yield (
                node.lineno,
                "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in apart:
            yield node.lineno, node.value


class StatementsOutside(ast.NodeVisitor):
    """Collects, in `found`, statements that do not run inside `postgres.tenant(...)`.

    A function may be handed a connection (a parameter of type `Connection`); whoever calls it is looked at in turn.
    A connection of `postgres.nobody()` may not be handed on, nor name a tenant's table.
    """

    def __init__(self, tables: set[str]) -> None:
        self.found: list[str] = []
        self._table = re.compile(rf"\b(?:from|join|into|update)\s+(?:{'|'.join(sorted(tables))})\b", re.I)
        self._known: dict[str, str] = {}

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        before = self._known
        handed = [
            each.arg for each in node.args.args if each.annotation and ast.unparse(each.annotation) == "Connection"
        ]
        self._known = before | dict.fromkeys(handed, "tenant")
        self.generic_visit(node)
        self._known = before

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        before = self._known
        for item in node.items:
            call, name = item.context_expr, item.optional_vars
            opened = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
            if opened == "acquire":
                self._find(node, "takes a connection out of the pool by itself")
            if isinstance(name, ast.Name) and opened in ("tenant", "nobody"):
                self._known = {**self._known, name.id: opened}
        self.generic_visit(node)
        self._known = before

    def visit_Call(self, node: ast.Call) -> None:
        handed = [each.id for each in node.args if isinstance(each, ast.Name) and self._known.get(each.id) == "nobody"]
        if handed:
            self._find(node, "hands on a connection that knows no company")
        if isinstance(node.func, ast.Attribute) and node.func.attr in _STATEMENTS:
            self._statement(node, node.func.value)
        self.generic_visit(node)

    def _statement(self, node: ast.Call, receiver: ast.expr) -> None:
        opened = self._known.get(receiver.id) if isinstance(receiver, ast.Name) else None
        if opened is None:
            self._find(node, "runs a statement outside postgres.tenant(...)")
        elif opened == "nobody" and self._table.search(" ".join(text for _, text in _texts(node))):
            self._find(node, "reads a tenant's table for nobody")

    def _find(self, node: ast.Call | ast.AsyncWith, what: str) -> None:
        self.found.append(f"line {node.lineno}: {what}")


def queries_without_scope(tree: ast.Module) -> Iterator[str]:
    """MongoDB calls whose filter was not made with `_scope(...)`, and documents made without it."""
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        names: dict[str, bool] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                names[name] = names.get(name, True) and _scoped(node.value, names)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _called(node) in _QUERIES and not _scoped(_filter(node), names):
                yield f"line {node.lineno}: {_called(node)} without _scope(...)"
            elif isinstance(node, ast.Dict) and _is_document(node) and not _scoped(node, names):
                yield f"line {node.lineno}: a document without _scope(...)"


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _filter(call: ast.Call) -> ast.expr | None:
    position = 1 if _called(call) == "distinct" else 0
    named = [each.value for each in call.keywords if each.arg in ("filter", "pipeline")]
    return named[0] if named else call.args[position] if len(call.args) > position else None


def _scoped(value: ast.expr | None, names: dict[str, bool]) -> bool:
    if isinstance(value, ast.Name):
        return names.get(value.id, False)
    if isinstance(value, ast.Call):
        return _called(value) == "_scope"
    if isinstance(value, ast.Dict):
        return any(key is None and _scoped(each, names) for key, each in zip(value.keys, value.values, strict=True))
    if isinstance(value, ast.List) and value.elts and isinstance(value.elts[0], ast.Dict):  # a pipeline
        stage = value.elts[0]
        first = stage.keys[0] if stage.keys else None
        return isinstance(first, ast.Constant) and first.value == "$match" and _scoped(stage.values[0], names)
    return False


def _is_document(value: ast.Dict) -> bool:
    """Whether it names an `_id`; a projection like `{"_id": False}` does not."""
    pairs = zip(value.keys, value.values, strict=True)
    return any(
        isinstance(key, ast.Constant) and key.value == "_id" and not isinstance(each, ast.Constant)
        for key, each in pairs
    )
