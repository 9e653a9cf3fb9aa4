"""The documentation site as it is built: axe finds nothing, light or dark (`make test-slow`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="builds the site; set SE_SLOW=1")
def test_the_site_is_accessible(opened, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)],
        cwd=_ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    # 404.html finds its style and script from the root of a server only.
    pages = sorted(set(tmp_path.glob("**/*.html")) - {tmp_path / "404.html"})
    assert len(pages) > 80
    found = {}
    for dark in (False, True):
        seen = opened(pages[0], dark=dark)
        for page in pages:
            seen.page.goto(page.as_uri())
            if violations := seen.violations():
                found[page.relative_to(tmp_path).as_posix(), dark] = violations[:5]
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())
