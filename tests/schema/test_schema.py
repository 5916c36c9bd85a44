"""The schema that the program prints, in an independent validator: what `shotlist check` takes, it takes, and every mistake of
tests/wrong stands in one of two lists: seen, or not seen, with the reason."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from jsonschema import Draft7Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ROOT = Path(__file__).resolve().parents[2]
WRONG = ROOT / "tests/wrong"
SHOTLIST = os.environ["SHOTLIST"]


def shotlist(*args, **where):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOTLIST")}
    return subprocess.run([SHOTLIST, *args], capture_output=True, text=True, env=environment, check=False, **where)


def load(path):
    """YAML 1.2, as the program reads it; dates are text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    return yaml.load(path.read_text(encoding="utf-8"))


def schema():
    return json.loads(shotlist("schema", cwd=ROOT).stdout)


def problems(validator, path):
    try:
        document = load(path)
    except YAMLError as error:
        return [f"no YAML: {error}"]
    return [error.message for error in validator.iter_errors(document)]


# No YAML, so that any reader of it says so before a schema is asked.
NO_YAML = """
    anchor-misspelt apostrophe-ends-the-quote backslash-in-double-quotes braces-in-a-list bracket-too-many colon-forgotten
    colon-inside-a-map-in-braces comment-cuts-a-text-in-two dash-forgotten equals-sign-for-a-colon folded-text-not-indented
    indented-too-deep indented-too-little indented-with-a-tab invisible-character json-without-a-comma
    key-in-the-column-of-the-dash key-twice line-with-a-colon list-entry-one-space-too-deep list-entry-too-far-left
    list-not-closed map-not-closed merge-of-a-text no-space-after-the-colon no-space-after-the-dash
    prompt-begins-with-braces prompt-begins-with-braces-and-goes-on prompt-with-a-colon-and-a-typo-below
    quote-is-never-closed quoted-word-at-the-start quotes-inside-quotes text-begins-with-a-bracket
    text-begins-with-a-percent-sign text-begins-with-a-star text-begins-with-an-at-sign
    text-begins-with-an-exclamation-mark text-behind-a-block-mark text-goes-on-without-indentation two-documents
""".split()

SEEN = """
    alias-of-a-map-as-text aspect-ratio-not-offered audio-as-yes budget-with-a-dollar-sign budget-with-a-variable
    constraints-as-a-list duration-as-timecode duration-in-quotes duration-too-long duration-with-a-fraction
    duration-with-unit each-without-id empty-file group-unknown id-missing id-with-a-variable id-with-spaces
    intelligent-with-shots key-at-the-wrong-level key-misspelt key-unknown line-as-a-map line-with-a-comma
    lists-for-matrix-and-profiles matrix-axis-as-text model-misspelt negative-prompt-too-long number-out-of-range
    profile-model-misspelt profile-sets-a-part prompt-and-parts prompt-beside-shots prompt-without-text
    prose-instead-of-yaml scenes-as-a-map scenes-empty scenes-missing scenes-misspelt shot-as-text shots-empty
    shots-without-a-dash speaker-as-a-key subject-as-a-map tags-in-one-text takes-of-zero template-with-its-ending
    variable-named-like-a-part vars-as-a-list words-misspelt
""".split()

NOT_SEEN = {
    "a comment or a tag is gone before a schema is asked, and what is left is right": """
        color-alone-becomes-a-comment color-becomes-a-comment quoted-text-goes-on-without-indentation tag-of-yaml
        take-number-becomes-a-comment yaml-directive""",
    "it is about the file's name, not about what is in it": "file-name",
    "keys that are lists, and anchors within themselves, are no JSON, and validators read them each in its own way": """
        anchor-inside-itself key-that-is-a-list""",
    "a schema runs no template": """
        duration-from-a-row-is-no-number expression-not-closed filter-misspelt function-not-available
        inherited-outside-a-part line-left-out-by-a-template part-needs-itself prompt-comes-out-empty
        prompt-with-braces-left row-column-misspelt row-id-leaves-nothing row-ids-are-equal skip-is-no-flag
        takes-from-a-variable-is-no-number template-includes-itself template-missing template-with-a-misspelt-part
        template-with-an-open-if text-times-a-number variable-has-no-such-value variable-is-a-list variable-is-a-map
        variable-is-true variable-sees-a-part variable-undefined variable-undefined-in-a-block-of-text
        variables-need-each-other""",
    "a schema reads no other file": """
        row-with-a-cell-too-many row-without-rows rows-missing-file rows-of-an-unknown-kind rows-of-broken-json
        rows-with-semicolons vars-from-a-list vars-from-missing-file vars-from-outside-the-project
        vars-from-with-a-reserved-name""",
    "a schema compares no two values: siblings, axes and their combinations": """
        id-twice matrix-axis-that-nothing-uses matrix-excludes-everything matrix-excludes-what-is-not-there
        matrix-hides-what-a-shot-says matrix-includes-what-is-there matrix-value-leaves-nothing
        matrix-values-are-equal-in-an-address profile-variable-misspelt""",
    "settings are inherited and profiles switch models, so that a schema knows neither a shot's model nor what it lacks": """
        duration-missing model-has-no-such-setting model-has-no-such-setting-at-the-top model-missing model-plans-no-cuts
        prompt-too-long""",
    "a schema adds nothing up: shots to clips, clips to a runtime": """
        duration-too-short-for-a-clip group-whole-too-long group-whole-with-two-shapes new-clip-leaves-two-seconds
        profile-makes-a-scene-too-long runtime-does-not-add-up short-shot-beside-a-prompt-too-long-to-share
        short-shot-between-takes-that-differ solo-shot-too-short""",
    "it is allowed, and `check` warns": """
        line-in-another-script line-in-capitals line-without-sound style-dropped-by-a-finished-prompt""",
}


def name(path):
    return "file-name" if path.stem.startswith("Name of the file") else path.stem


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = schema()
        cls.validator = Draft7Validator(cls.schema)
        cls.wrong = {name(path): path for path in sorted(WRONG.glob("*.yaml"))}

    def test_it_keeps_to_its_own_draft(self):
        Draft7Validator.check_schema(self.schema)

    def test_every_shipped_storyboard_is_right(self):
        shipped = sorted((ROOT / "storyboards").glob("*.yaml"))
        self.assertEqual(len(shipped), 6)
        for path in shipped:
            self.assertEqual(problems(self.validator, path), [], path)

    def test_what_the_program_takes_is_right(self):
        for path in sorted((ROOT / "tests/schema/right").glob("*.yaml")):
            checked = shotlist("check", str(path))
            self.assertEqual((checked.returncode, checked.stderr), (0, "no problems\n"), path)
            self.assertEqual(problems(self.validator, path), [], path)

    def test_every_wrong_file_stands_in_one_list(self):
        listed = NO_YAML + SEEN + [one for names in NOT_SEEN.values() for one in names.split()]
        self.assertEqual(sorted(listed), sorted(self.wrong))

    def test_every_mistake_that_it_can_see_is_seen(self):
        for one in NO_YAML + SEEN:
            found = problems(self.validator, self.wrong[one])
            self.assertTrue(found, one)
            self.assertEqual(one in NO_YAML, found[0].startswith("no YAML"), one)

    def test_what_it_cannot_see_is_seen_by_the_program_alone(self):
        for why, names in NOT_SEEN.items():
            for one in names.split():
                found = problems(self.validator, self.wrong[one])
                self.assertEqual(found, [], f"{one} is seen now, and is listed as: {why}")

    def test_what_the_program_only_warns_of_is_right(self):
        for one, path in self.wrong.items():
            if shotlist("check", path.name, cwd=WRONG).returncode == 0:
                self.assertEqual(problems(self.validator, path), [], one)

    def test_every_example_is_right(self):
        def walk(shape, at):
            if not isinstance(shape, dict):
                return
            for example in shape.get("examples", []):
                whole = {**shape, "definitions": self.schema["definitions"]}
                found = [error.message for error in Draft7Validator(whole).iter_errors(example)]
                self.assertEqual(found, [], f"{at}: {example}")
            for key, value in shape.items():
                if key != "examples":
                    walk(value, f"{at}/{key}")

        walk(self.schema, "#")


if __name__ == "__main__":
    unittest.main()
