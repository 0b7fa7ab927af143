"""What the pages are made of: no other host, nothing inline, and little script."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
DOCUMENTS = WEB.parent / "schema" / "documents"
PAGES = sorted([*WEB.glob("*.html"), WEB / "graphiql" / "plain.html"])
SOURCES = sorted([*PAGES, *(WEB / "assets").iterdir()])
MODULES = sorted((WEB / "assets").glob("*.js"))
NAMESPACES = ("http://www.w3.org/2000/svg",)


def _name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("source", SOURCES, ids=_name)
def test_a_page_names_no_other_host(source: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.DOTALL)
    found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", text)
    assert [address for address in found if address not in NAMESPACES] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_has_nothing_inline(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []
    assert [script for script in re.findall(r"<script[^>]*>", text) if "src=" not in script] == []


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_says_what_it_is_and_evaluates_nothing(module: Path) -> None:
    text = module.read_text()
    assert text.startswith("/*")
    assert re.findall(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text) == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_scripts_of_a_page_stay_small(page: Path) -> None:
    loaded = _loaded(re.findall(r'<script[^>]*src="/static/(\w[\w-]*\.js)"', page.read_text()))
    assert loaded
    assert len(gzip.compress(b"".join((WEB / "assets" / name).read_bytes() for name in sorted(loaded)))) < 30_000


def _loaded(names: list[str]) -> set[str]:
    """These modules, and what they import."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += re.findall(r'from "\./([\w-]+\.js)"', (WEB / "assets" / name).read_text())
    return found


def test_every_document_the_pages_ask_for_is_there() -> None:
    scripts = "".join(module.read_text() for module in MODULES)
    asked = set(re.findall(r"(?:request|requestAsViewer|documentText)\(\"(\w+)\"", scripts))
    assert asked == {
        "LivePage", "BracketChanges", "MatchLog", "Entrants", "Overview", "LiveScores", "VenueScreen",
        "LogIn", "RefreshSession", "ViewerRoles", "PresenceChanges", "StandingsChanges", "LadderStandings",
        "MatchVeto", "StageHeats", "MatchDeadlines",
    }  # fmt: skip
    assert {name for name in asked if not (DOCUMENTS / f"{name}.graphql").is_file()} == set()
