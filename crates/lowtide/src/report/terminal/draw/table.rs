//! Tables that fit the page: columns as wide as their cells, and the long ones shortened in the middle or wrapped.

use unicode_width::UnicodeWidthStr;

use crate::report::terminal::page::{Page, Tone, tame, wrap};

/// How a column treats its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::terminal) enum Column {
    /// Flush right, never shortened.
    Number,
    /// Flush left, never shortened.
    Word,
    /// Flush left, shortened where the page is too narrow.
    Name,
    /// Flush left, continued on lines of its own where the page is too narrow.
    Text,
}

impl Column {
    fn gives_way(self) -> bool {
        matches!(self, Self::Name | Self::Text)
    }
}

/// Rows of text under headings.
pub(in crate::report::terminal) struct Table {
    columns: Vec<Column>,
    rows: Vec<(Vec<String>, Tone)>,
}

/// Between columns.
const GAP: usize = 2;
/// A name is not shortened below this.
const NARROWEST: usize = 8;

impl Table {
    /// A table with these headings.
    pub(in crate::report::terminal) fn new(headings: &[(&str, Column)]) -> Self {
        let titles = headings
            .iter()
            .map(|(title, _)| (*title).to_owned())
            .collect();
        Self {
            columns: headings.iter().map(|&(_, column)| column).collect(),
            rows: vec![(titles, Tone::Quiet)],
        }
    }

    /// Adds a row with a cell for each column.
    pub(in crate::report::terminal) fn row(&mut self, cells: Vec<String>, tone: Tone) {
        let cells = cells.into_iter().map(|cell| tame(&cell)).collect();
        self.rows.push((cells, tone));
    }

    /// The table as lines.
    pub(in crate::report::terminal) fn text(&self, page: &Page) -> String {
        let widths = self.widths(page.width);
        let lines = self
            .rows
            .iter()
            .map(|(cells, tone)| self.line(cells, *tone, &widths, page));
        lines.collect()
    }

    fn widths(&self, page: usize) -> Vec<usize> {
        let widest = |i: usize| self.rows.iter().filter_map(move |(cells, _)| cells.get(i));
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|i| widest(i).map(|cell| cell.width()).max().unwrap_or(0))
            .collect();
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(page);
        // The widest name gives first, so that several end up alike.
        while excess > 0 {
            let names = self
                .columns
                .iter()
                .zip(&mut widths)
                .filter(|(column, width)| column.gives_way() && **width > NARROWEST);
            let Some((_, width)) = names.max_by_key(|(_, width)| **width) else {
                break;
            };
            *width -= 1;
            excess -= 1;
        }
        widths
    }

    /// A row: one line, or as many as its longest text needs.
    fn line(&self, cells: &[String], tone: Tone, widths: &[usize], page: &Page) -> String {
        let cells: Vec<Vec<String>> = (cells.iter().zip(&self.columns).zip(widths))
            .map(|((cell, column), &width)| match column {
                Column::Text => wrap(cell, width),
                _ => vec![page.middle(cell, width)],
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let lines = (0..height).map(|i| {
            let parts = cells
                .iter()
                .map(|lines| lines.get(i).map_or("", String::as_str));
            let line = self.padded(parts, widths);
            format!("{}\n", page.paint(line.trim_end(), tone))
        });
        lines.collect()
    }

    fn padded<'a>(&self, parts: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let parts = parts.zip(&self.columns).zip(widths);
        let parts: Vec<String> = parts
            .map(|((part, column), &width)| {
                let pad = " ".repeat(width.saturating_sub(part.width()));
                match column {
                    Column::Number => pad + part,
                    Column::Word | Column::Name | Column::Text => part.to_owned() + &pad,
                }
            })
            .collect();
        parts.join(&" ".repeat(GAP))
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Page, Table, Tone};

    #[test]
    fn the_longest_name_gives_way() {
        let mut table = Table::new(&[("bytes", Column::Number), ("name", Column::Name)]);
        table.row(
            vec!["7".into(), "a_very_long_tensor_name".into()],
            Tone::Plain,
        );
        let page = Page {
            width: 20,
            ..Page::default()
        };
        assert_eq!(table.text(&page), "bytes  name\n    7  a_ve…sor_name\n");
    }

    #[test]
    fn texts_go_on_below() {
        let mut table = Table::new(&[("bytes", Column::Number), ("what it is", Column::Text)]);
        table.row(vec!["7".into(), "a tensor of words".into()], Tone::Plain);
        let page = Page {
            width: 17,
            ..Page::default()
        };
        assert_eq!(
            table.text(&page),
            "bytes  what it is\n    7  a tensor\n       of words\n"
        );
    }
}
