"""The benchmark of the catalogue runs: with little in it, so that it shows nothing but that."""

import os
import subprocess
import sys


def test_the_benchmark_prints_a_line_for_each_screen_and_its_aims() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.catalogue"],
        env={**os.environ, "SMALL": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for words in ("| card ", "| search, misspelt ", "statements of a screen", "P12", "P13"):
        assert words in done.stdout
