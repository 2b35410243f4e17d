"""What must not slip into the repository, and how long things may get."""

import ast
import re
import statistics
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.architecture.tree import ROOT, modules

LONGEST_FILE = 300
LONGER = {
    "tests/channels/test_webhook.py": "one table of payloads",
    "tests/local/test_fake_graph.py": "one behaviour of the Graph API a test",
}
"""Files that are longer, and why; a file that shrinks leaves this list."""

_INDEX = re.compile(r"(?<!no-emit-)(?:index-url|find-links|trusted-host)[= ]+\S*(?:://|/)|https?://[^\s\"')]+/simple\b")
_SECRET = re.compile(r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}|\bEAA[A-Za-z0-9]{60,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")


def _files() -> Iterator[Path]:
    """What git tracks or would track; in a copy without git, everything but what is made by working with it."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        yield from (ROOT / name for name in listed if name)
        return
    made = re.compile(
        r"(^|/)(\.venv|\.perennial|\.env|\.[a-z]+_cache|\.hypothesis|__pycache__|build|[^/]*\.egg-info)(/|$)"
    )
    yield from (file for file in ROOT.rglob("*") if not made.search(file.relative_to(ROOT).as_posix()))


@cache
def _texts() -> dict[str, str]:
    """The content of every file by its path; pictures and the like are left out."""
    raw = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in _files() if file.is_file()}
    return {name: content.decode(errors="replace") for name, content in raw.items() if b"\0" not in content}


def _containing(pattern: re.Pattern[str]) -> dict[str, str]:
    found = {name: pattern.search(text) for name, text in _texts().items()}
    return {name: match[0] for name, match in found.items() if match}


def test_no_package_index_is_named() -> None:
    assert not _containing(_INDEX)


def test_this_machine_is_not_named() -> None:
    # A path of one part, like /app or /root, is a name that any machine may have.
    places = [re.escape(str(place)) for place in (ROOT, Path.home()) if len(place.parts) > 2]
    assert not places or not _containing(re.compile("|".join(places)))


def test_no_secret_is_kept() -> None:
    assert not _containing(_SECRET)
    assert ".env" not in _texts()


def test_files_can_be_held_in_mind() -> None:
    lengths = {name: text.count("\n") for name, text in _texts().items() if name.endswith(".py")}
    assert {name for name, lines in lengths.items() if lines > LONGEST_FILE} == set(LONGER)


def test_functions_have_no_long_tail(record_property: Callable[[str, object], None]) -> None:
    functions = [
        (node.end_lineno - node.lineno + 1, f"{name}.{node.name}")
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    lengths = [length for length, _ in functions]
    percentile = statistics.quantiles(lengths, n=10)[-1]
    longest = sorted(functions, reverse=True)[:5]
    record_property("function_length_p90", percentile)
    record_property("longest_functions", longest)
    assert percentile <= 25, f"nine of ten functions should have at most 25 lines, not {percentile}"
    assert longest[0][0] <= 60, f"nobody holds these in mind: {longest}"
