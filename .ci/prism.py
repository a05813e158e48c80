#!/usr/bin/env python3
"""What Patchline sends to GitHub, judged by GitHub's own description of its interface.

Prism serves the description on loopback, for github.com and for the newest Enterprise Server, and
says whether a request keeps to it. What it answers are GitHub's own examples.

Usage: prism.py TOOLS PATCHLINE
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PRISM = "@stoplight/prism-cli@5.14.2"
OPENAPI = "@octokit/openapi@23.0.2"
# What Patchline asks for. The whole description takes Prism a minute to read.
PATHS = ["/repos/{owner}/{repo}/dependabot/alerts"]
TOKEN = "ghs_prism"


def main(tools: pathlib.Path, patchline: pathlib.Path) -> int:
    # Made anew where any of these changes.
    made_of = hashlib.sha256(json.dumps([PRISM, OPENAPI, PATHS]).encode()).hexdigest()
    home = tools / f"prism-{made_of[:8]}"
    home.mkdir(parents=True, exist_ok=True)
    descriptions = install(home)
    kept = home / "demo"
    shutil.rmtree(kept, ignore_errors=True)
    subprocess.run([patchline, "demo", "--keep", kept], check=True, capture_output=True)
    policy = home / "patchline.toml"
    policy.write_text('[scan]\ndependabot = "required"\n')
    return sum(judge(home, path, patchline, kept, policy) for path in descriptions)


def install(home: pathlib.Path) -> list[pathlib.Path]:
    """Brings Prism and the descriptions, reduced to what is asked for."""
    if not (home / "node_modules/.bin/prism").exists():
        npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", home]
        subprocess.run([*npm, PRISM], check=True)
    if not (home / "descriptions").exists():
        whole = home / "whole"
        whole.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", whole]
        subprocess.run([*npm, OPENAPI], check=True)
        generated = whole / "node_modules/@octokit/openapi/generated"
        reduced = home / "descriptions.new"
        shutil.rmtree(reduced, ignore_errors=True)
        reduced.mkdir()
        servers = [path for path in generated.glob("ghes-*.json") if "deref" not in path.name]
        newest = max(servers, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])
        for path in [generated / "api.github.com.json", newest]:
            description = named_in_words(reduce(json.loads(path.read_text())))
            (reduced / path.name).write_text(json.dumps(description))
        reduced.rename(home / "descriptions")
        # It has 400 MB.
        shutil.rmtree(whole)
    return sorted((home / "descriptions").glob("*.json"))


def reduce(whole: dict) -> dict:
    """The same description with only the paths that are asked for, and what they refer to."""
    reduced = {key: value for key, value in whole.items() if key not in ("paths", "components", "webhooks", "x-webhooks")}
    reduced["paths"] = {path: {"get": whole["paths"][path]["get"]} for path in PATHS}
    reduced["components"] = {}
    waiting = [reduced["paths"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                _, _, kind, name = reference.split("/")
                group = reduced["components"].setdefault(kind, {})
                if name not in group:
                    group[name] = whole["components"][kind][name]
                    waiting.append(group[name])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return reduced


def named_in_words(description: dict) -> dict:
    """With the media type that GitHub asks for in words: the description names only the plain one."""
    for path in description["paths"].values():
        for response in path["get"]["responses"].values():
            content = response.get("content", {})
            if "application/json" in content:
                content["application/vnd.github+json"] = content["application/json"]
    return description


def judge(home: pathlib.Path, description: pathlib.Path, patchline, kept, policy) -> int:
    """Runs Patchline against one description; the number of violations and other mishaps."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / f"{description.stem}.log"
    command = [home / "node_modules/.bin/prism", "mock", "--host", "127.0.0.1", "--port", str(port), description]
    with log.open("w") as output:
        # Prism is a script that starts another process: both end together.
        prism = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        # A judge that finds no fault with this one is none.
        known = f"{address}/repos/o/r/dependabot/alerts?per_page=many"
        if not violations(ask(known, prism)):
            print(f"{description.name}: Prism takes a request that is wrong; see {log}")
            return 1
        seen = log.stat().st_size
        run = subprocess.run(
            [
                patchline, "scan", "--repo", kept / "ferry.git", "--db", f"rustsec={kept}/advisory-db",
                "--config", policy, "--format", "json", "--exit-zero",
            ],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GH_", "PATCHLINE_"))},
                "GITHUB_API_URL": address,
                "GITHUB_REPOSITORY": "octocat/hello-world",
                "PATCHLINE_TOKEN": TOKEN,
            },
            capture_output=True,
            text=True,
        )
        said = log.read_text()[seen:]
    finally:
        os.killpg(prism.pid, signal.SIGTERM)
        prism.wait()
    requests = said.count("Request received")
    # Errors of the request; that GitHub's own examples break its own rules is no fault of ours.
    bad = [row for row in said.splitlines() if "✖" in row and "Violation: response" not in row]
    problems = [f"Prism: {row}" for row in bad]
    if requests == 0:
        problems.append("Prism was not asked")
    if run.returncode != 0:
        problems.append(f"Patchline ended with {run.returncode}: {run.stderr.strip()}")
    else:
        report = json.loads(run.stdout)
        covered = [c for c in report["coverage"] if c["source"] == "dependabot"]
        if not covered or any(c["covered"] != "complete" for c in covered):
            problems.append(f"the alerts were not read: {covered}")
        problems += [f"trouble: {t['message']}" for t in report["trouble"] if "lert" in t["message"]]
    if TOKEN in run.stdout + run.stderr:
        problems.append("the token is shown")
    for problem in problems:
        print(f"{description.name}: {problem}")
    print(f"{description.name}: {requests} requests, {len(problems)} problems")
    return len(problems)


def ask(address: str, prism: subprocess.Popen):
    """The headers of an answer, as soon as there is one."""
    for _ in range(240):
        if prism.poll() is not None:
            sys.exit("Prism does not start")
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return response.headers
        except urllib.error.HTTPError as error:
            return error.headers
        except OSError:
            time.sleep(0.25)
    sys.exit("Prism does not answer")


def violations(headers) -> list:
    """What is wrong with a request, as Prism says in a header."""
    return [v for v in json.loads(headers.get("sl-violations", "[]")) if v["location"][0] == "request"]


if __name__ == "__main__":
    sys.exit(min(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()), 1))
