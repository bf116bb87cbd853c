"""What import-linter cannot say: how features meet."""

from collections import defaultdict
from graphlib import TopologicalSorter

import grimp
import pytest

FEATURES = {
    "certificates",
    "users",
    "courses",
    "learning",
    "materials",
    "notes",
    "payments",
    "quizzes",
    "review",
    "search",
    "tuition",
    "tutor",
    "usage",
    "notifications",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("bot", "domain")


def test_features_of_the_bot_meet_through_their_states_only(graph: grimp.ImportGraph) -> None:
    strangers = [
        f"{importer} -> {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if (mine := _feature(importer, "bot"))
        and (other := _feature(imported, "bot"))
        and mine != other
        and imported not in (f"bot.{other}", f"bot.{other}.states")
    ]

    assert strangers == []


def test_domain_features_depend_on_each_other_in_no_circle(graph: grimp.ImportGraph) -> None:
    needs: dict[str, set[str]] = defaultdict(set)
    for importer in graph.modules:
        mine = _feature(importer, "domain")
        for imported in graph.find_modules_directly_imported_by(importer):
            other = _feature(imported, "domain")
            if mine and other and mine != other:
                needs[mine].add(other)

    TopologicalSorter(needs).prepare()


def _feature(module: str, layer: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 2 and parts[0] == layer and parts[1] in FEATURES else None
