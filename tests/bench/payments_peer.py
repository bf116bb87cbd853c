"""payme-pkg on Django under gunicorn, in an environment of its own that is made from PyPI once and kept."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.subjects import ROOT

VERSIONS = (
    "payme-pkg==3.4.1",
    "django==5.2.19",
    "djangorestframework==3.18.3",
    "gunicorn==27.0.1",
    "psycopg[binary]==3.3.9",
)
PLACE = ROOT / ".data" / "bench" / "payme-pkg"
MAKE_SECONDS = 180


class PeerUnavailable(Exception):
    """The message says why payme-pkg cannot be measured."""


def peer_python() -> Path:
    """The interpreter of the environment, made now if there is none of these versions."""
    python, mark = PLACE / "bin" / "python", PLACE / "versions.txt"
    if mark.exists() and mark.read_text().split() == list(VERSIONS):
        return python
    shutil.rmtree(PLACE, ignore_errors=True)
    _uv("venv", "--quiet", "--python", sys.executable, str(PLACE))
    _uv("pip", "install", "--quiet", "--python", str(python), *VERSIONS)
    mark.write_text("\n".join(VERSIONS))
    return python


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).parent / "uv"
    try:
        subprocess.run([uv, *arguments], check=True, capture_output=True, text=True, timeout=MAKE_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        words = (getattr(error, "stderr", None) or str(error)).strip()
        advice = "Is there a network? --without-peer measures the rest."
        raise PeerUnavailable(f"payme-pkg could not be installed from PyPI. {advice}\n{words}") from None


def migrate_shop(python: Path, environment: dict[str, str]) -> None:
    subprocess.run(
        [python, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"],
        check=True,
        env={"PATH": os.environ["PATH"]} | environment,
    )


def shop_command(python: Path, port: int) -> list[str]:
    """One worker with eight threads. Connections are kept for as long as a round may pause."""
    bind = ("--bind", f"127.0.0.1:{port}", "--keep-alive", "300", "--log-level", "warning")
    threads = ("--workers", "1", "--worker-class", "gthread", "--threads", "8")
    return [str(python), "-m", "gunicorn", *threads, *bind, "django.core.wsgi:get_wsgi_application()"]


def shop_paths(key: str) -> dict[str, str]:
    return {
        "PYTHONPATH": str(ROOT / "tests" / "bench"),
        "DJANGO_SETTINGS_MODULE": "payments_shop.settings",
        "PAYME_KEY": key,
    }
