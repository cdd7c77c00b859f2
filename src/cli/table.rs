//! Tables of a list: columns as wide as what is in them, under their headings.

use std::borrow::Cow;
use std::io;

use super::output::Stdout;
use super::row::Row;
use super::stderr;

/// The widest cell that makes its column wider. A longer one moves the rest of its row to the right, and no
/// other row.
const MAX_CELL_WIDTH: usize = 28;
/// Spaces between columns.
const GAP: &str = "  ";

/// A column: its heading, and whether its cells are numbers, which stand on the right.
pub struct Column {
    pub heading: &'static str,
    pub number: bool,
}

impl Column {
    pub const fn of(heading: &'static str) -> Column {
        Column {
            heading,
            number: false,
        }
    }

    pub const fn of_numbers(heading: &'static str) -> Column {
        Column {
            heading,
            number: true,
        }
    }
}

pub struct Table<'a, const N: usize> {
    columns: [Column; N],
    rows: Vec<[Cow<'a, str>; N]>,
    /// A title inside the table, and how many rows stand before it.
    title: Option<(usize, &'static str)>,
}

impl<'a, const N: usize> Table<'a, N> {
    pub fn new(columns: [Column; N]) -> Table<'a, N> {
        Table {
            columns,
            rows: Vec::new(),
            title: None,
        }
    }

    pub fn push(&mut self, row: [Cow<'a, str>; N]) {
        self.rows.push(row);
    }

    /// Puts a title between the rows before and those that follow.
    pub fn title(&mut self, title: &'static str) {
        self.title = Some((self.rows.len(), title));
    }

    /// The width of each column in characters.
    fn widths(&self) -> [usize; N] {
        let mut widths = [0; N];
        for (width, column) in widths.iter_mut().zip(&self.columns) {
            *width = column.heading.len();
        }
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                let own = cell.chars().count();
                if own <= MAX_CELL_WIDTH {
                    *width = (*width).max(own);
                }
            }
        }
        widths
    }
}

/// Prints tables one below the other, with an empty line between.
pub struct Printer<'o> {
    pub out: &'o mut Stdout,
    /// Whether there are headings and empty lines, or rows alone.
    pub headings: bool,
    row: Row,
    begun: bool,
}

impl<'o> Printer<'o> {
    pub fn new(out: &'o mut Stdout, headings: bool) -> Printer<'o> {
        Printer {
            out,
            headings,
            row: Row::default(),
            begun: false,
        }
    }

    /// Prints a table, unless it has no rows.
    pub fn print<const N: usize>(&mut self, table: &Table<'_, N>) -> io::Result<()> {
        if table.rows.is_empty() {
            return Ok(());
        }
        let widths = table.widths();
        let headings = table.columns.each_ref().map(|c| Cow::Borrowed(c.heading));
        self.heading(|row| push_row(row, &table.columns, &widths, &headings))?;
        for (at, row) in table.rows.iter().enumerate() {
            if let Some((_, title)) = table.title.filter(|(rows, _)| *rows == at) {
                self.heading(|row| row.push(&[title]))?;
            }
            push_row(&mut self.row, &table.columns, &widths, row);
            self.row.print(self.out)?;
        }
        Ok(())
    }

    /// Prints a line that is no row, below an empty one.
    fn heading(&mut self, push: impl FnOnce(&mut Row)) -> io::Result<()> {
        if !self.headings {
            return Ok(());
        }
        if std::mem::replace(&mut self.begun, true) {
            self.row.print(self.out)?;
        }
        push(&mut self.row);
        self.row.print_in(stderr::HEADING, self.out)
    }
}

fn push_row<const N: usize>(
    out: &mut Row,
    columns: &[Column; N],
    widths: &[usize; N],
    cells: &[Cow<'_, str>; N],
) {
    for (at, ((column, width), cell)) in columns.iter().zip(widths).zip(cells).enumerate() {
        if at > 0 {
            out.push(&[GAP]);
        }
        match column.number {
            true => out.push_right(cell, *width),
            false => out.push_left(cell, *width),
        }
    }
}
