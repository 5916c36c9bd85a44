"""Key frames of the shipped storyboards: one of every shot, out of the right file, at the right time, and sharp."""

import json
import struct
import unittest

import material
import stage


def pull(*args):
    return json.loads(stage.shotlist("cut", *args, "--stills", "--sim", "--out", stage.rendered(), "--json").stdout)["stills"]


def picture(path):
    """Small, as `stage.frame`. By a pipe, since ffmpeg takes a `%` in a picture's name for a number."""
    filters = "scale=160:90:flags=area,format=rgb24"
    return stage.ffmpeg("-f", "png_pipe", "-i", "pipe:0", "-vf", filters, "-f", "rawvideo", "pipe:1", given=path.read_bytes())


def size(path):
    """Width and height, from the header of a PNG file."""
    png = path.read_bytes()
    assert png.startswith(b"\x89PNG"), path
    return struct.unpack(">II", png[16:24])


@stage.with_ffmpeg
class Stills(unittest.TestCase):
    def test_every_shot_has_one_from_its_own_time(self):
        for edition in stage.editions():
            album, = pull(edition)
            self.assertEqual(len(album["files"]), len(stage.shots(edition)))
            start, number = 0, 0
            for clip in stage.clips(edition):
                for name in clip["shots"]:
                    _, at, length = stage.shots(edition)[number]
                    still = album["files"][number]
                    self.assertTrue(still.startswith(f"{number + 1:02}_") and still.endswith(f"{name}.png"), still)
                    path = stage.rendered() / "stills" / edition / still
                    of_take = stage.stream(stage.take(clip), "video")
                    self.assertEqual(size(path), (of_take["width"], of_take["height"]))
                    middle = round((at - start + length / 2) * 24)
                    near = min(stage.difference(picture(path), stage.frame(stage.take(clip), frame)) for frame in (middle - 8, middle, middle + 8))
                    self.assertLess(near, 4, still)
                    number += 1
                start += clip["seconds"]

    def test_at_a_time_it_is_what_the_film_shows_then(self):
        album, = pull("last-letter", "--at", "0,11.5,37.9")
        self.assertEqual(album["files"], ["0000.000s_post-office_counter.png", "0011.500s_coast-road_ride.png", "0037.900s_lamp-room_light.png"])
        clips = stage.clips("last-letter")
        for still, clip, frame in zip(album["files"], (clips[0], clips[1], clips[4]), (0, 36, 117)):
            path = stage.rendered() / "stills/last-letter" / still
            self.assertLess(stage.difference(picture(path), stage.frame(stage.take(clip), frame)), 2, still)

    def test_the_sharpest_frame_is_taken(self):
        # Blurred all along, but for the frames 40 to 42.
        blurred = material.made("blurred", frames=72, extra=("-vf", "gblur=sigma=6:enable='not(between(n,40,42))'"))
        shop = material.Shop(material.board("one"))
        shop.buy("x/one", blurred)
        shop.run("cut", "x", "--stills")
        path = shop.folder / "renders/stills/x/01_one.png"
        near = [stage.difference(picture(path), stage.frame(blurred, frame)) for frame in (39, 40, 41, 42, 43)]
        self.assertIn(near.index(min(near)), (1, 2, 3), near)

    def test_a_still_that_was_painted_over_stays(self):
        album, = pull("neon-harbor", "-o", stage.SCRATCH / "album")
        folder = stage.SCRATCH / "album/neon-harbor"
        (folder / album["files"][1]).write_bytes(b"mine")
        (folder / "notes.txt").write_text("mine")
        again, = pull("neon-harbor", "-o", stage.SCRATCH / "album")
        self.assertEqual(again["in_the_way"], [album["files"][1]])
        self.assertEqual((folder / album["files"][1]).read_bytes(), b"mine")
        self.assertEqual((folder / "notes.txt").read_text(), "mine")
