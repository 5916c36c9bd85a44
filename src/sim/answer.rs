//! The answer of a finished request, built so that the video's address lies where the catalog says.

use serde_json::{Map, Value, json};

/// fal's file object, with its address at `pointer` (such as `/video/url`).
pub(super) fn answer(pointer: &str, url: &str, bytes: u64) -> Value {
    let mut file = json!({ "content_type": "video/mp4", "file_name": "output.mp4", "file_size": bytes });
    let unescaped = |step: &str| step.replace("~1", "/").replace("~0", "~");
    let mut steps: Vec<String> = pointer.split('/').skip(1).map(unescaped).collect();
    file[steps.pop().unwrap_or_else(|| "url".to_owned())] = json!(url);
    steps.iter().rev().fold(file, |inner, step| wrap(inner, step))
}

/// A step that is a number means a list.
fn wrap(inner: Value, step: &str) -> Value {
    match step.parse::<usize>() {
        Ok(_) => json!([inner]),
        Err(_) => Value::Object(Map::from_iter([(step.to_owned(), inner)])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_where_the_catalog_points() {
        for pointer in ["/video/url", "/videos/0/url", "/url", "/a~1b/c/url"] {
            let answer = answer(pointer, "http://x/y", 7);
            assert_eq!(answer.pointer(pointer), Some(&json!("http://x/y")), "{pointer}");
        }
    }

    #[test]
    fn the_usual_answer_is_one_file_named_video() {
        let expected = json!({"video": {"url": "u", "content_type": "video/mp4", "file_name": "output.mp4",
                                         "file_size": 7}});
        assert_eq!(answer("/video/url", "u", 7), expected);
    }
}
