"""docs/cli.md is what `--help` prints."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_help_prints(tmp_path: Path) -> None:
    page = tmp_path / "cli.md"
    environment = {**os.environ, "COLUMNS": "100", "BIZCLI_LANG": "en"}
    subprocess.run(
        [sys.executable, str(ROOT / "tests/docs/reference.py"), str(page)], env=environment, cwd=tmp_path, check=True
    )
    assert page.read_text(encoding="utf-8") == (ROOT / "docs/cli.md").read_text(encoding="utf-8")
