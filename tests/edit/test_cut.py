"""Films of every shipped storyboard and of files of all kinds: how long they are, and that each shows what it should when."""

import json
import os
import signal
import subprocess
import time
import unittest

import material
import stage

FRAME = 1 / 24


def cut(*args):
    return json.loads(stage.shotlist("cut", *args, "--sim", "--out", stage.rendered(), "--json").stdout)["films"]


def plays(path):
    """Decodes all of it; ffmpeg must have nothing to say."""
    stage.ffmpeg("-i", f"file:{path}", "-f", "null", "-")


def shows(self, film, starts):
    """At the first, middle and last frame of each clip the film shows that frame of the clip's file and not the next one,
    nor another file."""
    for (file, start, frames), (other, _, _) in zip(starts, starts[1:] + starts[:1]):
        others = [] if other.read_bytes() == file.read_bytes() else [(other, at) for at in (0, 24)]
        for at in (0, frames // 2, frames - 1):
            shown = stage.frame(film, start + at)
            own = stage.difference(shown, stage.frame(file, at))
            self.assertLess(own, 2, (file, at))
            for wrong in [(file, at - 1 if at else 1), *others]:
                self.assertLess(own, stage.difference(shown, stage.frame(*wrong)), (file, at, wrong))


@stage.with_ffmpeg
class Shipped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.films = {}
        for board in stage.BOARDS:
            for film in cut(board, "--letterbox", "-o", f"{stage.SCRATCH}/films/"):
                cls.films[film["edition"]] = film

    def test_every_film_is_there_and_plays(self):
        self.assertEqual(sorted(self.films), stage.editions())
        for film in self.films.values():
            plays(film["file"])

    def test_every_film_is_within_a_frame_of_the_planned_length(self):
        for edition, film in self.films.items():
            planned = sum(clip["seconds"] for clip in stage.clips(edition))
            self.assertAlmostEqual(float(stage.probe(film["file"])["format"]["duration"]), planned, delta=FRAME)
            picture = stage.stream(film["file"], "video")
            self.assertEqual(int(picture["nb_read_packets"]), planned * 24)
            self.assertEqual((picture["r_frame_rate"], float(picture["start_time"])), ("24/1", 0))

    def test_the_right_clip_is_shown_at_the_right_time(self):
        for edition, film in self.films.items():
            starts, at = [], 0
            for clip in stage.clips(edition):
                starts.append((stage.take(clip), at, clip["seconds"] * 24))
                at += clip["seconds"] * 24
            if edition != "emberfall-key-frames":
                shows(self, film["file"], starts)

    def test_pictures_are_copied_where_they_can_be(self):
        for edition, film in self.films.items():
            self.assertEqual(film["picture"], "encoded" if edition == "emberfall-key-frames" else "copied", edition)
        film, = cut("neon-harbor", "-o", f"{stage.SCRATCH}/copy.mp4")
        packets = [subprocess.run(["ffmpeg", "-v", "error", "-i", f"file:{path}", "-map", "0:v", "-c", "copy", "-f", "md5", "-"],
                                  check=True, capture_output=True).stdout
                   for path in (film["file"], stage.take(stage.clips("neon-harbor")[0]))]
        self.assertEqual(*packets)

    def test_mixed_shapes_are_framed_in_the_one_that_is_seen_longest(self):
        film = self.films["emberfall-key-frames"]
        self.assertEqual((film["width"], film["height"]), (1280, 720))
        # The phone poster stands upright in the middle, in black.
        bars = stage.ffmpeg("-ss", "5", "-i", film["file"], "-frames:v", "1", "-vf", "crop=400:720:0:0,scale=8:8:flags=area,format=gray",
                            "-f", "rawvideo", "pipe:1")
        self.assertLess(max(bars), 20)
        with self.assertRaises(stage.Failed) as refused:
            cut("emberfall-key-frames", "-o", f"{stage.SCRATCH}/mixed.mp4")
        self.assertEqual(refused.exception.code, 2)
        self.assertFalse((stage.SCRATCH / "mixed.mp4").exists())

    def test_a_film_lies_beside_the_view_and_is_made_again_over_itself(self):
        for _ in range(2):
            film, = cut("neon-harbor")
            self.assertTrue(os.path.samefile(film["file"], stage.rendered() / "neon-harbor.mp4"))
        left = [path.name for path in stage.rendered().iterdir() if path.name.startswith(".shotlist")]
        self.assertEqual(left, [])

    def test_any_name_is_a_name(self):
        for name in ("it's a film.mp4", "-y.mp4", "a\nb.mp4", "%d %03d.mp4", "concat:a|b.mp4", "file:x.mp4", "é[0:v].mp4"):
            stage.shotlist("cut", "neon-harbor", "--sim", "--out", stage.rendered(), f"--output={stage.SCRATCH}/{name}")
            plays(stage.SCRATCH / name)
            film = stage.shotlist("cut", "night-bloom@1x1.window", "--sim", "--out", stage.rendered(), f"--output={stage.SCRATCH}/{name}")
            self.assertIn("2 clips, 10 s", film.stderr)

    def test_ctrl_c_ends_it_with_nothing_left_behind(self):
        folder = stage.SCRATCH / "interrupted"
        folder.mkdir()
        args = [stage.SHOTLIST, "cut", "emberfall-key-frames", "--letterbox", "--sim", "--out", stage.rendered(), "-o", folder / "x.mp4"]
        with subprocess.Popen(args, cwd=stage.PROJECT, stderr=subprocess.PIPE, text=True) as cutting:
            until = time.monotonic() + 30
            while not list(folder.glob(".shotlist-cut-*/picture-00000.mp4")):
                self.assertIsNone(cutting.poll())
                self.assertLess(time.monotonic(), until)
                time.sleep(0.01)
            cutting.send_signal(signal.SIGINT)
            said = cutting.stderr.read()
        self.assertEqual(cutting.returncode, 130)
        self.assertIn("interrupted", said)
        self.assertEqual(list(folder.iterdir()), [])


@stage.with_ffmpeg
class AnyMaterial(unittest.TestCase):
    """Files as models give them: a frame too long, too short, with sound, at other rates."""

    def film(self, *files, sound="true", args=()):
        names = [f"c{index}" for index in range(len(files))]
        shop = material.Shop(material.board(*names, sound=sound))
        for name, file in zip(names, files):
            shop.buy(f"x/{name}", file)
        done = shop.run("cut", "x", "-o", "film.mp4", "--json", *args)
        film, = json.loads(done.stdout)["films"]
        path = shop.folder / "film.mp4"
        plays(path)
        starts, at = [], 0
        for name, clip in zip(names, film["clips"]):
            starts.append((shop.file(name), at, clip["frames"]))
            at += clip["frames"]
        return film, path, starts, done.stderr

    def test_clips_that_run_over_are_cut_to_the_frame(self):
        files = [material.made("over", frames=73), material.made("over-more", frames=90, extra=("-vf", "negate")), material.made("right", frames=72, pattern="testsrc")]
        film, path, starts, said = self.film(*files)
        self.assertEqual((film["frames"], film["picture"]), (216, "encoded"))
        self.assertIn("since x/c0 is longer than planned", said)
        self.assertEqual(int(stage.stream(path, "video")["nb_read_packets"]), 216)
        shows(self, path, starts)

    def test_a_clip_that_is_too_short_stays_as_it_is_and_is_named(self):
        film, path, starts, said = self.film(material.made("short", frames=60), material.made("full", frames=72, pattern="testsrc"))
        self.assertEqual((film["frames"], film["picture"]), (132, "copied"))
        self.assertIn("shorter than planned: x/c0 by 12 frames", said)
        shows(self, path, starts)

    def test_sound_is_as_long_as_its_picture_whatever_the_files_have(self):
        loud = material.made("loud", frames=72, sound="3")
        files = [loud, material.made("mute", frames=72, pattern="testsrc"), material.made("breathless", frames=72, sound="1"),
                 material.made("endless", frames=72, sound="3.4", extra=("-vf", "hflip")), loud]
        film, path, starts, _ = self.film(*files)
        self.assertEqual((film["sound"], film["picture"]), ("encoded", "copied"))
        self.assertAlmostEqual(float(stage.stream(path, "audio")["duration"]), 15, delta=FRAME)
        self.assertAlmostEqual(float(stage.stream(path, "video")["duration"]), 15, delta=FRAME)
        shows(self, path, starts)
        heard = [self.loudness(path, at) for at in (1, 4, 6.5, 8, 10, 13)]
        self.assertEqual([volume > -40 for volume in heard], [True, False, True, False, True, True], heard)

    def loudness(self, path, at):
        """Decibels of half a second."""
        args = ["ffmpeg", "-nostdin", "-ss", str(at), "-t", "0.5", "-i", f"file:{path}", "-af", "volumedetect", "-vn", "-f", "null", "-"]
        said = subprocess.run(args, capture_output=True, text=True, check=True).stderr
        return float(said.split("mean_volume:")[1].split("dB")[0])

    def test_rates_are_conformed_to_that_of_the_first(self):
        film, path, starts, said = self.film(material.made("film", frames=72), material.made("video", frames=90, rate="30", pattern="testsrc"))
        self.assertEqual((film["rate"], film["frames"], film["picture"]), ("24", 144, "encoded"))
        self.assertIn("these takes do not: x/c1 (30)", said)
        self.assertAlmostEqual(float(stage.stream(path, "video")["duration"]), 6, delta=FRAME)

    def test_a_rate_that_is_no_whole_number_adds_up(self):
        ntsc = [material.made(f"ntsc-{index}", frames=90, rate="30000/1001", sound="3.1", pattern=pattern) for index, pattern in enumerate(("testsrc2", "testsrc"))]
        film, path, starts, _ = self.film(*ntsc, ntsc[0])
        self.assertEqual((film["rate"], film["frames"]), ("29.97", 270))
        for kind in ("video", "audio"):
            self.assertAlmostEqual(float(stage.stream(path, kind)["duration"]), 9, delta=1001 / 30000)
        shows(self, path, starts)

    def test_files_that_are_coded_in_another_way_are_encoded(self):
        other = material.made("other", frames=72, pattern="testsrc", extra=("-profile:v", "baseline"))
        film, path, starts, said = self.film(material.made("one", frames=72), other)
        self.assertEqual(film["picture"], "encoded")
        self.assertIn("since x/c1 is coded in another way", said)
        shows(self, path, starts)

    def test_a_file_that_is_gone_is_named_and_nothing_is_written(self):
        shop = material.Shop(material.board("one", "two"))
        for name in ("one", "two"):
            shop.buy(f"x/{name}", material.made("lost", frames=72))
        next((shop.folder / "renders/takes").glob("*.mp4")).unlink()
        with self.assertRaises(stage.Failed) as refused:
            shop.run("cut", "x")
        self.assertEqual(refused.exception.code, 5)
        self.assertIn("is not here as it landed", refused.exception.said)
        self.assertFalse((shop.folder / "renders/x.mp4").exists())
