"""Ports stay the same as long as they can."""

import socket
from pathlib import Path

from local.ports import HOST, Ports, is_free, listens


def test_a_remembered_port_comes_before_the_preferred_one(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").choose("mongodb")
    again = Ports(tmp_path / "ports.json")
    assert again.choose("mongodb", preferred=first + 1) == first
    assert again.choose("other", preferred=first) != first, "already promised"


async def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as server:
        taken: int = server.getsockname()[1]
        assert not is_free(taken)
        assert await listens(taken)
        assert Ports(tmp_path / "ports.json").choose("temporal", preferred=taken) != taken
    assert is_free(taken)
    assert not await listens(taken)
    assert Ports(tmp_path / "new.json").choose("temporal", preferred=taken) == taken


def test_a_damaged_file_is_forgotten(tmp_path: Path) -> None:
    for text in ("{", "[1]", '{"mongodb": null}'):
        (tmp_path / "ports.json").write_text(text)
        assert Ports(tmp_path / "ports.json").choose("mongodb") > 0
