"""The program, the shipped storyboards rendered on the simulator, and what ffmpeg says of files."""

import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest
import urllib.parse

SHOTLIST = os.environ["SHOTLIST"]
PROJECT = pathlib.Path(__file__).parents[2]
SCRATCH = pathlib.Path(os.environ["SCRATCH"])
# Every character that a shell, a list of ffmpeg's, a filter or an address could take for its own.
OUT = SCRATCH / "-o\n'a' \"b\" %20 #1? [c];$d\\e, é:f"
BOARDS = sorted(path.stem for path in (PROJECT / "storyboards").glob("*.yaml"))

with_ffmpeg = unittest.skipUnless(shutil.which("ffmpeg") and shutil.which("ffprobe"), "ffmpeg is missing")


class Failed(Exception):
    """How the program ended, and what it said."""

    def __init__(self, code, said):
        super().__init__(f"exit {code}: {said}")
        self.code = code
        self.said = said


def shotlist(*args, folder=PROJECT, env=None):
    """Runs the program with nothing of this machine's settings; gives what it says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run([SHOTLIST, *map(str, args)], cwd=folder, capture_output=True, text=True, env=kept | (env or {}))
    if done.returncode:
        raise Failed(done.returncode, done.stderr)
    return done


@functools.cache
def rendered():
    """The folder with all shipped storyboards' animatics."""
    shotlist("render", "--sim", "--sim-pace", "0", "--out", OUT)
    return OUT


@functools.cache
def plan():
    return json.loads(shotlist("plan", "--sim", "--json", "--out", rendered()).stdout)["clips"]


def editions():
    return sorted({clip["address"].split("/")[0] for clip in plan()})


def clips(edition):
    """Of one film, in story order."""
    return [clip for clip in plan() if clip["address"].split("/")[0] == edition]


def shots(edition):
    """Names and starts, in seconds of the film."""
    found, at = [], 0
    for clip in clips(edition):
        parts = clip["request"].get("multi_prompt") or [clip["request"]]
        for name, part in zip(clip["shots"], parts, strict=True):
            found.append((name, at, int(part["duration"])))
            at += int(part["duration"])
    return found


@functools.cache
def exported(format):
    """The folder with every film in a format."""
    folder = SCRATCH / format
    for board in BOARDS:
        shotlist("export", format, board, "--sim", "--out", rendered(), "-o", f"{folder}/")
    return folder


def path_of(reference):
    """Of a media reference; OpenTimelineIO's own function decodes `%2520` twice."""
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(reference.target_url).path))


def probe(path):
    """What ffprobe says of a file's streams."""
    shown = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", f"file:{path}"]
    return json.loads(subprocess.run(shown, check=True, capture_output=True, text=True).stdout)


def stream(path, kind):
    found = [one for one in probe(path)["streams"] if one["codec_type"] == kind]
    return found[0] if found else None


def frame(path, number):
    """One decoded frame, small, as bytes."""
    filters = f"select=eq(n\\,{number}),scale=160:90:flags=area,format=rgb24"
    args = ["-i", f"file:{path}", "-map", "0:v:0", "-vf", filters, "-frames:v", "1", "-f", "rawvideo", "pipe:1"]
    return ffmpeg(*args)


def ffmpeg(*args, given=b""):
    done = subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, args)], capture_output=True, input=given)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr.decode(errors="replace"))
    return done.stdout


def difference(one, other):
    """Of two frames, a pixel's on average: 0 are equal, 255 black and white."""
    assert len(one) == len(other) > 0, (len(one), len(other))
    return sum(abs(a - b) for a, b in zip(one, other)) / len(one)


def take(clip, folder=None):
    """The file of a clip's newest take, by the clip's fingerprint."""
    found = sorted((folder or rendered()).glob(f"takes/{clip['fingerprint'][:16]}-*.mp4"))
    assert found, clip["address"]
    return found[-1]


def seconds(timecode, rate=24):
    hours, minutes, whole, frames = map(int, re.split("[:;]", timecode))
    return (hours * 60 + minutes) * 60 + whole + frames / rate
