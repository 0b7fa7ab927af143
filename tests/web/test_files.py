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


def test_the_scripts_stay_small() -> None:
    assert len(gzip.compress(b"".join(module.read_bytes() for module in MODULES))) < 36_500


def test_every_document_the_pages_ask_for_is_there() -> None:
    scripts = "".join(module.read_text() for module in MODULES)
    asked = set(re.findall(r"(?:request|requestAsViewer|documentText)\(\"(\w+)\"", scripts))
    assert asked == {
        "LivePage", "BracketChanges", "MatchLog", "Entrants", "Overview", "LiveScores",
        "LogIn", "RefreshSession", "ViewerRoles", "PresenceChanges", "StageTables",
        "VenueScreen",
    }  # fmt: skip
    assert {name for name in asked if not (DOCUMENTS / f"{name}.graphql").is_file()} == set()
