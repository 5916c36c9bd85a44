//! What the picture of a request is called: by the client's tags, else by its endpoint alone, so that the same input
//! gives the same picture. Does not make it.

use super::animatic::{self, Aspect, Clip};
use super::input::Film;
use super::job::Submission;

/// fal's limits on `X-Fal-Tags`; what is beyond them is dropped without an error.
const MAX_HEADER_BYTES: usize = 1024;
const MAX_VALUE_BYTES: usize = 256;

pub(super) fn clip(submission: &Submission, film: &Film) -> Clip {
    let tag = |name| submission.tags.as_deref().and_then(|tags| tag(tags, name));
    let (storyboard, scene) =
        tag("clip").and_then(scene_of).unwrap_or_else(|| (submission.endpoint.clone(), String::new()));
    let names: Vec<&str> = tag("shots").map(|names| names.split('.').collect()).unwrap_or_default();
    let shots = film.shots.iter().enumerate().map(|(index, shot)| animatic::Shot {
        name: names.get(index).copied().unwrap_or_default().to_owned(),
        prompt: shot.prompt.clone(),
        seconds: shot.seconds,
    });
    // A shape that no animatic has is shown in the usual one.
    let aspect = film.aspect.parse().unwrap_or(Aspect::Wide);
    Clip { storyboard, scene, shots: shots.collect(), aspect }
}

fn tag<'a>(tags: &'a str, name: &str) -> Option<&'a str> {
    let pairs = tags.split(',').filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    values.next().filter(|value| tags.len() <= MAX_HEADER_BYTES && value.len() <= MAX_VALUE_BYTES)
}

/// Storyboard with its edition, and scene, of `storyboard/scene/shot`.
fn scene_of(address: &str) -> Option<(String, String)> {
    let (storyboard, rest) = address.split_once('/')?;
    let scene = rest.split('/').next()?;
    Some((storyboard.to_owned(), scene.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::input::Shot;
    use crate::sim::wishes::Wishes;
    use jiff::Timestamp;
    use serde_json::Value;
    use uuid::Uuid;

    const ENDPOINT: &str = "owner/app/text-to-video";

    fn named(tags: Option<&str>, shots: usize) -> Clip {
        let (at, endpoint) = (Timestamp::UNIX_EPOCH, ENDPOINT.to_owned());
        let tags = tags.map(str::to_owned);
        let submission = Submission {
            id: Uuid::nil(),
            at,
            endpoint,
            tags,
            input: Value::Null,
            bad_end: None,
            webhook: None,
            wishes: Wishes::default(),
        };
        let shots = vec![Shot { prompt: "rain".to_owned(), seconds: 3 }; shots];
        clip(&submission, &Film { shots, aspect: "9:16".to_owned(), audio: None })
    }

    fn names(clip: &Clip) -> Vec<&str> {
        clip.shots.iter().map(|shot| shot.name.as_str()).collect()
    }

    #[test]
    fn tags_name_the_edition_the_scene_and_the_shots() {
        let clip = named(Some("clip=neon@9x16+draft/rooftop/skyline,shots=skyline.landing,other=1"), 2);
        assert_eq!((clip.storyboard.as_str(), clip.scene.as_str()), ("neon@9x16+draft", "rooftop"));
        assert_eq!(names(&clip), ["skyline", "landing"]);
        assert_eq!(clip.aspect, Aspect::Tall);
    }

    #[test]
    fn a_scene_that_is_itself_the_shot_has_no_third_part() {
        assert_eq!(named(Some("clip=neon/rooftop"), 1).scene, "rooftop");
    }

    #[test]
    fn without_tags_the_picture_has_the_endpoint_and_nothing_of_this_request_alone() {
        for tags in [None, Some("clip=neon"), Some(" "), Some(&*format!("clip={}/b", "x".repeat(256)))] {
            let clip = named(tags, 2);
            assert_eq!((clip.storyboard.as_str(), clip.scene.as_str()), (ENDPOINT, ""));
            assert_eq!(names(&clip), ["", ""]);
        }
    }

    #[test]
    fn shots_beyond_the_names_have_none() {
        assert_eq!(names(&named(Some("clip=a/b,shots=one"), 3)), ["one", "", ""]);
    }
}
