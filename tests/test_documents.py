"""The documents tell the truth: names, paths and commands in them are those of the program."""

import re
from functools import cache
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.settings import (
    CentreSettings,
    FileSettings,
    LogSettings,
    ModelSettings,
    PaymeEnvironment,
    SalesSettings,
    Settings,
    StoreSettings,
    TelegramSettings,
    WebSettings,
)

ROOT = Path(__file__).parent.parent
SECTIONS: tuple[type[BaseSettings], ...] = (
    TelegramSettings,
    WebSettings,
    StoreSettings,
    CentreSettings,
    PaymeEnvironment,
    SalesSettings,
    ModelSettings,
    FileSettings,
    LogSettings,
)
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "domain/README.md",
    "domain/quizzes/README.md",
    "domain/tutor/README.md",
    "tests/README.md",
    "tests/bot/promises/README.md",
    "bot/courses/README.md",
    "bot/quizzes/README.md",
    "bot/intake/README.md",
    "bot/web/README.md",
    "bot/sandbox/README.md",
    "bot/sandbox/demo/README.md",
)
INVENTED = {"debates", "0042_debates", "test_debates"}
"""The example feature of CONTRIBUTING.md."""
SUFFIXES = r"py|md|toml|yaml|sql|po|png|example"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def setting_names() -> list[str]:
    return [name.upper() for section in SECTIONS for name in section.model_fields]


def default_of(name: str) -> str:
    """As an operator would write it; empty when there is none."""
    field = next(section.model_fields[name.lower()] for section in SECTIONS if name.lower() in section.model_fields)
    match field.default:
        case None | frozenset():
            return ""
        case bool() as value:
            return str(value).lower()
        case tuple() as values:
            return ",".join(values)
        case value:
            return str(value)


def example() -> dict[str, str]:
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", read(".env.example"), re.MULTILINE))


def section_of(text: str, title: str) -> str:
    """A `##` section of a document, without its heading."""
    return re.split(r"^## ", text.split(f"\n## {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of its tables' rows, without heads and separators."""
    lines = [line.strip() for line in text.splitlines()]
    heads = {number - 1 for number, line in enumerate(lines) if line.startswith("|--")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if line.startswith("|") and not line.startswith("|--") and number not in heads
    ]


def test_every_section_of_the_settings_is_looked_at() -> None:
    held = {type(section) for section in vars(Settings()).values()}

    assert held == set(SECTIONS)


def test_the_example_names_every_setting_in_the_order_of_the_program() -> None:
    of_compose = set(re.findall(r"\$\{([A-Z_]+)", read("compose.yaml"))) - set(setting_names())

    names = list(example())

    assert names[: len(setting_names())] == setting_names()
    assert set(names[len(setting_names()) :]) == of_compose


@pytest.mark.parametrize("name", setting_names())
def test_the_example_shows_the_default(name: str) -> None:
    assert example()[name] == default_of(name)


def test_the_table_of_settings_names_every_setting_in_the_order_of_the_program() -> None:
    table = rows(section_of(read("README.md"), "Settings"))

    assert [row[0].strip("`") for row in table] == setting_names()


@pytest.mark.parametrize("name", setting_names())
def test_the_table_of_settings_shows_the_default(name: str) -> None:
    shown = {row[0].strip("`"): row[1] for row in rows(section_of(read("README.md"), "Settings"))}

    default = default_of(name)
    assert shown[name] == f"`{default}`" if default else "`" not in shown[name].replace("`DATA_DIR`", "")


def test_the_table_of_metrics_names_every_metric() -> None:
    declared = set(re.findall(r'"(ustoz_\w+)"', read("bot/metrics.py")))

    assert set(re.findall(r"`(ustoz_\w+)`", read("README.md"))) == declared


def test_a_metric_that_nothing_counts_is_called_so() -> None:
    """Whoever sets an alarm on a number that never moves would sleep too well."""
    declared = dict(
        re.findall(r'^(\w+) = (?:Counter|Gauge|Histogram)\(\s*"(ustoz_\w+)"', read("bot/metrics.py"), re.MULTILINE)
    )
    files = [path for layer in ("bot", "db") for path in (ROOT / layer).rglob("*.py") if path.name != "metrics.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    counted = {name for variable, name in declared.items() if re.search(rf"\b{variable}\.", code)}
    admitted = {row[0].split("`")[1] for row in rows(read("README.md")) if "not counted yet" in row[-1]}

    assert set(declared.values()) - counted == admitted


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    text = read(document)
    here = (ROOT / document).parent
    links = {target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target}
    spoken = set(re.findall(rf"`([\w./-]+\.(?:{SUFFIXES}))`", text)) | set(re.findall(r"`([\w.-]+/[\w./-]*/)`", text))
    spoken = {path for path in spoken if not INVENTED & set(re.split(r"[/.]", path))}

    assert [target for target in sorted(links) if not (here / target).exists()] == []
    assert [path for path in sorted(spoken) if not _is_there(path, here)] == []


def _is_there(path: str, here: Path) -> bool:
    """From the root or from the document's own folder; a name alone, such as `states.py`, is that of some file."""
    return (ROOT / path).exists() or (here / path).exists() or ("/" not in path and path in _file_names())


@cache
def _file_names() -> frozenset[str]:
    layers = (ROOT / name for name in ("bot", "db", "domain", "locales", "migrations", "tests"))
    return frozenset(path.name for layer in layers for path in layer.rglob("*.*"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_command_exists(document: str) -> None:
    makefile = read("Makefile")
    commands = set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", read(document), re.MULTILINE))
    benchmarks = {name for name in commands if name.startswith("bench-")}

    assert sorted(name for name in commands - benchmarks if not re.search(rf"^{name}:", makefile, re.MULTILINE)) == []
    assert all(
        (ROOT / "tests" / "bench" / f"{name.removeprefix('bench-').replace('-', '_')}.py").exists()
        for name in benchmarks
    )


def glossary() -> list[tuple[str, str]]:
    """Each term's names in the code, with the file that they live in."""
    places = [re.findall(r"`([^`]+)`", row[3]) for row in rows(read("domain/README.md"))]
    return [(symbol, place[-1]) for place in places for symbol in place[:-1]]


@pytest.mark.parametrize(("symbol", "path"), glossary())
def test_a_term_lives_where_the_glossary_says(symbol: str, path: str) -> None:
    """As a class, a function, a constant or a field."""
    definition = rf"^ *(?:class |def |async def )?{symbol}(?:\(| ?[:=])"

    assert re.search(definition, read(path), re.MULTILINE)


def test_every_kind_and_every_identity_of_the_domain_is_in_the_glossary() -> None:
    spoken = read("domain/README.md")
    files = (ROOT / "domain").rglob("*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    kinds = set(re.findall(r"^class (\w+)\((?:StrEnum|IntEnum|Enum)\)", code, re.MULTILINE))
    identities = set(re.findall(r"^(\w+)Id = NewType", code, re.MULTILINE))

    assert sorted(kind for kind in kinds if f"`{kind}`" not in spoken) == []
    assert sorted(name for name in identities if name.lower() not in spoken.lower()) == []
