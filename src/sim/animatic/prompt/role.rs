//! What a labelled part of a prompt is to a storyboard artist. Knows labels as templates write them, in English and Chinese.

/// In the order in which they stand on a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Role {
    /// What stands before every label: mostly prose, which reads in its own order.
    #[default]
    Opening,
    /// Where it is.
    Place,
    /// Who or what is seen.
    Subject,
    /// How it is seen.
    Camera,
    Other,
    /// What is the same from shot to shot, and no picture.
    FinePrint,
}

const PLACE: &[&str] = &[
    "scene",
    "place",
    "setting",
    "location",
    "environment",
    "background",
    "场景",
    "場景",
    "地点",
    "地點",
    "环境",
];
const SUBJECT: &[&str] =
    &["subject", "subjects", "character", "characters", "action", "主体", "主體", "人物", "角色", "动作"];
const CAMERA: &[&str] = &[
    "important details",
    "details",
    "camera",
    "composition",
    "framing",
    "shot",
    "lens",
    "motion",
    "movement",
    "细节",
    "細節",
    "镜头",
    "鏡頭",
    "运镜",
    "构图",
];
const FINE_PRINT: &[&str] = &[
    "use case",
    "constraints",
    "negative prompt",
    "avoid",
    "用途",
    "限制",
    "约束",
    "負面提示詞",
    "负面提示词",
];
const SPOKEN: &[&str] = &["in-scene line", "line", "dialogue", "台词", "台詞", "对白", "對白", "セリフ"];

impl Role {
    pub(super) fn of(label: &str) -> Self {
        let roles = [
            (PLACE, Self::Place),
            (SUBJECT, Self::Subject),
            (CAMERA, Self::Camera),
            (FINE_PRINT, Self::FinePrint),
        ];
        let role = roles.into_iter().find(|(labels, _)| is_among(label, labels));
        role.map_or(Self::Other, |(_, role)| role)
    }
}

/// Is what follows this label spoken in the scene?
pub(super) fn is_spoken(label: &str) -> bool {
    is_among(label, SPOKEN)
}

fn is_among(label: &str, labels: &[&str]) -> bool {
    labels.contains(&label.to_lowercase().as_str())
}
