"""The front end is built once for its sources, and its parts are what the lock says."""

import gzip
import json
import re

import pytest

from services.dashboard.build import STAMP, WEB, build, sources_hash
from tests.browser.chromium import HERE as BROWSER

JAVASCRIPT_LIMIT_BYTES = 100_000


def test_nothing_is_built_when_the_built_files_belong_to_the_sources(tmp_path):
    web, static = tmp_path / "web", tmp_path / "static"
    web.mkdir()
    static.mkdir()
    (web / "main.ts").write_text("export {};\n")
    (static / STAMP).write_text(sources_hash(web))

    assert build(web, static) is False


@pytest.mark.parametrize("change", ["content", "name"])
def test_any_change_of_a_source_is_seen(tmp_path, change):
    source = tmp_path / "main.ts"
    source.write_text("export {};\n")
    before = sources_hash(tmp_path)
    if change == "content":
        source.write_text("export const a = 1;\n")
    else:
        source.rename(tmp_path / "other.ts")

    assert sources_hash(tmp_path) != before


def test_installed_packages_are_no_sources(tmp_path):
    before = sources_hash(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text("x")

    assert sources_hash(tmp_path) == before


@pytest.mark.parametrize("folder", [WEB, BROWSER], ids=["board", "browser tests"])
def test_the_lock_has_hashes_and_no_addresses(folder):
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}

    assert all("integrity" in package and "resolved" not in package for package in installed.values())


def test_the_board_is_light_and_needs_no_other_host(tmp_path):
    build(static=tmp_path / "static")
    scripts = list((tmp_path / "static" / "assets").glob("*.js"))
    pages = [page.read_text() for page in (tmp_path / "static").glob("*.html")]

    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < JAVASCRIPT_LIMIT_BYTES
    assert not any(re.search(r"https?://|<script(?![^>]*src)|style=", page) for page in pages)
