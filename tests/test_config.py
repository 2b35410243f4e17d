"""Settings that are missing or wrong are all named at once."""

from pathlib import Path

import pytest

from config import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_missing_or_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "a lot")
    monkeypatch.setenv("PERENNIAL_ENCRYPTION_KEY", "dG9vIHNob3J0")
    with pytest.raises(SettingsError) as raised:
        load()
    text = str(raised.value)
    for name in ("DATABASE_URL", "MONGODB_URI", "OPENAI_API_KEY", "PERENNIAL_ADMIN_KEY", "PORT"):
        assert name in text
    assert "holds 9 bytes, 32 are needed" in text
    assert "dG9v" not in text


def test_a_file_beside_the_code_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "DATABASE_URL=postgresql://file\nMONGODB_URI=mongodb://file\nOPENAI_API_KEY=x\n"
        "PERENNIAL_ADMIN_KEY=0123456789abcdef\nPORT=4000\n"
    )
    monkeypatch.setenv("PORT", "5000")
    settings = load()
    assert settings.port == 5000
    assert settings.database_url.get_secret_value() == "postgresql://file"
    assert "0123456789abcdef" not in repr(settings)
