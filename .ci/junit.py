#!/usr/bin/env python3
"""Test results as Patchline writes them, judged by the schema that Jenkins describes them with.

The schema is in the sources of pytest, which holds its own results against it.

Usage: junit.py TOOLS FILE...
"""

import pathlib
import subprocess
import sys
import tarfile

PYTEST = "pytest==8.4.2"
LXML = "lxml==6.0.2"
SCHEMA = "testing/example_scripts/junit-10.xsd"


def main(tools: pathlib.Path, files: list[str]) -> int:
    home = tools / "junit"
    schema = home / f"{PYTEST}.xsd"
    if not schema.exists():
        home.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "--quiet"]
        subprocess.run([*pip, "download", "--no-deps", "--no-binary", "pytest", "--dest", home, PYTEST], check=True)
        subprocess.run([*pip, "install", LXML], check=True)
        with tarfile.open(next(home.glob("pytest-*.tar.gz"))) as sources:
            member = next(name for name in sources.getnames() if name.endswith(SCHEMA))
            schema.write_bytes(sources.extractfile(member).read())
    from lxml import etree

    judge = etree.XMLSchema(etree.parse(schema))
    bad = 0
    for file in files:
        document = etree.parse(file)
        if not judge.validate(document):
            bad += 1
            for error in list(judge.error_log)[:10]:
                print(f"error: {file}:{error.line}: {error.message}")
        root = document.getroot()
        cases = document.findall(".//testcase")
        for name, found in (("tests", len(cases)), ("failures", len(document.findall(".//failure"))), ("errors", len(document.findall(".//error")))):
            if int(root.get(name)) != found:
                bad += 1
                print(f"error: {file}: {name} are {root.get(name)}, and there are {found}")
        print(f"{pathlib.Path(file).name}: {root.get('tests')} tests, {root.get('failures')} failures, {root.get('errors')} errors")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
