"""How production names its static files."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own patterns want a semicolon after every import; our modules are written without.
IMPORT = (
    r"(?m)(?P<matched>^(?P<lead>(?:import|export)\s[^;'\"]*?\bfrom\s*|import\s*)"
    r"['\"](?P<url>\.[^'\"]+)['\"])"
)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules import one another by their hashed names too: no module is ever there twice."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("*.js", ((IMPORT, '%(lead)s"%(url)s"'),)),
    )
