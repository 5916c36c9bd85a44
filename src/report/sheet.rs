//! Tables for a spreadsheet: RFC 4180 with a header, and no cell that would be taken for a formula. Decides no columns.

/// Rows under a header, which has as many cells as each of them.
#[must_use]
pub fn sheet<const N: usize>(header: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(header.map(str::to_owned)).chain(rows) {
        // Writing to memory does not fail, and every row has as many cells as the header.
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Text that others wrote: a spreadsheet runs what starts so as a formula, with or without spaces in front.
/// An apostrophe makes it text again. Numbers are our own: a minus before one stays.
#[must_use]
pub fn text(cell: &str) -> String {
    let is_formula =
        cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn only_what_a_spreadsheet_would_run_is_marked() {
        for run in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\rx", "\n=1"] {
            assert_eq!(text(run), format!("'{run}"));
        }
        for kept in ["", "neon-harbor/rooftop", "a=b", "1-2", "'=1", "it's = fine"] {
            assert_eq!(text(kept), kept);
        }
    }
}
