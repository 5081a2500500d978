"""How production names its static files."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules import one another by their hashed names too: no module is ever there twice."""

    support_js_module_import_aggregation = True
