"""Files as a model might give them, made by ffmpeg and served for purchases by `shotlist sim --footage`."""

import pathlib
import socket
import subprocess
import tempfile
import time

import stage


def made(name, *, seconds="3", frames=None, rate="24", size="320x180", sound=None, pattern="testsrc2", extra=()):
    """An MP4: H.264, with a tone for sound where it is to have some (its seconds)."""
    path = stage.SCRATCH / f"material-{name}.mp4"
    args = ["-f", "lavfi", "-i", f"{pattern}=size={size}:rate={rate}:duration=20"]
    if sound:
        args += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={sound}", "-c:a", "aac"]
    length = ["-frames:v", str(frames)] if frames else ["-t", seconds]
    stage.ffmpeg(*args, *length, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", *extra, path)
    return path


class Shop:
    """A project in a folder of its own whose clips are bought from a simulator that serves what it is told."""

    def __init__(self, board):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=stage.SCRATCH, prefix="shop 'n\n"))
        (self.folder / "storyboards").mkdir()
        (self.folder / "storyboards/x.yaml").write_text(board)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, *args):
        return stage.shotlist(*args, folder=self.folder)

    def buy(self, clip, file):
        """One clip is this file."""
        args = [stage.SHOTLIST, "sim", "--port", str(self.port), "--footage", file, "--latency", "run=0s", "--dir", self.folder / "sim"]
        with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as sim:
            try:
                assert sim.stdout.readline(), "the simulator does not start"
                env = {"SHOTLIST_QUEUE_URL": f"http://127.0.0.1:{self.port}", "FAL_KEY": "shop:key"}
                stage.shotlist("render", "--yes", "--only", clip, folder=self.folder, env=env)
            finally:
                sim.terminate()
        time.sleep(0.05)

    def file(self, clip):
        """Where the clip's take lies."""
        return next((self.folder / "renders/x").glob(f"*_{clip}.mp4"))


def board(*clips, sound="true"):
    """A storyboard of clips that are 3 seconds each."""
    scenes = "".join(f"  - {{ id: {clip}, prompt: the {clip} }}\n" for clip in clips)
    return f"storyboard: x\nmodel: kling-o3-4k\nduration: 3\ngenerate_audio: {sound}\nscenes:\n{scenes}"
