//! The storyboard language as a JSON Schema, for editors: made of the language's own tables and the catalog, so that no key
//! and no model can be missing. What needs variables, files or sums to be seen is left to `check`.

mod levels;
mod many;
mod settings;
mod shape;
mod words;

use serde_json::{Map, Value, json};

use crate::catalog::Catalog;

/// Draft 7 is what every YAML and JSON editor reads; the newer ones only some do (yaml-language-server's README).
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema as text, ending in a line break: the same catalog gives the same bytes.
#[must_use]
pub fn text(catalog: &Catalog) -> String {
    format!("{:#}\n", schema(catalog))
}

fn schema(catalog: &Catalog) -> Value {
    let mut schema = levels::storyboard(catalog);
    schema["$schema"] = json!(DRAFT);
    schema["definitions"] = definitions(catalog).into();
    schema
}

fn definitions(catalog: &Catalog) -> Map<String, Value> {
    let of_levels = [("scene", levels::scene(catalog)), ("shot", levels::shot(catalog))];
    let of_levels = of_levels.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    of_levels.chain(many::definitions(catalog)).chain(settings::definitions(catalog)).collect()
}

#[cfg(test)]
mod tests;
