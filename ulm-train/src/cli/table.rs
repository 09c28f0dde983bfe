//! Tables for people: columns aligned, numbers to the right.

/// A table under construction. Columns whose heading starts with `>` are aligned to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl Table {
    /// A table with a heading for each column.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let text = |heading: &&str| heading.trim_start_matches('>').to_owned();
        Self {
            rows: vec![headings.iter().map(text).collect()],
            right: headings.iter().map(|h| h.starts_with('>')).collect(),
        }
    }

    /// Adds a row, a cell for each column.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as lines, indented by two.
    pub(crate) fn render(&self) -> String {
        let width_of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.right.len()).map(width_of).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, &width), &right) in row.iter().zip(&widths).zip(&self.right) {
                let cell = match right {
                    true => format!("  {cell:>width$}"),
                    false => format!("  {cell:<width$}"),
                };
                line.push_str(&cell);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["reply", ">pairs"]);
        table.row(["YES".into(), "1,200".into()]);
        table.row(["MAYBE NOT".into(), "7".into()]);
        let lines = [
            "  reply      pairs",
            "  YES        1,200",
            "  MAYBE NOT      7",
            "",
        ];
        assert_eq!(table.render(), lines.join("\n"));
    }
}
