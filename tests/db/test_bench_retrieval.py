"""The benchmark of retrieval runs: with little in it, so that it shows nothing but that."""

import subprocess
import sys


def test_the_benchmark_prints_a_line_for_each_filter_and_its_aims() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.retrieval", "--small"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for words in ("| one owner ", "| one course ", "| unfiltered ", "recall@10", "P14"):
        assert words in done.stdout
