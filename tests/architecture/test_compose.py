"""docker-compose.yml: valid by the specification, complete, and consistent with the product."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import worker
from config import Settings
from tests.architecture.tree import ROOT
from workflows.options import TASK_QUEUE

_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
_UNITS = {"s": 1, "m": 60}
ONE_SHOT = frozenset(["migrate", "temporal-schema", "temporal-namespace"])
OURS = frozenset(["migrate", "api", "worker"])


def _loaded() -> Mapping[str, Any]:
    return YAML(typ="safe", pure=True).load(_TEXT)  # pyright: ignore[reportUnknownMemberType]


COMPOSE = _loaded()
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
LASTING = sorted(SERVICES.keys() - ONE_SHOT)


def _seconds(duration: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([sm])", duration))


def test_it_follows_the_specification() -> None:
    vendored = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
    jsonschema.validate(COMPOSE, json.loads(vendored.read_text(encoding="utf-8")))


def test_the_specification_refuses_a_mistake() -> None:
    vendored = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
    wrong = {"services": {"api": {"image": "x", "depend_on": ["y"]}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(vendored.read_text(encoding="utf-8")))


def test_every_variable_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", example, re.M))
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", _TEXT)) <= named


def test_required_variables_fail_with_a_message_and_are_marked_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    required = set(re.findall(r"(?<!\$)\$\{(\w+):\?", _TEXT))
    marked = set(re.findall(r"\(compose\)[^\n]*\n(?:#[^\n]*\n)*([A-Z0-9_]+)=", example))
    assert required == marked
    assert not re.findall(r"(?<!\$)\$\{\w+\}", _TEXT), "each variable has a default (:-) or a message (:?)"
    assert not re.findall(r"(?<!\$)\$\{\w+:\?\}", _TEXT)


def test_no_secret_has_a_default() -> None:
    assert not re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*):-[^}]+\}", _TEXT)


def test_every_setting_reaches_the_product() -> None:
    given = {*SERVICES["api"]["environment"], *COMPOSE["x-environment"]}
    assert given == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_service_waits_for_exists_and_can_come_true(name: str) -> None:
    for target, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if target in ONE_SHOT else "service_healthy"
        assert how["condition"] == wanted, f"{name} waits for {target}"
        assert target in SERVICES


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_restarted_or_runs_once(name: str) -> None:
    assert SERVICES[name]["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")
    assert SERVICES[name]["logging"]["options"]["max-size"]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_service_has_a_health_check_and_a_limit(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert {"test", "interval", "timeout", "retries", "start_period"} <= check.keys()
    assert _seconds(check["timeout"]) < _seconds(check["interval"])
    assert SERVICES[name]["deploy"]["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.search(r":\d+\.\d+\.?\d*", image) or (name in OURS and image == "perennial:local")


def test_only_the_api_is_reached_from_outside() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports.keys() == {"api", "temporal-ui"}
    assert all(port.startswith("127.0.0.1:") for port in ports["temporal-ui"])
    assert COMPOSE["networks"]["data"]["internal"] is True


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_networks_volumes_and_configs_are_declared(name: str) -> None:
    service = SERVICES[name]
    assert set(service["networks"]) <= COMPOSE["networks"].keys()
    assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= COMPOSE["volumes"].keys()
    assert {config["source"] for config in service.get("configs", [])} <= COMPOSE["configs"].keys()
    assert not (service.get("configs") and service.get("read_only")), (
        "Compose cannot copy a config into a read-only root"
    )


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_can_do_no_more_than_they_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"]
    assert service["init"] is True


def test_the_worker_scales_and_is_given_its_time() -> None:
    service = SERVICES["worker"]
    assert not {"container_name", "ports", "hostname"} & service.keys()
    assert _seconds(service["stop_grace_period"]) > worker.GRACE.total_seconds() + 5


def test_the_worker_s_health_check_is_python_and_asks_for_our_queue() -> None:
    source = SERVICES["worker"]["healthcheck"]["test"][3]
    compile(source, "healthcheck", "exec")
    assert f'TaskQueue(name="{TASK_QUEUE}")' in source


def test_postgres_keeps_its_data_where_the_image_of_18_and_later_looks() -> None:
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_temporal_announces_one_address() -> None:
    assert SERVICES["temporal"]["networks"] == ["data"]


def test_the_image_holds_what_it_runs() -> None:
    let_in = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.M)
    assert not [name for name in let_in if not (ROOT / name).exists()]
    packages = {each.parent.name for each in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    scripts = {each.name for each in ROOT.glob("*.py")}
    assert packages | scripts <= set(let_in)
