#!/usr/bin/env python3
"""The calendar of `patchline disclose plan`, judged by another reader of RFC 5545.

ical.py PROGRAM
"""
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

import icalendar

program = os.path.abspath(sys.argv[1])

RECORD = """schema = 1
product = "Teapot; \\u00e9t\\u00e9, with a name that is longer than any row of a calendar may ever be"

[expected]
prenotified = 2031-02-25
public = 2031-03-04T15:00:00Z
closed = 2031-03-07

[actual]
reported = 2031-02-01
"""


def git(folder, *args):
    who = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *args], cwd=folder, env={**os.environ, **who}, check=True, capture_output=True)


with tempfile.TemporaryDirectory() as folder:
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    git(folder, "tag", "v1.0.0")
    security = pathlib.Path(folder, "security")
    security.mkdir()
    (security / "2031-03.toml").write_text(RECORD, encoding="utf-8")
    args = [program, "disclose", "plan", "--format", "ics", "--embargoed", "--offline", "--as-of", "2031-02-10"]
    written = subprocess.run(args, cwd=folder, check=True, capture_output=True).stdout

assert written == written.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), "a row without CR LF"
for row in written.split(b"\r\n"):
    assert len(row) <= 75, row
    row.decode("utf-8")
calendar = icalendar.Calendar.from_ical(written)
events = list(calendar.walk("VEVENT"))
assert len(events) >= 10, len(events)
for event in events:
    assert not event.errors, event.errors
    assert event["UID"] and event["DTSTAMP"] and event["DTSTART"], event
    assert str(event["SUMMARY"]).startswith("Security release of Teapot; été, with"), event["SUMMARY"]
assert len({str(event["UID"]) for event in events}) == len(events)
public = [event for event in events if str(event["SUMMARY"]).endswith("publication")]
assert len(public) == 1
assert public[0].start == datetime.datetime(2031, 3, 4, 15, tzinfo=datetime.timezone.utc), public[0].start
days = [event for event in events if not isinstance(event.start, datetime.datetime)]
assert all(event.end - event.start == datetime.timedelta(days=1) for event in days)
# What it was read from comes out of it again.
again = icalendar.Calendar.from_ical(calendar.to_ical())
assert [str(e["SUMMARY"]) for e in again.walk("VEVENT")] == [str(e["SUMMARY"]) for e in events]
print(f"{len(events)} events")
