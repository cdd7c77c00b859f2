//! Elements of maps as bytes of any length. The maps of aya have Rust types, so this calls bpf(2).

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use aya::maps::MapData;

/// Numbers of commands, from linux/bpf.h.
const LOOKUP: libc::c_int = 1;
const UPDATE: libc::c_int = 2;
const DELETE: libc::c_int = 3;

/// The arguments of these commands. The kernel takes the rest of its union as zeros.
#[repr(C)]
struct Arguments {
    map: u32,
    _padding: u32,
    key: u64,
    value: u64,
    flags: u64,
}

/// The elements of a map whose values are the same on all CPUs.
pub struct Elements<'a> {
    data: &'a MapData,
    key_size: usize,
    value_size: usize,
}

impl<'a> Elements<'a> {
    pub fn new(data: &'a MapData) -> io::Result<Elements<'a>> {
        let info = data.info().map_err(io::Error::other)?;
        Ok(Elements {
            data,
            key_size: info.key_size() as usize,
            value_size: info.value_size() as usize,
        })
    }

    /// Returns the value of a key.
    pub fn lookup(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let mut value = vec![0; self.value_size];
        let found = self.call(LOOKUP, key, value.as_mut_ptr() as u64)?;
        Ok(found.then_some(value))
    }

    pub fn update(&self, key: &[u8], value: &[u8]) -> io::Result<()> {
        check(value, self.value_size)?;
        self.call(UPDATE, key, value.as_ptr() as u64).map(drop)
    }

    /// Deletes a key. Returns whether it was there.
    pub fn delete(&self, key: &[u8]) -> io::Result<bool> {
        self.call(DELETE, key, 0)
    }

    /// Runs a command. Returns whether the key was there. The value must have the size of the map's values.
    fn call(&self, command: libc::c_int, key: &[u8], value: u64) -> io::Result<bool> {
        check(key, self.key_size)?;
        let arguments = Arguments {
            map: self.data.fd().as_fd().as_raw_fd() as u32,
            _padding: 0,
            key: key.as_ptr() as u64,
            value,
            flags: 0,
        };
        let size = size_of::<Arguments>();
        // SAFETY: the kernel reads the key, and reads or writes the value, each of which is as long as
        // the map says that it is, and which live until the call returns.
        let answer = unsafe { libc::syscall(libc::SYS_bpf, command, &raw const arguments, size) };
        if answer >= 0 {
            return Ok(true);
        }
        match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ENOENT) => Ok(false),
            error => Err(error),
        }
    }
}

fn check(bytes: &[u8], size: usize) -> io::Result<()> {
    if bytes.len() == size {
        return Ok(());
    }
    let message = format!("{} bytes instead of {size}", bytes.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}
