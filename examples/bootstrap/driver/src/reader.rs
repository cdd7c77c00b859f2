//! STAND-IN for what `Config::rust_reader` writes into `$OUT_DIR/types.rs`. To go.

use crate::bpf::bootstrap::types::{Event, Name, Settings};

pub type ReadError = String;

fn text(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

pub mod event {
    use super::*;
    pub const SIZE: usize = 168;
    pub fn read(b: &[u8]) -> Result<Event, ReadError> {
        if b.len() != SIZE {
            return Err(format!("{} bytes instead of {SIZE}", b.len()));
        }
        let u = |at: usize| u32::from_le_bytes(b[at..at + 4].try_into().unwrap());
        Ok(Event {
            pid: u(0) as i32,
            ppid: u(4) as i32,
            exit_code: u(8),
            duration_ns: u64::from_le_bytes(b[16..24].try_into().unwrap()),
            comm: text(&b[24..40]),
            filename: text(&b[40..167]),
            exit_event: b[167] != 0,
        })
    }
    pub fn records(bytes: &[u8]) -> impl Iterator<Item = Result<Event, ReadError>> + '_ {
        bytes.chunks(SIZE).map(read)
    }
}

pub mod settings {
    use super::*;
    pub const SIZE: usize = 16;
    pub fn write(settings: &Settings, bytes: &mut [u8]) -> Result<(), String> {
        bytes.fill(0);
        bytes[..8].copy_from_slice(&settings.min_duration_ns.to_le_bytes());
        bytes[8] = settings.failures_only.into();
        Ok(())
    }
}

pub mod name {
    use super::*;
    pub const SIZE: usize = 16;
    pub fn write(name: &Name, bytes: &mut [u8]) -> Result<(), String> {
        bytes.fill(0);
        let comm = name.comm.as_bytes();
        let room = bytes.get_mut(..comm.len()).ok_or("the name is too long")?;
        room.copy_from_slice(comm);
        Ok(())
    }
}
