"""Production's static files: every name follows the content, inside the files too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings

from filo.project import collecting

STORES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "filo.project.hashed.HashedFiles"},
}
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")
IMPORTED = re.compile(r"\bfrom\s*[\"'](\.[^\"']+)[\"']")


def test_modules_import_one_another_by_their_hashed_names(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILO_HOME", str(tmp_path))
    settings.STORAGES = STORES
    settings.STATIC_ROOT = tmp_path / "static"

    collecting.collect()

    modules = [path for path in (tmp_path / "static").rglob("*.js") if HASHED.search(path.name)]
    imported = [name for path in modules for name in IMPORTED.findall(path.read_text("utf-8"))]
    assert imported
    assert not [name for name in imported if not HASHED.search(name)]
    assert collecting.is_collected()
