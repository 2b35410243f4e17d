"""A company never sees another's data: no statement and no query without the company in it.

PostgreSQL refuses it a second time with row-level security; MongoDB has nothing of the kind, so this is its only guard.
"""

import ast
import re

import pytest

from tests.architecture.tenants import (
    StatementsOutside,
    queries_without_scope,
    statements_without_company,
    tenant_tables,
)
from tests.architecture.tree import ROOT, file_of, modules

TABLES = tenant_tables(ROOT / "migrations")
ASKING = sorted(name for name in modules() if name.partition(".")[0] not in ("local", "bench", "migrations"))
REMEMBERING = [
    name
    for name in ASKING
    if re.search(r"^(from|import) (motor|pymongo)(?!\.errors)", ast.unparse(modules()[name]), re.M)
]


def test_every_table_with_a_company_has_row_level_security() -> None:
    sql = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "migrations").glob("*.sql")))
    secured = {name for array in re.findall(r"array\[(.*?)\]", sql, re.S) for name in re.findall(r"'(\w+)'", array)}
    assert secured == TABLES
    assert len(TABLES) >= 9


def test_every_statement_names_the_company() -> None:
    found = {name: list(statements_without_company(modules()[name], TABLES)) for name in ASKING}
    assert not {name: faults for name, faults in found.items() if faults}


def test_every_statement_runs_for_a_company() -> None:
    found: dict[str, list[str]] = {}
    for name in set(ASKING) - {"activities.postgres"}:  # that one opens the transactions
        visitor = StatementsOutside(TABLES)
        visitor.visit(modules()[name])
        found |= {name: visitor.found} if visitor.found else {}
    assert not found


def test_mongodb_is_asked_in_one_file() -> None:
    assert REMEMBERING == ["activities.memory", "connections"]


@pytest.mark.parametrize("name", REMEMBERING)
def test_every_query_is_scoped(name: str) -> None:
    assert not list(queries_without_scope(modules()[name]))


def test_the_scope_is_company_and_customer() -> None:
    functions = [each for each in ast.walk(modules()["activities.memory"]) if isinstance(each, ast.FunctionDef)]
    body = next(ast.unparse(each.body) for each in functions if each.name == "_scope")  # type: ignore[arg-type]
    assert body == "return {'companyId': agent.company, 'customerPhone': agent.phone}"


@pytest.mark.parametrize(
    "statement",
    [
        "select * from sends where send_id = $1",
        "select name, (select max(turn) from sends) from customers where company_id = $1",
        "update customers set mode = $1 where phone = $2",
        "delete from products",
        "insert into alerts (phone, key) values ($1, $2)",
        " and exists (select 1 from alerts)",
        "select * from customers join sends on true where customers.company_id = $1",
    ],
)
def test_a_statement_without_the_company_is_found(statement: str) -> None:
    assert list(statements_without_company(ast.parse(f"q = {statement!r}"), TABLES))
    assert list(statements_without_company(ast.parse(f"q = f{statement + ' limit {n}'!r}"), TABLES))


@pytest.mark.parametrize(
    "body",
    [
        "await self._pool.execute('select 1')",
        "async with self._pool.acquire() as connection:\n  pass",
        "async with self._postgres.nobody() as connection:\n  await connection.fetch('select * from customers')",
        "async with self._postgres.nobody() as connection:\n  await look_up(connection, 'x')",
        "async with self._postgres.tenant(company) as connection:\n  pass\n await connection.fetch('select 1')",
    ],
)
def test_a_statement_outside_a_company_is_found(body: str) -> None:
    visitor = StatementsOutside(TABLES)
    visitor.visit(ast.parse(f"async def method(self, company):\n {body}"))
    assert visitor.found


@pytest.mark.parametrize(
    "body",
    [
        "await self._agents.find_one({'customerPhone': phone})",
        "self._messages.find({'companyId': agent.company})",
        "await self._agents.update_one({**other(agent)}, {'$set': {}})",
        "await self._agents.delete_many({})",
        "await self._agents.count_documents(filter={})",
        "self._agents.aggregate([{'$group': {}}, {'$match': _scope(agent)}])",
        "changes = [UpdateOne({'a': 1}, {})]",
        "key = {'_id': thought}\n await self._thoughts.find_one(key)",
        "key = _scope(agent)\n key = {}\n await self._thoughts.find_one(key)",
        "document = {'_id': f'{agent.phone}', 'text': text}",
    ],
)
def test_a_query_without_the_scope_is_found(body: str) -> None:
    assert list(queries_without_scope(ast.parse(f"async def method(self, agent):\n {body}")))


@pytest.mark.parametrize("name", sorted(name for name in ASKING if name.startswith("activities.")))
def test_removing_the_company_from_any_statement_is_found(name: str) -> None:
    source = file_of(name).read_text(encoding="utf-8")
    for match in re.finditer(r"company_id = \$1", source):
        without = source[: match.start()] + "true" + source[match.end() :]
        assert list(statements_without_company(ast.parse(without), TABLES)), f"unnoticed in {name}: {match}"


@pytest.mark.parametrize("removed", ["**_scope(agent)", "_scope(agent)", "_scope(note.agent)"])
def test_removing_any_scope_from_the_memory_is_found(removed: str) -> None:
    source = (ROOT / "activities" / "memory.py").read_text(encoding="utf-8")
    places = [match.start() for match in re.finditer(re.escape(removed), source)]
    assert places
    for place in places:
        if removed == "_scope(agent)" and source[place - 2 : place] == "**":
            continue
        without = source[:place] + ("**{}" if removed.startswith("**") else "{}") + source[place + len(removed) :]
        assert list(queries_without_scope(ast.parse(without))), f"unnoticed at {source[place - 60 : place + 20]!r}"
