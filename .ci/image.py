#!/usr/bin/env python3
"""The image that the Dockerfile makes, run as GitHub's runner runs it.

The Dockerfile is built as it is, by buildah, which needs no daemon. Where no registry is reachable, a
stand-in for its base image is made of Debian's packages and the toolchain of this machine. What the
image leaves in a workspace has to be what the program leaves there, and belong to the workspace's
owner.

Usage: image.py TOOLS PATCHLINE
"""

import contextlib
import gzip
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from ruamel.yaml import YAML

IMAGE = "localhost/patchline"
# Whoever owns a workspace on GitHub's runners.
OWNER = 1001
# The day of the demonstration.
DAY = "2025-01-06"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# A name and a server of names that only the image is told.
NAME, NAMES = "database.test", "127.0.0.77"
# The mount points of the runner's container.
WORKSPACE, HOME, EVENT, COMMANDS = (f"/github/{name}" for name in ("workspace", "home", "workflow", "file_commands"))


def main(tools: pathlib.Path, patchline: pathlib.Path) -> int:
    if os.geteuid() != 0:
        return skipped("buildah without a daemon has to be root here")
    if not brought("buildah"):
        return skipped("buildah is not to be had")
    home = tools / "image"
    home.mkdir(parents=True, exist_ok=True)
    buildah = Buildah(home)
    revision = text(["git", "rev-parse", "HEAD"])
    for name in bases():
        if not buildah.has(name) and not buildah.pulls(name) and not stand_in(buildah, home, name):
            return skipped(f"`{name}` can be neither fetched nor made")
    started = time.monotonic()
    build(buildah, home, revision)
    print(f"built in {time.monotonic() - started:.0f} s")
    # Its folders are the container's, so they can be a stranger's.
    with tempfile.TemporaryDirectory(prefix="patchline-image-") as folder, buildah.container(
        IMAGE, "--dns", NAMES
    ) as container:
        problems = contents(buildah, container, revision)
        problems += journey(buildah, container, pathlib.Path(folder), patchline)
    for problem in problems:
        print(f"image: {problem}")
    print(f"image: {len(problems)} problems")
    return min(len(problems), 1)


def skipped(because: str) -> int:
    print(f"skipped: {because}")
    return 0


def text(command, **more) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout.strip()


def brought(program: str, *packages: str) -> bool:
    """True if the program is there, or Debian's package of it could be installed."""
    if shutil.which(program):
        return True
    if not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", program, *packages]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "--quiet=2"], install):
        subprocess.run(command, env=environment, **quiet)
    return shutil.which(program) is not None


class Buildah:
    """buildah with a storage of its own."""

    def __init__(self, home: pathlib.Path):
        for driver in ("overlay", "vfs"):
            storage = home / f"storage-{driver}"
            self.command = ["buildah", "--root", storage, "--runroot", home / "run", "--storage-driver", driver]
            # Not every file system carries an overlay; the other driver copies everything.
            with contextlib.suppress(subprocess.CalledProcessError), self.container("scratch"):
                return
        sys.exit("buildah has no storage that works here")

    def __call__(self, *args) -> str:
        return text([*self.command, *args])

    @contextlib.contextmanager
    def container(self, image: str, *options):
        name = self("from", "--pull-never", *options, image)
        try:
            yield name
        finally:
            self("rm", name)

    def has(self, image: str) -> bool:
        found = subprocess.run([*self.command, "inspect", "--type", "image", image], capture_output=True)
        return found.returncode == 0

    def pulls(self, image: str) -> bool:
        pull = subprocess.run([*self.command, "pull", "--quiet", image], capture_output=True, timeout=600)
        return pull.returncode == 0


def bases() -> list[str]:
    """The images that the Dockerfile begins with."""
    stages = re.findall(r"(?m)^FROM (\S+)(?: AS (\S+))?", pathlib.Path("Dockerfile").read_text())
    own = {"scratch", *(name for _, name in stages)}
    return sorted({image for image, _ in stages} - own)


def stand_in(buildah: Buildah, home: pathlib.Path, image: str) -> bool:
    """Debian and the toolchain of this machine under the name of the image of Rust."""
    release = re.fullmatch(r"docker\.io/library/rust:([\d.]+)-slim-(\w+)", image)
    version = re.search(r"rustc (\S+)", text(["rustc", "--version"]))
    if not release or not version or not f"{version[1]}.".startswith(f"{release[1]}."):
        return False
    if not brought("mmdebstrap"):
        return False
    print(f"no registry gives `{image}`: making a stand-in", flush=True)
    files = home / "debian.tar"
    bootstrap = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates,gcc,libc6-dev"]
    subprocess.run([*bootstrap, release[2], files], check=True)
    toolchain = pathlib.Path(text(["rustc", "--print", "sysroot"]))
    with buildah.container("scratch") as container:
        buildah("add", "--quiet", container, files, "/")
        files.unlink()
        buildah("copy", "--quiet", container, toolchain / "lib", "/usr/local/lib")
        programs = [toolchain / "bin" / name for name in ("cargo", "rustc")]
        buildah("copy", "--quiet", container, *programs, "/usr/local/bin/")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        buildah("config", "--env", f"PATH={path}", "--env", "CARGO_HOME=/usr/local/cargo", container)
        buildah("commit", "--quiet", container, image)
    return True


def build(buildah: Buildah, home: pathlib.Path, revision: str):
    """Builds the Dockerfile as it is. What cargo keeps, here and there, is kept."""
    cargo = pathlib.Path(os.environ.get("CARGO_HOME", "~/.cargo")).expanduser()
    made = home / "target"
    made.mkdir(exist_ok=True)
    volumes = [f"{made}:/build/target"]
    if (cargo / "registry").is_dir():
        volumes.append(f"{cargo}/registry:/usr/local/cargo/registry")
    # A machine may have its own way to the registry of crates.
    given = [(CERTIFICATES, CERTIFICATES), (cargo / "config.toml", "/usr/local/cargo/config.toml")]
    volumes += [f"{here}:{there}:ro" for here, there in given if os.path.exists(here)]
    command = [*buildah.command, "build", "--isolation", "chroot", "--pull-never", "--layers=false"]
    command += [part for volume in volumes for part in ("--volume", volume)]
    command += ["--build-arg", f"REVISION={revision}", "--tag", IMAGE, "."]
    log = home / "build.log"
    with log.open("w") as output:
        if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT).returncode != 0:
            print(*log.read_text().splitlines()[-40:], sep="\n")
            sys.exit(f"the Dockerfile cannot be built; see {log}")
    # Without the network of GitHub there is no copy of the database, which must not break the build.
    print("with" if "the image has no copy" not in log.read_text() else "without", "a copy of the database")


def contents(buildah: Buildah, container: str, revision: str) -> list[str]:
    """What is in the image, and what it says of itself."""
    root = pathlib.Path(buildah("mount", container))
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.stat().st_size)
    cached = [path for path in files if path.is_relative_to(root / "var/cache/patchline")]
    found = {f"/{path.relative_to(root)}" for path in files} - {f"/{path.relative_to(root)}" for path in cached}
    size = sum(path.stat().st_size for path in files)
    binary = (root / "patchline").read_bytes()
    certificates = (root / CERTIFICATES[1:]).read_text().count("BEGIN CERTIFICATE")
    config = json.loads(buildah("inspect", "--type", "image", IMAGE))["OCIv1"]["config"]
    labels = config["Labels"]
    problems = []
    if found != {"/patchline", CERTIFICATES}:
        problems.append(f"it holds {sorted(found)}")
    if b"ld-linux" in binary[:4096]:
        problems.append("the binary is not static")
    if certificates < 50:
        problems.append(f"it has {certificates} certificates")
    if config.get("User"):
        problems.append(f"it does not run as root, but as {config['User']}")
    for name in ("title", "description", "source", "licenses", "version", "revision", "created"):
        if f"org.opencontainers.image.{name}" not in labels:
            problems.append(f"it has no label `{name}`")
    if labels.get("org.opencontainers.image.revision") != revision:
        problems.append("its revision is not what it was built of")
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
    print(f"{size / 1e6:.1f} MB, about {packed / 1e6:.1f} MB to pull")
    buildah("umount", container)
    return problems


def journey(buildah: Buildah, container: str, folder: pathlib.Path, patchline: pathlib.Path) -> list[str]:
    """A scheduled run in a shallow clone, in the image and without it, and one that sees nothing."""
    subprocess.run([patchline, "demo", "--keep", folder / "served"], check=True, capture_output=True)
    published(folder / "served/advisory-db")
    problems = []
    with served(folder / "served") as port:
        address = f"http://127.0.0.1:{port}"
        by_image = Run(folder, "image", address)
        by_image.in_container(buildah, container)
        alone = Run(folder, "alone", address)
        alone.as_process(patchline)
        problems += by_image.problems(alone)
        took = f"{by_image.seconds:.2f} s from start to report, {alone.seconds:.2f} s without the image"
        broken = Run(folder, "broken", address, database=f"{address}/nothing.git")
        broken.in_container(buildah, container)
        if broken.code == 0 or broken.outputs().get("outcome") != "broken":
            problems.append(f"without a database it ends with {broken.code}: {broken.outputs()}")
        # A static program finds names and certificates by itself, or not at all.
        authority, keys = certified(folder)
        with served(folder / "served", keys) as port, resolved():
            named = Run(folder, "named", address, database=f"https://{NAME}:{port}/advisory-db")
            named.in_container(buildah, container, (authority, CERTIFICATES))
        if named.code != by_image.code or named.outputs() != by_image.outputs():
            problems.append(f"over https it ends with {named.code}: {named.said}")
    print(took)
    return problems


def published(database: pathlib.Path):
    """The demonstration's database as a git repository."""
    git = ["git", "-C", database, "-c", "user.name=A", "-c", "user.email=a@example.org"]
    environment = {**os.environ, "GIT_COMMITTER_DATE": "2024-12-20T12:00:00Z"}
    for args in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Publish"]):
        subprocess.run([*git, *args], check=True, env=environment)


class Run:
    """One step of a job, with its own workspace and the files that the runner makes for it."""

    def __init__(self, folder: pathlib.Path, name: str, address: str, **inputs):
        self.folder = folder / name
        self.workspace, self.home, self.event, self.commands = (
            self.folder / part for part in ("workspace", "home", "workflow", "commands")
        )
        for part in (self.home, self.event, self.commands):
            part.mkdir(parents=True)
        clone = ["git", "clone", "--quiet", "--depth", "1", f"{address}/ferry.git", self.workspace]
        subprocess.run(clone, check=True)
        repository = {"full_name": "ferry/boat", "default_branch": "main"}
        (self.event / "event.json").write_text(json.dumps({"schedule": "37 3 * * *", "repository": repository}))
        for file in ("output", "summary"):
            (self.commands / file).touch()
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, OWNER, OWNER, follow_symlinks=False)
        self.before = self.state()
        self.metadata = YAML(typ="safe").load(pathlib.Path("action.yml").read_text())
        given = {"database": f"{address}/advisory-db", "upload": "false", "token": "", **inputs}
        # What the runner would have to evaluate is given here.
        self.inputs = {
            f"INPUT_{name.upper()}": given.get(name, input.get("default", ""))
            for name, input in self.metadata["inputs"].items()
        }

    def state(self) -> list[str]:
        """What a run must leave as it is: the clone, and what is checked out."""
        git = ["git", "-c", "safe.directory=*", "-C", self.workspace]
        files = sorted(str(path.relative_to(self.workspace)) for path in (self.workspace / ".git").rglob("*"))
        return [*files, text([*git, "for-each-ref"]), text([*git, "status", "--porcelain", "--", ":!patchline"])]

    def environment(self, workspace, home, event, commands) -> dict[str, str]:
        return self.inputs | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": "http://127.0.0.1:9",
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_EVENT_PATH": f"{event}/event.json",
            "GITHUB_OUTPUT": f"{commands}/output",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": "ferry/boat",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SERVER_URL": "http://127.0.0.1:9",
            "GITHUB_SHA": text(["git", "-c", "safe.directory=*", "-C", self.workspace, "rev-parse", "HEAD"]),
            "GITHUB_STEP_SUMMARY": f"{commands}/summary",
            "GITHUB_WORKSPACE": str(workspace),
            "HOME": str(home),
        }

    def args(self) -> list[str]:
        return [*self.metadata["runs"]["args"], "--as-of", DAY]

    def in_container(self, buildah: Buildah, container: str, *more: tuple[pathlib.Path, str]):
        config = json.loads(buildah("inspect", "--type", "image", IMAGE))["OCIv1"]["config"]
        mounts = [(self.workspace, WORKSPACE), (self.home, HOME), (self.event, EVENT), (self.commands, COMMANDS)]
        command = [*buildah.command, "run", "--isolation", "chroot", "--workingdir", WORKSPACE]
        for here, there in [*mounts, *more]:
            command += ["--volume", f"{here}:{there}"]
        for name, value in self.environment(*(there for _, there in mounts)).items():
            command += ["--env", f"{name}={value}"]
        self.ended([*command, container, "--", *config["Entrypoint"], *self.args()])

    def as_process(self, patchline: pathlib.Path):
        own = ("GITHUB_", "GH_", "INPUT_", "PATCHLINE_", "RUNNER_", "ACTIONS_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        environment |= self.environment(self.workspace, self.home, self.event, self.commands)
        environment["PATCHLINE_CACHE_DIR"] = str(self.folder / "cache")
        self.ended([patchline, *self.args()], env=environment, cwd=self.workspace)

    def ended(self, command, **more):
        started = time.monotonic()
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, **more)
        self.seconds = time.monotonic() - started
        self.code, self.said = run.returncode, run.stdout + run.stderr

    def outputs(self) -> dict[str, str]:
        """What later steps would get, with `name<<DELIMITER` read as well."""
        found, rows = {}, iter((self.commands / "output").read_text().splitlines())
        for row in rows:
            if match := re.fullmatch(r"([\w-]+)<<(\S+)", row):
                value = []
                for row in rows:
                    if row == match[2]:
                        break
                    value.append(row)
                found[match[1]] = "\n".join(value)
            else:
                name, _, value = row.partition("=")
                found[name] = value
        return found

    def files(self) -> dict[str, bytes]:
        folder = self.workspace / "patchline"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def problems(self, alone: "Run") -> list[str]:
        """What is wrong with a run in the image, held against the same without."""
        if self.code != 1:
            return [f"it ends with {self.code}, and the demonstration fails: {self.said}"]
        problems = []
        files, outputs = self.files(), self.outputs()
        wanted = {"patchline.json", "patchline.sarif", "patchline.openvex.json", "lines/1.4.sarif"}
        if not wanted <= set(files):
            problems.append(f"it wrote {sorted(files)}")
        if files != alone.files():
            problems.append("it wrote other files than the program alone")
        if (self.code, outputs) != (alone.code, alone.outputs()):
            problems.append(f"its outputs are {outputs}, and those of the program alone {alone.outputs()}")
        if undocumented := set(outputs) - set(self.metadata["outputs"]):
            problems.append(f"no output is documented as {sorted(undocumented)}")
        if missing := set(self.metadata["outputs"]) - set(outputs):
            problems.append(f"it has no outputs {sorted(missing)}")
        if outputs.get("outcome") != "fail":
            problems.append(f"its outcome is {outputs.get('outcome')}")
        for name in ("sarif", "report"):
            if not (self.workspace / outputs.get(name, "nothing")).is_file():
                problems.append(f"the output `{name}` leads nowhere: {outputs.get(name)}")
        summary = (self.commands / "summary").read_text()
        if "RUSTSEC-2024-0336" not in summary:
            problems.append(f"the summary says {summary!r}")
        written = [self.workspace / "patchline", *(self.workspace / "patchline").rglob("*")]
        strangers = [path.name for path in written if (path.stat().st_uid, path.stat().st_gid) != (OWNER, OWNER)]
        if strangers:
            problems.append(f"these do not belong to the workspace's owner: {strangers}")
        if self.state() != self.before:
            problems.append("the clone is not as it was")
        return problems


@contextlib.contextmanager
def served(folder: pathlib.Path, keys: tuple[pathlib.Path, pathlib.Path] | None = None):
    """The repositories below a folder over smart HTTP, on a port of loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"root": folder}))
    if keys:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*keys)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def resolved():
    """A server of names that calls every one of them loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as names:
        names.bind((NAMES, 53))

        def answer():
            while True:
                try:
                    query, asker = names.recvfrom(512)
                except OSError:
                    return
                end = query.index(b"\0", 12) + 5
                is_ipv4 = query[end - 4 : end - 2] == b"\0\1"
                address = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if is_ipv4 else b""
                counts = b"\0\1" + (b"\0\1" if is_ipv4 else b"\0\0") + b"\0" * 4
                names.sendto(query[:2] + b"\x81\x80" + counts + query[12:end] + address, asker)

        threading.Thread(target=answer, daemon=True).start()
        yield


def certified(folder: pathlib.Path) -> tuple[pathlib.Path, tuple[pathlib.Path, pathlib.Path]]:
    """An authority of our own; its certificate for the name, and the key."""
    brought("openssl")
    authority, certificate, key, extra = (folder / name for name in ("ca.pem", "name.pem", "key.pem", "extra"))
    extra.write_text(f"subjectAltName = DNS:{NAME}\nbasicConstraints = critical, CA:false\n")
    new = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj"]
    text([*new, "/CN=Authority", "-x509", "-days", "2", "-keyout", folder / "ca.key", "-out", authority])
    text([*new, f"/CN={NAME}", "-keyout", key, "-out", folder / "request"])
    sign = ["openssl", "x509", "-req", "-days", "2", "-in", folder / "request", "-extfile", extra]
    text([*sign, "-CA", authority, "-CAkey", folder / "ca.key", "-CAcreateserial", "-out", certificate])
    return authority, (certificate, key)


class Handler(http.server.BaseHTTPRequestHandler):
    """Asks git's own program for what it has to answer."""

    root: pathlib.Path

    def do_GET(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = os.environ | {
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(self.root),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(row.split(": ", 1) for row in head.decode().split("\r\n") if ": " in row)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        # Over TLS, an end that is not announced is taken for a cut.
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *args):
        """Says nothing."""


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()))
