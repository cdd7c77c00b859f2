//! Prints tables with headings. The width of a column is that of its widest cell, heading included. Cells that exceed a
//! limit do not count.

use std::borrow::Cow;
use std::io;

use super::output::Stdout;
use super::row::Row;
use super::stderr;

/// The maximum width in characters to which a cell can widen its column. If a cell is wider, it moves the following
/// cells of its own row to the right.
const MAX_CELL_WIDTH: usize = 28;
/// The spaces between two columns.
const GAP: &str = "  ";

/// A column: its heading, and whether its cells are numbers, which are aligned to the right.
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
    /// The number of rows before a title, and the title. `None` if the table has no title between its rows.
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

    /// Puts a title between the rows that were added before and those that are added later.
    pub fn title(&mut self, title: &'static str) {
        self.title = Some((self.rows.len(), title));
    }

    /// Returns the width of each column in characters.
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

/// Prints tables. Between two tables is an empty line.
pub struct TablePrinter<'o> {
    pub out: &'o mut Stdout,
    /// Whether headings and empty lines are printed.
    pub headings: bool,
    row: Row,
    has_printed: bool,
}

impl<'o> TablePrinter<'o> {
    pub fn new(out: &'o mut Stdout, headings: bool) -> TablePrinter<'o> {
        TablePrinter {
            out,
            headings,
            row: Row::default(),
            has_printed: false,
        }
    }

    /// Prints a table. Prints nothing if the table has no rows.
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

    /// Prints a heading or a title. An empty line separates it from earlier output.
    fn heading(&mut self, push: impl FnOnce(&mut Row)) -> io::Result<()> {
        if !self.headings {
            return Ok(());
        }
        if std::mem::replace(&mut self.has_printed, true) {
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
