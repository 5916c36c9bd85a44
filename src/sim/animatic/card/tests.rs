//! What a card shows, and that nothing on it is clipped or lost.

use super::super::Shot;
use super::super::palette::Ink;
use super::*;

const ASPECTS: [Aspect; 3] = [Aspect::Wide, Aspect::Tall, Aspect::Square];

fn clip(aspect: Aspect, name: &str, prompts: &[&str]) -> Clip {
    let shot = |prompt: &&str| Shot { name: name.to_owned(), prompt: (*prompt).to_owned(), seconds: 3 };
    let shots = prompts.iter().map(shot).collect();
    Clip { storyboard: "neon-harbor@9x16+draft".to_owned(), scene: "rooftop".to_owned(), shots, aspect }
}

fn hostile() -> Vec<String> {
    let line = "Scene: a rooftop in the rain\nSubject: she turns\nIn-scene line: \"I'm here.\"\n";
    vec![
        String::new(),
        "A cat.".to_owned(),
        "word ".repeat(500),
        "W".repeat(600),
        format!("Scene: {}\nSubject: {}", "long ".repeat(300), "W".repeat(1000)),
        format!("In-scene line: \"{}\"", "never again ".repeat(200)),
        format!("In-scene line: \"{}\"", "W".repeat(600)),
        "שלום עולם مرحبا \u{202e}desrever".to_owned(),
        "🎬👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 雨の屋上".repeat(60),
        line.repeat(40),
        format!("{}\nIn-scene line: \"{}\"", "every word counts ".repeat(130), "never again ".repeat(9)),
        "a\n".repeat(400),
        "Label:\n".repeat(90),
    ]
}

/// All that lies inside a frame: every text from its capitals to its descenders, and both clocks.
fn assert_inside(card: &Card, fonts: &Fonts, frame: Frame, what: &str) {
    for line in &card.texts {
        let right = line.x + fonts.width(&line.text, line.style);
        assert!(line.x >= frame.left - 0.1 && right <= frame.right + 0.1, "{what}: {line:?} ends at {right}");
        let top = line.baseline - line.style.cap();
        assert!(top >= frame.top - 0.1 && line.bottom() <= frame.bottom + 0.1, "{what}: {line:?}");
    }
    for area in card.clip_clock.cells.iter().chain(&card.shot_clock.cells).chain(&card.bar) {
        assert!(f64::from(area.x) >= f64::from(frame.left), "{what}: {area:?}");
        assert!(f64::from(area.x + area.width) <= f64::from(frame.right), "{what}: {area:?}");
    }
}

/// Two texts share a pixel.
fn overlap(one: &Line, other: &Line, fonts: &Fonts) -> bool {
    let right = |line: &Line| line.x + fonts.width(&line.text, line.style);
    let top = |line: &Line| line.baseline - line.style.cap();
    let beside = right(one) <= other.x + 0.1 || right(other) <= one.x + 0.1;
    let above = one.baseline <= top(other) + 0.1 || other.baseline <= top(one) + 0.1;
    !(beside || above || one.text.is_empty() || other.text.is_empty())
}

#[test]
fn no_text_leaves_the_safe_area() {
    let fonts = Fonts::load().unwrap();
    for aspect in ASPECTS {
        let safe = Frame::inside(aspect, GRAPHICS_SAFE, 0.0);
        for prompt in hostile() {
            for name in ["landing", &"unending-".repeat(30)] {
                let card = lay_out(&clip(aspect, name, &[&prompt, "x"]), 0, &fonts);
                let what = format!("{aspect:?} {name:.12} {prompt:.20}");
                assert_inside(&card, &fonts, safe, &what);
            }
        }
    }
}

#[test]
fn no_text_lies_on_another() {
    let fonts = Fonts::load().unwrap();
    for aspect in ASPECTS {
        for prompt in hostile() {
            let card = lay_out(&clip(aspect, &"unending-".repeat(9), &[&prompt]), 0, &fonts);
            for (index, one) in card.texts.iter().enumerate() {
                let other = card.texts[..index].iter().find(|other| overlap(one, other, &fonts));
                assert!(other.is_none(), "{aspect:?} {prompt:.20}: {one:?} {other:?}");
            }
        }
    }
}

#[test]
fn the_clocks_and_their_lengths_do_not_meet() {
    let fonts = Fonts::load().unwrap();
    for aspect in ASPECTS {
        let mut clip = clip(aspect, "landing", &["x"]);
        clip.shots[0].seconds = 600;
        let card = lay_out(&clip, 0, &fonts);
        let last = card.clip_clock.cells.last().unwrap();
        let whole = card.texts.iter().find(|line| line.text == "/ 00:10:00:00").unwrap();
        let label = card.texts.iter().find(|line| line.text == "SHOT").unwrap();
        let first = card.shot_clock.cells[0];
        let right = |line: &Line| f64::from(line.x + fonts.width(&line.text, line.style));
        assert!(f64::from(last.x + last.width) < f64::from(whole.x));
        assert!(right(whole) < f64::from(label.x), "{aspect:?}");
        assert!(right(label) < f64::from(first.x));
    }
}

#[test]
fn the_longest_prompt_that_the_model_takes_is_shown_whole_on_a_wide_card() {
    let fonts = Fonts::load().unwrap();
    let prompt = "An old lighthouse keeper, tired. ".repeat(76);
    let card = lay_out(&clip(Aspect::Wide, "landing", &[&prompt]), 0, &fonts);
    let shown: usize = card.texts.iter().map(|line| line.text.matches("keeper,").count()).sum();
    assert_eq!(shown, 76);
}

#[test]
fn the_spoken_line_is_a_caption_above_the_clocks() {
    let fonts = Fonts::load().unwrap();
    let card = lay_out(&clip(Aspect::Wide, "x", &["Subject: Rin\nIn-scene line: \"I'm here.\""]), 0, &fonts);
    let line = card.texts.iter().find(|line| line.text == "I'm here.").unwrap();
    let shadow = card.shadow.unwrap();
    assert!(shadow.top < line.baseline - line.style.cap() && line.bottom() < shadow.bottom);
    assert!(f64::from(shadow.bottom) < f64::from(card.clip_clock.cells[0].y));
    let middle = line.x + fonts.width(&line.text, line.style) / 2.0;
    assert!((middle - 640.0).abs() < 1.0);
}

#[test]
fn a_scene_that_is_its_own_shot_is_named_once() {
    let fonts = Fonts::load().unwrap();
    let address = |name: &str| {
        let card = lay_out(&clip(Aspect::Wide, name, &["x"]), 0, &fonts);
        card.texts.iter().find(|line| line.ink == Ink::Muted).unwrap().text.clone()
    };
    assert_eq!(address("rooftop"), "neon-harbor@9x16+draft/rooftop");
    assert_eq!(address("landing"), "neon-harbor@9x16+draft/rooftop/landing");
}

#[test]
fn the_bar_has_a_part_for_every_shot_and_fills_the_page() {
    let fonts = Fonts::load().unwrap();
    for (aspect, shots) in
        ASPECTS.into_iter().flat_map(|aspect| [1, 2, 6, 45, 600].map(|shots| (aspect, shots)))
    {
        let card = lay_out(&clip(aspect, "x", &vec!["y"; shots]), 0, &fonts);
        let ends: Vec<_> = card.bar.iter().map(|part| part.x + part.width).collect();
        assert_eq!((card.bar.len(), ends[shots - 1]), (shots, card.size.0 - card.bar[0].x));
        assert!(card.bar.windows(2).all(|pair| pair[0].x + pair[0].width <= pair[1].x));
        assert!(card.bar.iter().all(|part| (part.x | part.y | part.width | part.height) % 2 == 0));
    }
}
