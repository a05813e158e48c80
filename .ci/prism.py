#!/usr/bin/env python3
"""What Patchline sends to GitHub, judged by GitHub's own description of its interface.

Prism serves the description on loopback, for github.com and for the newest Enterprise Server, and
says whether a request keeps to it. What it answers are GitHub's own examples, which lead nowhere; so
each request is shown to Prism first and then answered by a small GitHub of our own, whose answers
make Patchline go every way: alerts, uploads, what became of them, a branch that is gone, issues and
a comment that are new and that are not.

Usage: prism.py TOOLS PATCHLINE
"""

import hashlib
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

PRISM = "@stoplight/prism-cli@5.14.2"
OPENAPI = "@octokit/openapi@23.0.2"
# What Patchline asks for, each with its methods. The whole description takes Prism a minute to read.
# Every one of these has to be asked for at least once.
PATHS = {
    "/repos/{owner}/{repo}/dependabot/alerts": ["get"],
    "/repos/{owner}/{repo}/code-scanning/sarifs": ["post"],
    "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}": ["get"],
    "/repos/{owner}/{repo}/code-scanning/analyses": ["get"],
    "/repos/{owner}/{repo}/code-scanning/analyses/{analysis_id}": ["delete"],
    "/repos/{owner}/{repo}/git/matching-refs/{ref}": ["get"],
    "/repos/{owner}/{repo}/issues": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}": ["patch"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["patch"],
    "/user": ["get"],
}
# What Patchline writes for others to send: the description of its body, as a JSON Schema.
BODY = ("/repos/{owner}/{repo}/security-advisories", "post")
TOKEN = "ghs_prism"
NAME = "octocat/hello-world"


def main(tools: pathlib.Path, patchline: pathlib.Path) -> int:
    home = home_in(tools)
    descriptions = install(home)
    world = World(home / "world", patchline)
    return sum(judge(home, path, world) for path in descriptions)


def home_in(tools: pathlib.Path) -> pathlib.Path:
    """Where Prism and the descriptions are; made anew where any of these changes."""
    made_of = hashlib.sha256(json.dumps([PRISM, OPENAPI, PATHS, BODY]).encode()).hexdigest()
    home = tools / f"prism-{made_of[:8]}"
    home.mkdir(parents=True, exist_ok=True)
    return home


class World:
    """A repository with a change to it, and a database."""

    def __init__(self, folder: pathlib.Path, patchline: pathlib.Path):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.patchline = patchline
        self.database = folder / "demo/advisory-db"
        subprocess.run([patchline, "demo", "--keep", folder / "demo"], check=True, capture_output=True)
        self.clone = folder / "clone"
        self.git("clone", "--quiet", folder / "demo/ferry.git", self.clone, at=folder)
        # As if the lines had been read from GitHub's own address.
        self.git("remote", "set-url", "origin", f"https://git.example.org/{NAME}.git")
        for line in self.git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes").split():
            if line not in ("HEAD", "main"):
                self.git("branch", "--quiet", line, f"refs/remotes/origin/{line}")
        # The database of the demonstration is as old as its advisories.
        policy = '[scan]\ndependabot = "required"\nmax-database-age = "9999d"\n'
        (self.clone / "patchline.toml").write_text(policy)
        self.git("add", "patchline.toml")
        self.git("commit", "--quiet", "-m", "Configure")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.base = self.git("rev-parse", "HEAD")
        # A change that brings back what an older line has.
        self.git("checkout", "--quiet", "-b", "change")
        self.git("checkout", "--quiet", "release-1.2", "--", "Cargo.lock")
        self.git("commit", "--quiet", "-m", "Change")
        self.head = self.git("rev-parse", "HEAD")
        self.event = folder / "event.json"

    def git(self, *args, at=None) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", *who, *args]
        run = subprocess.run(command, cwd=at or self.clone, check=True, capture_output=True, text=True)
        return run.stdout.strip()

    def act(self, api: str, event: str, payload: dict, **inputs: str) -> subprocess.CompletedProcess:
        """Runs the action for an event, on the commit that a workflow would have checked out."""
        self.git("checkout", "--quiet", "--detach", self.head if "pull_request" in payload else self.base)
        self.event.write_text(json.dumps(payload))
        secret = ("GITHUB_", "GH_", "PATCHLINE_", "INPUT_", "RUNNER_", "ACTIONS_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
        environment |= {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
        environment |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": api,
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.event),
            "INPUT_TOKEN": TOKEN,
            "INPUT_DATABASE": str(self.database),
            "INPUT_EXIT-ZERO": "true",
        }
        command = [self.patchline, "action"]
        return subprocess.run(command, cwd=self.clone, env=environment, capture_output=True, text=True)


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
        whole_description = json.loads((generated / "api.github.com.json").read_text())
        (home / "body.json").write_text(json.dumps(body(whole_description)))
        reduced.rename(home / "descriptions")
        # It has 400 MB.
        shutil.rmtree(whole)
    return sorted((home / "descriptions").glob("*.json"))


def reduce(whole: dict) -> dict:
    """The same description with only the paths that are asked for, and what they refer to."""
    reduced = {key: value for key, value in whole.items() if key not in ("paths", "components", "webhooks", "x-webhooks")}
    reduced["paths"] = {
        path: {method: whole["paths"][path][method] for method in methods} for path, methods in PATHS.items()
    }
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


def body(whole: dict) -> dict:
    """The description of a request's body as a JSON Schema, which says "null" in another way."""

    def resolved(value):
        if isinstance(value, list):
            return [resolved(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            found = whole
            for part in value["$ref"].split("/")[1:]:
                found = found[part]
            return resolved(found)
        plain = {key: resolved(item) for key, item in value.items() if key not in ("nullable", "example", "examples")}
        if value.get("nullable") and isinstance(plain.get("type"), str):
            plain["type"] = [plain["type"], "null"]
        return plain

    path, method = BODY
    content = whole["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **resolved(content)}


def named_in_words(description: dict) -> dict:
    """With the media type that GitHub asks for in words: the description names only the plain one."""
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    responses = [response for operation in operations for response in operation["responses"].values()]
    responses += description["components"].get("responses", {}).values()
    for content in (response.get("content", {}) for response in responses):
        if "application/json" in content:
            content["application/vnd.github+json"] = content["application/json"]
    return description


class Between(http.server.BaseHTTPRequestHandler):
    """Shows each request to Prism, and answers it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path = self.path.split("?")[0]
        server = self.server
        if path == "/graphql":
            # GraphQL is not in the description; without it, Patchline asks elsewhere who it is.
            status, reply = 502, {}
        else:
            server.show(self.command, self.path, dict(self.headers), body)
            document = json.loads(body) if body else None
            status, reply = server.github.answer(self.command, self.path, document, server.address)
        data = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


class Judge(http.server.ThreadingHTTPServer):
    """What stands between Patchline and Prism, and what was found."""

    def __init__(self, prism: int):
        super().__init__(("127.0.0.1", 0), Between)
        self.prism = prism
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.github = Github()
        self.problems, self.asked, self.requests = [], set(), 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def show(self, method: str, target: str, headers: dict, body: bytes):
        self.requests += 1
        path = target.split("?")[0]
        for template, methods in PATHS.items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if method.lower() in methods and re.fullmatch(pattern, path):
                self.asked.add((method.lower(), template))
        connection = http.client.HTTPConnection("127.0.0.1", self.prism, timeout=60)
        connection.request(method, target, body or None, {**headers, "Host": "prism"})
        response = connection.getresponse()
        said = response.read().decode(errors="replace")
        for violation in violations(response.headers):
            self.problems.append(f"{method} {target}: {violation['message']} ({'/'.join(violation['location'])})")
        if "stoplight.io/prism/errors" in said and "SCHEMA_" not in said and "VIOLATIONS" not in said:
            self.problems.append(f"{method} {target}: {said}")

    def never_asked(self) -> list:
        wanted = {(method, path) for path, methods in PATHS.items() for method in methods}
        return [f"{method.upper()} {path} was never asked for" for method, path in sorted(wanted - self.asked)]


class Github:
    """Answers that lead somewhere."""

    def __init__(self):
        self.issues, self.comments, self.looks = [], [], 0

    def answer(self, method: str, target: str, body, address: str):
        path, _, query = target.partition("?")
        path = path.removeprefix(f"/repos/{NAME}")
        match (method, path.strip("/").split("/")):
            case ("GET", ["user"]):
                return 200, {"login": "octocat"}
            case ("GET", ["dependabot", "alerts"]):
                return 200, []
            case ("POST", ["code-scanning", "sarifs"]):
                return 202, {"id": "47177e22-5596-11eb-80a1-c1e54ef945c6", "url": ""}
            case ("GET", ["code-scanning", "sarifs", _]):
                self.looks += 1
                status = "pending" if self.looks == 1 else "complete"
                return 200, {"processing_status": status, "errors": None}
            case ("GET", ["code-scanning", "analyses"]):
                gone = {
                    "id": 7, "ref": "refs/heads/release-0.9", "commit_sha": "0" * 40, "category": "patchline/0.9",
                    "created_at": "2031-06-15T12:00:00Z", "results_count": 3, "rules_count": 3,
                    "tool": {"name": "Patchline"}, "error": "", "warning": "", "sarif_id": "a",
                }
                return 200, [] if "sarif_id" in query else [gone]
            case ("DELETE", ["code-scanning", "analyses", number]):
                before = f"{address}/repos/{NAME}/code-scanning/analyses/6"
                urls = {"next_analysis_url": before, "confirm_delete_url": f"{before}?confirm_delete=true"}
                return 200, urls if number == "7" else dict.fromkeys(urls)
            case ("GET", ["git", "matching-refs", *_]):
                return 200, []
            case ("GET", ["issues"]):
                return 200, self.issues
            case ("POST", ["issues"]):
                issue = {"number": len(self.issues) + 1, "state": "open", "user": {"login": "octocat"}, **body}
                self.issues.append(issue)
                return 201, issue
            case ("GET", ["issues", _, "comments"]):
                return 200, self.comments
            case ("POST", ["issues", _, "comments"]):
                self.comments.append({"id": 1, "user": {"login": "octocat"}, **body})
                return 201, self.comments[-1]
            case ("PATCH", ["issues", "comments", _]):
                self.comments[0] |= body
                return 200, self.comments[0]
            case ("PATCH", ["issues", number]):
                self.issues[int(number) - 1] |= body
                return 200, self.issues[int(number) - 1]
        return 404, {"message": "Not Found"}


def judge(home: pathlib.Path, description: pathlib.Path, world: World) -> int:
    """Runs Patchline against one description; the number of violations and other mishaps."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / f"{description.stem}.log"
    command = [home / "node_modules/.bin/prism", "mock", "--host", "127.0.0.1", "--port", str(port), description]
    with log.open("w") as output:
        # Prism is a script that starts another process: both end together.
        prism = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    between = Judge(port)
    try:
        # A judge that finds no fault with this one is none.
        known = f"http://127.0.0.1:{port}/repos/o/r/dependabot/alerts?per_page=many"
        if not violations(ask(known, prism)):
            print(f"{description.name}: Prism takes a request that is wrong; see {log}")
            return 1
        problems = runs(world, between)
    finally:
        between.shutdown()
        os.killpg(prism.pid, signal.SIGTERM)
        prism.wait()
    problems += [f"Prism: {problem}" for problem in between.problems] + between.never_asked()
    for problem in problems:
        print(f"{description.name}: {problem}")
    print(f"{description.name}: {between.requests} requests, {len(problems)} problems")
    return len(problems)


def runs(world: World, between: Judge) -> list:
    """Two nights and two looks at a pull request; what was wrong with them."""
    problems, github = [], between.github
    repository = {"full_name": NAME, "default_branch": "main"}
    nightly = {"repository": repository, "schedule": "0 3 * * *"}
    branch = {"repo": {"full_name": NAME}}
    change = {
        "repository": repository,
        "number": 7,
        "pull_request": {
            "number": 7,
            "author_association": "MEMBER",
            "base": {"ref": "main", "sha": world.base, **branch},
            "head": {"ref": "change", "sha": world.head, **branch},
        },
    }
    every = {"upload": "true", "comment": "true", "issues": "vulnerability"}
    for event, payload in [("schedule", nightly), ("schedule", nightly), ("pull_request", change), ("pull_request", change)]:
        run = world.act(between.address, event, payload, **every)
        # The answers say nothing of what was uploaded, which is no fault of the requests.
        expected = 4 if "and shows nothing of it" in run.stderr else 0
        if run.returncode != expected:
            problems.append(f"Patchline ended with {run.returncode} in a {event}: {run.stderr.strip()}")
        if TOKEN in run.stdout + run.stderr:
            problems.append("the token is shown")
        # What somebody changed is written again the next time.
        for page in github.issues + github.comments:
            page["body"] += "Changed."
    return problems


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
    found = json.loads(headers.get("sl-violations", "[]"))
    return [v for v in found if v["location"][0] == "request" and v["severity"] == "Error"]


if __name__ == "__main__":
    sys.exit(min(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()), 1))
