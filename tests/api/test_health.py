"""Health, and an API whose servers are away."""

import httpx2

from config import Settings
from tests.api.support import Client, checked
from tests.serving import free_port, serving


async def test_everything_that_a_message_needs_is_up(nobody: Client) -> None:
    report = await nobody.get("/api/health")
    assert {name for name, check in report.items() if name == "up" or check["up"]} == set(report)
    assert report["openai"]["label"] == "simulated"


async def test_the_api_starts_without_temporal_and_says_so(without_temporal: str) -> None:
    async with httpx2.AsyncClient(base_url=without_temporal) as http:
        answer = await http.get("/api/health")
    report = answer.json()
    assert answer.status_code == 503
    assert (report["up"], report["temporal"]["up"], report["postgres"]["up"]) == (False, False, True)


async def test_the_api_starts_without_any_server_and_refuses_kindly(settings: Settings) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    away = {
        "temporal_address": nowhere,
        "database_url": f"postgresql://nobody:none@{nowhere}/none",
        "mongodb_uri": f"mongodb://{nowhere}/none",
        "openai_base_url": f"http://{nowhere}/v1",
    }
    async with serving(Settings.model_validate(settings.model_dump() | away)) as url:
        async with httpx2.AsyncClient(base_url=url, headers={"X-API-Key": "pk_some_key"}) as http:
            report = (await http.get("/api/health")).json()
            refused = await http.get("/api/agents")
    assert not any(report[name]["up"] for name in ("temporal", "postgres", "mongodb", "openai"))
    checked(refused, 503)
    assert refused.headers["retry-after"] == "5"
    assert "nobody" not in refused.text
