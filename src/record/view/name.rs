//! How folders and files of the view are called, within what file systems allow.
//! Pure; does not know what exists.

use super::Clip;
use crate::address::Edition;

/// Room is left for the prefix and suffix of temporary names below the usual limit of 255 bytes.
const MAX_BYTES: usize = 200;
/// The end of a file's name while it moves from one number to another.
const ON_ITS_WAY: &str = ".moved";

/// `neon-harbor@9x16+draft`. The storyboard that is called `takes` must not meet the vault.
#[must_use]
pub fn folder_name(edition: &Edition) -> String {
    let name = edition.to_string();
    if name == "takes" { format!("{name}~") } else { shortened(name) }
}

/// `02_rooftop_skyline--close-up.mp4` for the clip at `index` (from 0) of `count`.
#[must_use]
pub fn file_name(index: usize, count: usize, clip: &Clip) -> String {
    let width = count.to_string().len().max(2);
    let shots = match (&clip.first.shot, &clip.last.shot) {
        (Some(first), Some(last)) if first != last => format!("_{first}--{last}"),
        (Some(only), _) => format!("_{only}"),
        (None, _) => String::new(),
    };
    let stem = format!("{:0width$}_{}{shots}", index + 1, clip.first.scene);
    format!("{}.mp4", shortened(stem))
}

/// What is cut off is told by a hash, after a `~` that no id can hold. Ids are plain ASCII.
fn shortened(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let kept: String = name.chars().take(MAX_BYTES - 9).collect();
    format!("{kept}~{}", &hash[..8])
}

/// Would a rebuild give such a name? Others are nobody's business.
pub(super) fn is_ours(name: &str) -> bool {
    let shown = name.strip_suffix(ON_ITS_WAY).and_then(|name| name.strip_prefix('.')).unwrap_or(name);
    let number = shown.strip_suffix(".mp4").and_then(|stem| stem.split_once('_')).map(|(number, _)| number);
    number.is_some_and(|number| number.len() >= 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn on_its_way(name: &str) -> String {
    format!(".{name}{ON_ITS_WAY}")
}

pub(super) fn is_on_its_way(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(ON_ITS_WAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(first: &str, last: &str) -> Clip {
        Clip { first: first.parse().unwrap(), last: last.parse().unwrap(), take: None }
    }

    #[test]
    fn a_file_says_its_number_scene_and_shots() {
        let named = |index, count, first, last| file_name(index, count, &clip(first, last));
        assert_eq!(
            named(0, 3, "neon/rooftop/skyline", "neon/rooftop/close-up"),
            "01_rooftop_skyline--close-up.mp4"
        );
        assert_eq!(named(1, 3, "neon/rooftop/skyline", "neon/rooftop/skyline"), "02_rooftop_skyline.mp4");
        assert_eq!(named(2, 3, "neon/title-card", "neon/title-card"), "03_title-card.mp4");
        assert_eq!(named(6, 100, "neon/title-card", "neon/title-card"), "007_title-card.mp4");
    }

    #[test]
    fn long_names_stay_apart_and_below_every_limit() {
        let (a, b) = ("a".repeat(240), "a".repeat(241));
        let name = |shot: &str| {
            file_name(0, 1, &clip(&format!("neon/rooftop/{shot}"), &format!("neon/rooftop/{shot}")))
        };
        assert!(name(&a).len() <= 204, "{}", name(&a).len());
        assert_ne!(name(&a), name(&b));
        assert!(folder_name(&a.parse().unwrap()).len() <= 200);
        assert!(is_ours(&name(&a)));
    }

    #[test]
    fn a_storyboard_called_takes_keeps_out_of_the_vault() {
        assert_eq!(folder_name(&"takes".parse().unwrap()), "takes~");
        assert_eq!(folder_name(&"takes+draft".parse().unwrap()), "takes+draft");
    }

    #[test]
    fn only_numbered_clips_are_ours() {
        assert!(is_ours("01_a.mp4") && is_ours(&on_its_way("01_a.mp4")) && is_ours("123_a_b--c.mp4"));
        for name in ["1_a.mp4", "01_a.mov", "a_01.mp4", "notes.txt", "_a.mp4", ".01_a.mp4", "01-a.mp4"] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
