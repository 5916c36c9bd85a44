//! The data files that come with the program. A list, and nothing that reads it.

use super::CatalogFile;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(CatalogFile { name: $name, text: include_str!($name) }),*]
    };
}

pub(super) const FILES: [CatalogFile<'static>; 8] = files![
    "kling-o3-4k.yaml",
    "kling-o3-pro.yaml",
    "kling-o3-standard.yaml",
    "kling-v3-4k.yaml",
    "kling-v3-pro.yaml",
    "kling-v3-standard.yaml",
    "kling-v3-turbo-pro.yaml",
    "kling-v3-turbo-standard.yaml",
];
