"""The tree: its top level, READMEs, and the style of scripts, YAML, Python and C++."""

import os
import re
import subprocess
import sys
from pathlib import Path

import descriptors
import pytest

ROOT = descriptors.ROOT
VISIBLE = {"CMakeLists.txt", "proto", "services", "common", "deploy", "tests",
           "docker-compose.yml", "README.md"}
HIDDEN = {".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", ".dockerignore"}
# Folders of one idea; a room of a service is told of by its service's README.
FOLDERS_WITH_README = [
    "", "proto", "common", "services", "services/invitation", "services/relationship",
    "services/directory", "common/access", "services/invitation/link", "services/invitation/mail",
    "services/invitation/message", "deploy/local", "deploy/local/data_set", "deploy/envoy",
    "deploy/envoy/invite", "deploy/feed", "deploy/images", "deploy/postgres", "deploy/prometheus", "tests",
    "tests/bench", "tests/faults", "tests/matrix",
]


def tracked_files() -> list[str]:
    """What git knows or would know: no build output."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")
    return [name for name in listed if name and (ROOT / name).is_file()]


FILES = tracked_files()


def first_line(name: str) -> str:
    with open(ROOT / name, "rb") as file:
        return file.readline(100).decode(errors="replace").strip()


def scripts(kind: str) -> list[str]:
    found = []
    for name in FILES:
        line = first_line(name)
        if line.startswith("#!") and kind in line or line == f"# shellcheck shell={kind}":
            found.append(name)
    return found


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


def test_top_level_is_the_house_s():
    tops = {name.partition("/")[0] for name in FILES}
    assert {top for top in tops if not top.startswith(".")} == VISIBLE
    assert {top for top in tops if top.startswith(".")} <= HIDDEN


@pytest.mark.parametrize("folder", FOLDERS_WITH_README)
def test_folder_has_a_readme_of_one_screen(folder):
    readme = ROOT / folder / "README.md"
    assert readme.exists()
    text = readme.read_text()
    assert re.search(r"^\| ?-{3}", text, re.MULTILINE), "it has no table"
    assert text.count("\n") <= 200


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS_WITH_README if folder])
def test_files_that_a_readme_s_table_names_exist(folder):
    text = (ROOT / folder / "README.md").read_text()
    rows = re.findall(r"^\| `([\w./<>{},*-]+)`", text, re.MULTILINE)
    named = [row for row in rows if re.search(r"\.(h|cc|py|sql|yaml|j2|sh|md|tpl)$", row)]
    missing = [row for row in named
               if not re.search(r"[<>{}*]", row) and not (ROOT / folder / row).exists()]
    assert missing == []


def test_links_of_the_readmes_lead_somewhere():
    broken = []
    for name in FILES:
        if name.endswith(".md"):
            folder = (ROOT / name).parent
            for target in re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text()):
                if "://" not in target and not (folder / target).exists():
                    broken.append(f"{name}: {target}")
    assert broken == []


def test_shell_scripts_are_clean():
    names = scripts("bash")
    assert "tests/run" in names
    result = run("shellcheck", "-x", "--severity=style", *names)
    assert result.returncode == 0, result.stdout


def test_planted_shell_fault_is_found():
    result = run("shellcheck", "-", input="#!/usr/bin/env bash\nrm -rf $1/x\n")
    assert result.returncode != 0


def test_yaml_is_clean():
    names = [name for name in FILES if re.search(r"\.ya?ml$", name)]
    assert names
    rules = "{extends: default, rules: {line-length: {max: 200}, document-start: disable}}"
    result = run("yamllint", "-s", "-d", rules, *names)
    assert result.returncode == 0, result.stdout


def test_cpp_is_formatted():
    names = [name for name in FILES if re.search(r"\.(h|cc)$", name)]
    result = run("clang-format-14", "--dry-run", "-Werror", *names)
    unformatted = sorted(set(re.findall(r"^([^:\n]+):\d+:\d+: error", result.stderr, re.MULTILINE)))
    assert unformatted == []
    assert result.returncode == 0, result.stderr


def test_planted_format_fault_is_found(tmp_path):
    (tmp_path / "a.cc").write_text("int  F( ){return 1 ;}\n")
    style = f"file:{ROOT / '.clang-format'}"
    result = run("clang-format-14", "--dry-run", "-Werror", f"--style={style}", tmp_path / "a.cc")
    assert result.returncode != 0


def test_python_compiles_without_warnings():
    names = [name for name in FILES if name.endswith(".py")] + scripts("python")
    check = "import sys\nfor name in sys.argv[1:]: compile(open(name).read(), name, 'exec')"
    result = run(sys.executable, "-W", "error", "-c", check, *names)
    assert result.returncode == 0, result.stderr


def test_scripts_are_executable_and_nothing_else_is():
    wrong = []
    for name in FILES:
        is_script = first_line(name).startswith("#!")
        if is_script != os.access(ROOT / name, os.X_OK):
            wrong.append(name)
    assert wrong == []


def test_text_files_end_well():
    wrong = []
    for name in FILES:
        content = Path(ROOT / name).read_bytes()
        if b"\0" in content or not content:
            continue
        if not content.endswith(b"\n") or re.search(rb"[ \t]\n", content) or b"\r" in content:
            wrong.append(name)
    assert wrong == []


def test_nothing_is_left_to_do():
    words = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
    left = []
    for name in FILES:
        content = (ROOT / name).read_bytes()
        if b"\0" not in content and words.search(content.decode(errors="replace")):
            left.append(name)
    assert left == []
