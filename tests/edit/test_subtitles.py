"""Independent readers of SubRip and WebVTT read the spoken lines back; Python's own reads the shot list."""

import csv
import io
import pathlib
import tempfile
import unittest

import srt
import webvtt

import stage

# What is said in the shipped storyboards that say something, and in which shot.
SPOKEN = {
    "last-letter": [("frown", "Mio", "the lighthouse? nobody lives at the lighthouse."), ("waking", "Tock", "somebody does."),
                    ("door", "Keeper", "you're late."), ("door", "Mio", "forty years, by the postmark.")],
    "neon-harbor": [("tag-line", None, "I'm here.")],
    "emberfall-trailer": [("horizon", None, "they told us the fire was dead."), ("ranger", None, "then who is breathing?")],
}
HOSTILE = r"""
storyboard: hostile
model: kling-o3-4k
generate_audio: true
scenes:
  - id: one
    duration: 10
    subject: someone who speaks
    line:
      - { who: "A<b>&\n\n", say: "one\n\n2\n00:00:00,000 --> 00:00:09,000\n<i>two & three" }
      - { who: "B", say: "{\\an8}four. the rest of this line is long enough that no screen can hold it at once, so it is shown in parts, one after the other, all of them." }
"""


def joined(text):
    return " ".join(text.replace("\u2060", "").split())


def lines_within(self, edition, cues):
    """Each cue is a line of its shot, inside the shot's time, and none overlaps the next."""
    times = {name: (start, start + length) for name, start, length in stage.shots(edition)}
    self.assertEqual(len(cues), len(SPOKEN[edition]))
    for (start, end, _), (shot, _, _) in zip(cues, SPOKEN[edition]):
        self.assertLessEqual(times[shot][0], start)
        self.assertLess(start, end)
        self.assertLessEqual(end, times[shot][1])
    self.assertTrue(all(one[1] <= next[0] for one, next in zip(cues, cues[1:])))
    for shot, (start, _) in times.items():
        own = [cue for cue, spoken in zip(cues, SPOKEN[edition]) if spoken[0] == shot]
        self.assertTrue(not own or own[0][0] == start, shot)


def read_srt(text):
    return [(cue.start.total_seconds(), cue.end.total_seconds(), cue.content) for cue in srt.parse(text)]


def read_vtt(text):
    with tempfile.NamedTemporaryFile("w", suffix=".vtt", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        captions = webvtt.read(file.name).captions
    return [(cue.start_in_seconds + cue.start_time.milliseconds / 1000, cue.end_in_seconds + cue.end_time.milliseconds / 1000,
             cue) for cue in captions]


class Subtitles(unittest.TestCase):
    def test_subrip_has_every_line_at_its_shot(self):
        for edition, spoken in SPOKEN.items():
            cues = read_srt((stage.exported("srt") / f"{edition}.srt").read_bytes().decode())
            lines_within(self, edition, cues)
            several = len({who for _, who, _ in spoken}) > 1
            said = [f"{who}: {say}" if several else say for _, who, say in spoken]
            self.assertEqual([joined(text) for _, _, text in cues], said)

    def test_webvtt_has_every_line_at_its_shot_and_who_speaks(self):
        for edition, spoken in SPOKEN.items():
            cues = read_vtt((stage.exported("vtt") / f"{edition}.vtt").read_bytes().decode())
            lines_within(self, edition, cues)
            self.assertEqual([(cue.voice, joined(cue.text)) for _, _, cue in cues], [(who, say) for _, who, say in spoken])
            self.assertTrue(all(cue.identifier.startswith(edition) for _, _, cue in cues))

    def test_films_in_which_nobody_speaks_are_files_all_the_same(self):
        self.assertEqual(read_srt((stage.exported("srt") / "emberfall-key-frames.srt").read_text()), [])
        self.assertEqual(read_vtt((stage.exported("vtt") / "emberfall-key-frames.vtt").read_text()), [])

    def test_no_line_breaks_out_of_its_subtitle(self):
        board = stage.SCRATCH / "hostile.yaml"
        board.write_text(HOSTILE)
        text = {format: stage.shotlist("export", format, board, "--out", stage.SCRATCH / "nothing").stdout for format in ("srt", "vtt")}
        said = "one 2 00:00:00,000 --> 00:00:09,000 <i>two & three"
        cues = read_srt(text["srt"])
        self.assertTrue(joined(" ".join(cue[2] for cue in cues)).startswith(f"A<b>&: {said} B: {{\\an8}}four."))
        captions = [cue for _, _, cue in read_vtt(text["vtt"])]
        self.assertEqual(len(captions), len(cues))
        self.assertEqual({cue.identifier for cue in captions}, {"hostile/one"})
        self.assertTrue(all(len(row) <= 42 + 4 and cue[2].count("\n") < 2 for cue in cues for row in cue[2].split("\n")))
        self.assertTrue(cues[-1][1] <= 10 and all(one[1] <= next[0] for one, next in zip(cues, cues[1:])))


class ShotList(unittest.TestCase):
    def test_it_has_every_shot_at_its_time_and_what_was_paid_adds_up(self):
        for edition in stage.editions():
            text = (stage.exported("csv") / f"{edition}.csv").read_bytes().decode()
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            found = [(row["shot"], stage.seconds(row["start"]) - 3600, int(row["seconds"])) for row in rows]
            self.assertEqual(found, stage.shots(edition))
            paid = sum(round(float(row["clip_cost_usd"] or 0) * 100) for row in rows)
            self.assertEqual(paid, sum(round(float(clip["usd"]) * 100) for clip in stage.clips(edition)))
            self.assertTrue(all((stage.rendered() / pathlib.Path(row["file"])).is_file() for row in rows))
