"""The `perennial` command, as a person at a terminal meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import Settings
from connections import Connections
from domain.identity import CompanyId

BAD = """\
id: tienda
name: Tienda
language: es
timezone: America/Mexcio_City
country: MX
currency: MXN
voice: {persona: Cálida}
products:
  - {sku: a, name: Taza, price: mucho, currency: MXN}
"""


def _environment(settings: Settings) -> dict[str, str]:
    key = settings.perennial_encryption_key
    assert key
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "TEMPORAL_ADDRESS": settings.temporal_address,
        "OPENAI_API_KEY": "x",
        "PERENNIAL_ADMIN_KEY": settings.perennial_admin_key.get_secret_value(),
        "PERENNIAL_ENCRYPTION_KEY": key.get_secret_value(),
    }


def _perennial(settings: Settings, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = _environment(settings) | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


async def test_a_company_is_applied_from_its_file(
    settings: Settings, connections: Connections, repository: Path, tmp_path: Path
) -> None:
    file = tmp_path / "pilot.yaml"
    text = (repository / "companies" / "emilio-born.yaml").read_text()
    file.write_text(text.replace("id: emilio-born", "id: a-copy-of-it", 1))
    done = _perennial(settings, "company", "apply", str(file), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a-copy-of-it: applied as version 1" in done.stdout
    business = await connections.companies.business(CompanyId("a-copy-of-it"))
    assert len(business.products) >= 5
    key = _perennial(settings, "company", "key", "a-copy-of-it", cwd=tmp_path)
    assert key.stdout.startswith("pk_")


async def test_a_wrong_file_names_every_fault_with_its_line_and_applies_nothing(
    settings: Settings, connections: Connections, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(BAD)
    done = _perennial(settings, "company", "apply", str(file), cwd=tmp_path)
    assert done.returncode == 1
    assert "line 4" in done.stderr
    assert "timezone" in done.stderr
    assert "line 9" in done.stderr
    assert "price" in done.stderr
    assert "Traceback" not in done.stderr
    assert CompanyId("tienda") not in [company for company, _ in await connections.companies.all()]


def test_the_upgrade_may_be_repeated(settings: Settings, tmp_path: Path) -> None:
    done = _perennial(settings, "db", "upgrade", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "already up to date")


@pytest.mark.parametrize("command", [["api"], ["worker"], ["db", "upgrade"]])
def test_missing_settings_are_named_and_not_traced(command: list[str], tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stderr
    assert "Traceback" not in done.stderr
