//! Packing problems as the field writes them: a CSV file with a header and one buffer a line.
//!
//! `id,lower,upper,size`, in any order, and optionally `alignment`, `offset` (fixed) and `gaps`. Live ranges and gaps are
//! half-open. A gap is `start-end`, or `start-end@lower:upper` if the buffer keeps these of its bytes; several are separated by
//! spaces. Optional fields may be empty, blank lines and CRLF are accepted. Format of MiniMalloc (ASPLOS 2023).

use std::fmt;

use csv::{ReaderBuilder, StringRecord, Trim};
use lowtide_core::ids::{BufferId, Table};
use lowtide_core::packing::{Buffer, Gap, Problem, Window};
use lowtide_core::plan::Layout;
use lowtide_core::units::Bytes;

use crate::error::{Error, ErrorKind, Result};

pub mod fuzz;

#[cfg(test)]
mod tests;

/// A packing problem and what its file calls the buffers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    /// The buffers, in the order of the file.
    pub problem: Problem,
    /// The `id` of each.
    pub names: Table<BufferId, String>,
}

/// Columns of the header, by what they mean.
struct Columns {
    id: usize,
    lower: usize,
    upper: usize,
    size: usize,
    alignment: Option<usize>,
    offset: Option<usize>,
    gaps: Option<usize>,
}

/// Reads a packing problem; `capacity` is the arena it must fit, if one is given.
///
/// # Errors
/// A missing, unknown or repeated column, a field that does not parse (with its line and column), a buffer that cannot be
/// (see [`Problem::new`]), an `id` that occurs twice.
pub fn read(bytes: &[u8], capacity: Option<Bytes>) -> Result<Packing> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let columns = Columns::of(reader.headers().map_err(malformed)?)?;
    let mut buffers: Table<BufferId, Buffer> = Table::new();
    let mut names: Table<BufferId, String> = Table::new();
    let mut seen = std::collections::HashMap::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let row = Row {
            record: &record,
            bytes,
        };
        let name = row.text(columns.id).to_owned();
        if let Some(first) = seen.insert(name.clone(), row.line()) {
            let text = format_args!("the id '{name}' occurs in line {first} already");
            return Err(row.fault("id", text));
        }
        buffers.push(row.buffer(&columns)?);
        names.push(name);
    }
    let problem = Problem::new(buffers, capacity)?;
    Ok(Packing { problem, names })
}

/// The problem with the offset of every buffer added: `id,lower,upper,size,alignment,offset,gaps`.
///
/// # Errors
/// A layout that has not one offset a buffer.
pub fn write(packing: &Packing, layout: &Layout) -> Result<Vec<u8>> {
    let buffers = packing.problem.buffers();
    if layout.offsets.len() != buffers.len() || packing.names.len() != buffers.len() {
        return Err(foreign());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = [
        "id",
        "lower",
        "upper",
        "size",
        "alignment",
        "offset",
        "gaps",
    ];
    writer.write_record(header).map_err(malformed)?;
    for (id, buffer) in buffers.iter() {
        let gaps: Vec<String> = buffer.gaps.iter().map(shown).collect();
        let record = [
            packing.names[id].clone(),
            buffer.start.to_string(),
            buffer.end.to_string(),
            buffer.size.to_string(),
            buffer.alignment.to_string(),
            layout.offsets[id].to_string(),
            gaps.join(" "),
        ];
        writer.write_record(&record).map_err(malformed)?;
    }
    writer.into_inner().map_err(malformed)
}

/// The file `source` with the offset of every buffer: its columns as they are, `offset` filled in or added as the last.
///
/// # Errors
/// A file that [`read`] would refuse, a layout that has not one offset a buffer.
pub fn with_offsets(source: &[u8], layout: &Layout) -> Result<Vec<u8>> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(source);
    let mut header = reader.headers().map_err(malformed)?.clone();
    let column = Columns::of(&header)?.offset.unwrap_or(header.len());
    if column == header.len() {
        header.push_field("offset");
    }
    let mut builder = csv::WriterBuilder::new();
    if source.windows(2).any(|pair| pair == b"\r\n") {
        builder.terminator(csv::Terminator::CRLF);
    }
    let mut writer = builder.from_writer(Vec::new());
    writer.write_record(&header).map_err(malformed)?;
    let mut offsets = layout.offsets.rows();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let offset = offsets.next().ok_or_else(foreign)?.to_string();
        let fields = record.iter().take(column).chain([offset.as_str()]);
        let fields = fields.chain(record.iter().skip(column + 1));
        writer.write_record(fields).map_err(malformed)?;
    }
    match offsets.next() {
        Some(_) => Err(foreign()),
        None => writer.into_inner().map_err(malformed),
    }
}

fn foreign() -> Error {
    let text = "the layout is not one of this problem: it needs one offset a buffer";
    Error::new(ErrorKind::Refused, text)
}

fn shown(gap: &Gap) -> String {
    let Gap { start, end, window } = gap;
    match window {
        None => format!("{start}-{end}"),
        Some(Window { lower, upper }) => format!("{start}-{end}@{lower}:{upper}"),
    }
}

fn malformed(error: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed, error)
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self> {
        const KNOWN: [&str; 7] = [
            "id",
            "lower",
            "upper",
            "size",
            "alignment",
            "offset",
            "gaps",
        ];
        let mut found = [None; KNOWN.len()];
        for (index, name) in header.iter().enumerate() {
            let name = name.trim_start_matches('\u{feff}');
            let Some(known) = KNOWN.iter().position(|&known| known == name) else {
                return Err(malformed(format_args!(
                    "line 1: unknown column '{name}': the columns are {}",
                    KNOWN.join(", ")
                )));
            };
            if found[known].replace(index).is_some() {
                return Err(malformed(format_args!(
                    "line 1: column '{name}' occurs twice"
                )));
            }
        }
        let needed = |at: usize| {
            found[at].ok_or_else(|| {
                malformed(format_args!(
                    "line 1: the header has no column '{}'",
                    KNOWN[at]
                ))
            })
        };
        Ok(Self {
            id: needed(0)?,
            lower: needed(1)?,
            upper: needed(2)?,
            size: needed(3)?,
            alignment: found[4],
            offset: found[5],
            gaps: found[6],
        })
    }
}

/// One line of the file.
struct Row<'a> {
    record: &'a StringRecord,
    bytes: &'a [u8],
}

impl Row<'_> {
    /// The line it stands in: the reader's position is where the blank lines before it begin.
    fn line(&self) -> u64 {
        let Some(position) = self.record.position() else {
            return 0;
        };
        let rest = self.bytes.iter().skip(position.byte() as usize);
        let blank = rest.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + blank.filter(|&&byte| byte == b'\n').count() as u64
    }

    fn fault(&self, column: &str, text: impl fmt::Display) -> Error {
        malformed(format_args!(
            "line {}, column '{column}': {text}",
            self.line()
        ))
    }

    fn text(&self, at: usize) -> &str {
        self.record.get(at).unwrap_or_default()
    }

    fn number(&self, at: usize, column: &str) -> Result<u64> {
        let text = self.text(at);
        let fault = || format!("'{text}' is no whole number from 0 to {}", u64::MAX);
        text.parse().map_err(|_| self.fault(column, fault()))
    }

    /// A number that may be missing: no such column, or an empty field.
    fn optional(&self, at: Option<usize>, column: &str) -> Result<Option<u64>> {
        match at {
            Some(at) if !self.text(at).is_empty() => self.number(at, column).map(Some),
            _ => Ok(None),
        }
    }

    fn buffer(&self, columns: &Columns) -> Result<Buffer> {
        let start = self.number(columns.lower, "lower")?;
        let end = self.number(columns.upper, "upper")?;
        let size = Bytes(self.number(columns.size, "size")?);
        let mut buffer = Buffer::new(start, end, size);
        if let Some(alignment) = self.optional(columns.alignment, "alignment")? {
            buffer.alignment = alignment;
        }
        buffer.offset = self.optional(columns.offset, "offset")?.map(Bytes);
        for text in columns
            .gaps
            .map_or("", |at| self.text(at))
            .split_whitespace()
        {
            let gap = gap(text).ok_or_else(|| {
                let wanted = "a gap is 'start-end' or 'start-end@lower:upper'";
                self.fault("gaps", format_args!("'{text}': {wanted}"))
            })?;
            buffer.gaps.push(gap);
        }
        if let Some(fault) = buffer.fault() {
            return Err(malformed(format_args!("line {}: {fault}", self.line())));
        }
        Ok(buffer)
    }
}

/// `start-end` or `start-end@lower:upper`.
fn gap(text: &str) -> Option<Gap> {
    let (range, window) = match text.split_once('@') {
        None => (text, None),
        Some((range, window)) => {
            let (lower, upper) = window.split_once(':')?;
            let lower = Bytes(lower.parse().ok()?);
            let upper = Bytes(upper.parse().ok()?);
            (range, Some(Window { lower, upper }))
        }
    };
    let (start, end) = range.split_once('-')?;
    Some(Gap {
        start: start.parse().ok()?,
        end: end.parse().ok()?,
        window,
    })
}
