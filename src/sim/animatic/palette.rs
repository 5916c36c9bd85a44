//! Colours: one palette per storyboard, one tint of it per scene, one shade of that per shot.
//! Decides nothing about where they are used.

use tiny_skia::Color;

/// Lightness of successive shots. Neighbours, also across the wrap, are far enough apart for a cut to be seen.
const SHADES: [f32; 6] = [0.31, 0.385, 0.27, 0.405, 0.335, 0.42];

/// A storyboard's hue lies from the first to the second of these degrees: dark yellows look like mud.
const HUES: (f32, f32) = (185.0, 385.0);

/// A scene's hue lies within this many degrees of its storyboard's.
const SPREAD: f32 = 60.0;

/// Chroma of the ground, from earthy to vivid: scenes whose hues come to lie close may still differ in it.
const CHROMAS: [f32; 3] = [0.045, 0.072, 0.100];

/// What a text is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Bright,
    Muted,
    Accent,
    /// A little off the ground, for marks that must not compete with text.
    Ghost,
}

/// The colours of one card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Palette {
    pub(super) ground: Color,
    ghost: Color,
    /// The unfilled progress bar.
    pub(super) track: Color,
    /// Under subtitles.
    pub(super) shadow: Color,
    muted: Color,
    accent: Color,
    bright: Color,
}

impl Palette {
    /// The colours of shot number `shot`, counted from 0. Every edition of a storyboard (`@9x16`, `+draft`) has the same.
    pub(super) fn of(edition: &str, scene: &str, shot: usize) -> Self {
        let storyboard = edition.split(['@', '+']).next().unwrap_or(edition);
        let hue = hue(storyboard, scene);
        let chroma = CHROMAS[usize::from(digest(&["chroma", storyboard, scene])) % CHROMAS.len()];
        let light = SHADES[shot % SHADES.len()];
        Self {
            ground: oklch(light, chroma, hue),
            ghost: oklch(light + 0.035, chroma * 1.06, hue),
            track: oklch(light + 0.14, 0.060, hue),
            shadow: oklch(light - 0.13, 0.045, hue),
            muted: oklch(0.84, 0.035, hue),
            accent: oklch(0.88, 0.110, hue),
            bright: oklch(0.975, 0.008, hue),
        }
    }

    pub(super) fn ink(&self, ink: Ink) -> Color {
        match ink {
            Ink::Bright => self.bright,
            Ink::Muted => self.muted,
            Ink::Accent => self.accent,
            Ink::Ghost => self.ghost,
        }
    }
}

/// Degrees around the colour circle.
fn hue(storyboard: &str, scene: &str) -> f32 {
    let tint = (unit(&["tint", storyboard, scene]) * 2.0 - 1.0) * SPREAD;
    base(storyboard) + tint
}

fn base(storyboard: &str) -> f32 {
    HUES.0 + unit(&["palette", storyboard]) * (HUES.1 - HUES.0)
}

/// From 0 to 1.
fn unit(texts: &[&str]) -> f32 {
    f32::from(digest(texts)) / f32::from(u16::MAX)
}

/// A number that depends on the texts and on nothing else.
fn digest(texts: &[&str]) -> u16 {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&text.len().to_le_bytes()).update(text.as_bytes());
    }
    let bytes = *hasher.finalize().as_bytes();
    u16::from_le_bytes([bytes[0], bytes[1]])
}

/// From `OKLCh`, in which equal lightness looks equally light: <https://bottosson.github.io/posts/oklab/>.
/// Colours beyond sRGB are clipped.
fn oklch(lightness: f32, chroma: f32, degrees: f32) -> Color {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let lab = [lightness, chroma * cos, chroma * sin];
    let cones = TO_CONES.map(|row| dot(row, lab).powi(3));
    let [red, green, blue] = TO_RGB.map(|row| gamma(dot(row, cones)));
    Color::from_rgba(red, green, blue, 1.0).unwrap_or(Color::BLACK)
}

const TO_CONES: [[f32; 3]; 3] = [
    [1.0, 0.396_337_78, 0.215_803_76],
    [1.0, -0.105_561_346, -0.063_854_17],
    [1.0, -0.089_484_18, -1.291_485_5],
];
const TO_RGB: [[f32; 3]; 3] = [
    [4.076_741_7, -3.307_711_6, 0.230_969_94],
    [-1.268_438, 2.609_757_4, -0.341_319_4],
    [-0.004_196_086, -0.703_418_6, 1.707_614_7],
];

fn dot(one: [f32; 3], other: [f32; 3]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The sRGB transfer curve of IEC 61966-2-1.
fn gamma(linear: f32) -> f32 {
    let x = linear.clamp(0.0, 1.0);
    let curved = if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 };
    curved.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn luminance(color: Color) -> f32 {
        let linear = |x: f32| if x <= 0.04045 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(color.red()) + 0.7152 * linear(color.green()) + 0.0722 * linear(color.blue())
    }

    fn contrast(one: Color, other: Color) -> f32 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn names() -> impl Iterator<Item = (String, String)> {
        (0..40).map(|n| (format!("storyboard-{n}"), format!("scene-{}", n * 7)))
    }

    /// What the clips of these scenes are seen in: a browser is held to the same file.
    const SEEN: &str = include_str!("../../../tests/browser/palettes.json");

    #[test]
    fn a_scene_keeps_its_colours_from_version_to_version() {
        let scenes: BTreeMap<String, Vec<String>> = serde_json::from_str(SEEN).unwrap();
        for (address, grounds) in scenes {
            let (storyboard, scene) = address.split_once('/').unwrap();
            let ground = |shot| hex(Palette::of(storyboard, scene, shot).ground);
            assert_eq!((0..grounds.len()).map(ground).collect::<Vec<_>>(), grounds, "{address}");
        }
    }

    fn hex(color: Color) -> String {
        let color = color.to_color_u8();
        format!("#{:02x}{:02x}{:02x}", color.red(), color.green(), color.blue())
    }

    #[test]
    fn every_edition_of_a_storyboard_has_its_colours() {
        let of = |edition| Palette::of(edition, "hook", 1);
        assert_eq!(of("night-bloom@9x16.rooftop+draft"), of("night-bloom"));
        assert_eq!(of("night-bloom+draft"), of("night-bloom"));
        assert_ne!(of("night-blooms"), of("night-bloom"));
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        for (storyboard, scene) in names() {
            for shot in 0..SHADES.len() {
                let palette = Palette::of(&storyboard, &scene, shot);
                assert!(contrast(palette.bright, palette.ground) > 7.0, "{storyboard} {shot}");
                assert!(contrast(palette.bright, palette.ghost) > 5.5, "{storyboard} {shot}");
                assert!(contrast(palette.muted, palette.ground) > 4.5, "{storyboard} {shot}");
                assert!(contrast(palette.accent, palette.ground) > 4.5, "{storyboard} {shot}");
            }
        }
    }

    #[test]
    fn neighbouring_shots_differ_visibly_in_lightness() {
        for shot in 0..SHADES.len() {
            let step = SHADES[shot] - SHADES[(shot + 1) % SHADES.len()];
            assert!(step.abs() > 0.06, "{shot}");
        }
    }

    #[test]
    fn scenes_of_a_storyboard_stay_within_its_palette() {
        let base = base("neon-harbor");
        let mut hues: Vec<_> = (0..50).map(|n| hue("neon-harbor", &format!("scene-{n}"))).collect();
        assert!(hues.iter().all(|hue| (hue - base).abs() <= SPREAD));
        hues.sort_unstable_by(f32::total_cmp);
        hues.dedup();
        assert!(hues.len() > 45, "scenes have tints of their own");
    }
}
