"""The CMX 3600 adapter of OpenTimelineIO reads our event lists back."""

import unittest

import opentimelineio as otio

import stage


def read(text, rate=24):
    return otio.adapters.read_from_string(text, "cmx_3600", rate=rate)


def text_of(edition):
    return (stage.exported("edl") / f"{edition}.edl").read_text("ascii")


class Edl(unittest.TestCase):
    def test_it_says_what_our_timeline_says(self):
        for edition in stage.editions():
            ours = otio.adapters.read_from_file(str(stage.exported("otio") / f"{edition}.otio"))
            read_back = read(text_of(edition))
            self.assertEqual(len(read_back.tracks), 1)
            same = [[(clip.name, clip.source_range, clip.range_in_parent()) for clip in timeline.find_clips()]
                    for timeline in (ours, read_back)]
            self.assertEqual(*same)

    def test_files_are_found_by_it_wherever_they_lie(self):
        for edition in stage.editions():
            timeline = read(text_of(edition))
            for clip, planned in zip(timeline.find_clips(), stage.clips(edition), strict=True):
                path = stage.path_of(clip.media_reference)
                self.assertEqual(path.resolve(), stage.take(planned).resolve())
                reel = clip.metadata["cmx_3600"]["reel"]
                self.assertEqual(len(reel), 8)
                self.assertTrue(path.stem.endswith(reel.lower()))

    def test_shots_are_locators_at_their_times_in_the_film(self):
        for edition in stage.editions():
            timeline = read(text_of(edition))
            markers = [marker for clip in timeline.find_clips() for marker in clip.markers]
            found = [(marker.name, marker.marked_range.start_time.to_seconds() - 3600) for marker in markers]
            self.assertEqual(found, [(name, start) for name, start, _ in stage.shots(edition)])

    def test_at_any_rate_it_reads_without_a_gap_or_an_overlap(self):
        for rate, number in (("23.976", 24000 / 1001), ("25", 25), ("29.97", 30000 / 1001), ("59.94", 60000 / 1001)):
            args = ("edl", "last-letter", "--sim", "--out", stage.rendered(), "--rate", rate)
            timeline = read(stage.shotlist("export", *args).stdout, number)
            track, = timeline.tracks
            self.assertEqual([type(item).__name__ for item in track], ["Clip"] * 5)
            self.assertAlmostEqual(track.duration().to_seconds(), 38, delta=0.1)

    def test_what_has_no_take_is_black(self):
        text = stage.shotlist("export", "edl", "last-letter", "--sim", "--out", stage.SCRATCH / "nothing").stdout
        timeline = read(text)
        black = [clip.media_reference.generator_kind for clip in timeline.find_clips()]
        self.assertEqual(black, ["black"] * 5)
