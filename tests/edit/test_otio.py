"""OpenTimelineIO reads the timelines of every shipped storyboard."""

import unittest
import warnings

import opentimelineio as otio

import stage


def read(edition):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return otio.adapters.read_from_file(str(stage.exported("otio") / f"{edition}.otio"))


class Otio(unittest.TestCase):
    def test_every_film_has_its_clips_in_order_one_after_the_other(self):
        for edition in stage.editions():
            timeline = read(edition)
            self.assertEqual([track.kind for track in timeline.tracks], ["Video"])
            found = [(clip.name, clip.range_in_parent().start_time.to_seconds(), clip.duration().to_seconds())
                     for clip in timeline.find_clips()]
            wanted, at = [], 0
            for clip in stage.clips(edition):
                wanted.append((clip["address"], at, clip["seconds"]))
                at += clip["seconds"]
            self.assertEqual(found, wanted)
            self.assertEqual(timeline.global_start_time.to_timecode(), "01:00:00:00")

    def test_what_is_active_is_the_take(self):
        for edition in stage.editions():
            timeline = read(edition)
            for clip, planned in zip(timeline.find_clips(), stage.clips(edition), strict=True):
                self.assertEqual(clip.active_media_reference_key, "take-1")
                self.assertEqual(stage.path_of(clip.media_reference).resolve(), stage.take(planned).resolve())
                known = clip.metadata["shotlist"]
                self.assertEqual((known["address"], known["fingerprint"]), (planned["address"], planned["fingerprint"]))
                self.assertTrue(known["request_id"])

    @stage.with_ffmpeg
    def test_every_reference_is_as_long_as_its_file_really_is(self):
        for edition in stage.editions():
            timeline = read(edition)
            for clip in timeline.find_clips():
                for reference in clip.media_references().values():
                    real = stage.stream(stage.path_of(reference), "video")
                    self.assertEqual(reference.available_range.duration.value, int(real["nb_read_packets"]))
                    self.assertEqual(reference.available_range.duration.to_seconds(), float(real["duration"]))
                self.assertLessEqual(clip.source_range.end_time_exclusive(), clip.available_range().end_time_exclusive())

    def test_shots_are_markers_at_their_times(self):
        for edition in stage.editions():
            timeline, found = read(edition), []
            for clip in timeline.find_clips():
                start = clip.range_in_parent().start_time
                found += [(marker.name, (start + marker.marked_range.start_time).to_seconds(),
                           marker.marked_range.duration.to_seconds()) for marker in clip.markers]
                self.assertTrue(all(marker.metadata["shotlist"]["prompt"] for marker in clip.markers))
            self.assertEqual(found, stage.shots(edition))

    def test_it_is_written_back_as_it_was_read(self):
        timeline = read("last-letter")
        again = otio.adapters.read_from_string(otio.adapters.write_to_string(timeline, "otio_json"), "otio_json")
        self.assertTrue(timeline.is_equivalent_to(again))

    def test_rates_are_those_that_it_writes_timecode_for(self):
        for rate in ("23.976", "25", "29.97", "59.94"):
            text = stage.shotlist("export", "otio", "last-letter", "--sim", "--out", stage.rendered(), "--rate", rate).stdout
            timeline = otio.adapters.read_from_string(text, "otio_json")
            self.assertEqual(timeline.global_start_time.to_timecode(timeline.global_start_time.rate, False), "01:00:00:00")
            self.assertAlmostEqual(timeline.duration().to_seconds(), 38, delta=0.1)

    def test_what_was_never_rendered_is_missing_and_has_its_length(self):
        nowhere = stage.SCRATCH / "nothing"
        text = stage.shotlist("export", "otio", "neon-harbor", "--sim", "--out", nowhere).stdout
        timeline = otio.adapters.read_from_string(text, "otio_json")
        clip, = timeline.find_clips()
        self.assertIsInstance(clip.media_reference, otio.schema.MissingReference)
        self.assertEqual(clip.duration().to_seconds(), 15)
