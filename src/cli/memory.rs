//! Room for a conversion, made before it begins. Knows of a file how large it is and how it begins, no more.
//!
//! With `unsafe`, since to take memory for the first time in small pages costs a kernel's conversion an eighth of
//! its time more than in huge ones, a closure's a sixth.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// What a kernel's types and functions take, in sizes of its raw BTF. A little less than it is: a last
/// huge page would be had whole for the sake of a part.
const SIZES: u64 = 4;
/// Raw BTF of more bytes has tables that no block has room for: what is made for them would stay empty.
const LARGEST: u64 = 48 << 20;
/// Bytes that room is made for at once: a little less than the most that glibc learns to keep, on 64 bits.
const BLOCK: u64 = 30 << 20;
/// Blocks at most.
const MOST: u64 = 6;
/// Below this, in bytes, a huge page or two would be no gain.
const LEAST: u64 = 4 << 20;
/// Bytes; less than what would be missed where there is little memory.
const KEPT: u64 = 8 << 20;
/// What glibc puts around what it keeps is smaller, in bytes.
const AROUND: u64 = 1 << 20;
/// What it puts before a block is smaller: that it is in front of the huge page costs a few small ones.
const BEFORE: u64 = 64 << 10;
/// Bytes of a huge page on most systems.
const HUGE_PAGE: u64 = 2 << 20;
/// Bytes that stay taken or tell where a block would begin; more than anything that glibc finds room for elsewhere so
/// early.
const PIN: u64 = 64 << 10;

/// Makes room for what these inputs will need, in huge pages where the system has them for those who ask.
/// Touches none of it.
///
/// glibc hands memory of 128 KB and more back to the system when it is freed, and to take as much
/// anew costs about as much as to fill it. Once something larger was freed, it keeps all that is
/// smaller for the next who asks (mallopt(3), M_MMAP_THRESHOLD), unless too much is free at the end of what it
/// has. So what is taken here is smaller than what was freed before, and something stays behind it.
pub fn make_room<'a>(inputs: impl IntoIterator<Item = &'a Path>) {
    let needed: u64 = inputs
        .into_iter()
        .map(|path| room_for(path).unwrap_or(0))
        .sum();
    let mut needed = needed.min(MOST * BLOCK);
    drop(empty(KEPT.max(needed.min(BLOCK) + AROUND)));
    if needed < LEAST {
        return;
    }
    begin_at_huge_page();
    let mut blocks = Vec::new();
    while needed > 0 {
        let mut block = empty(needed.min(BLOCK));
        in_huge_pages(&mut block);
        blocks.push(block);
        needed -= needed.min(BLOCK);
    }
    std::mem::forget(empty(PIN));
}

/// Takes what lies before the next huge page, where a block would begin, and touches none of it: half a thousand small
/// pages otherwise, or none, as chance has it. Always leaves as much in front of the huge page, and so takes the whole of
/// one that is too near. Asks for little, since glibc notes at the end of what it hands out how much is left: a note in
/// one of the later huge pages would make small ones of it.
fn begin_at_huge_page() {
    let block = empty(PIN);
    let ahead = block.as_ptr().align_offset(HUGE_PAGE as usize) as u64;
    drop(block);
    let taken = match ahead < BEFORE + PIN {
        true => ahead.saturating_add(HUGE_PAGE) - BEFORE,
        false => ahead - BEFORE,
    };
    std::mem::forget(empty(taken));
}

/// What an input will need, where that can be told. Of what is packed only its unpacking can tell, which takes
/// memory of another size; what is no file may be read only once.
fn room_for(path: &Path) -> io::Result<u64> {
    let file = fs::metadata(path)?;
    if !file.is_file() {
        return Ok(0);
    }
    let mut head = [0; 4];
    File::open(path)?.read_exact(&mut head)?;
    let room = file.len().saturating_mul(SIZES);
    Ok(match head {
        [0x9f, 0xeb, ..] | [0xeb, 0x9f, ..] if file.len() <= LARGEST => room,
        // Most of it is not BTF.
        [0x7f, b'E', b'L', b'F'] => room.min(BLOCK),
        _ => 0,
    })
}

/// Memory that nothing is in. Where there is not as much, nothing is lost.
fn empty(bytes: u64) -> Vec<u8> {
    let mut room = Vec::new();
    let _ = room.try_reserve_exact(bytes as usize);
    std::hint::black_box(room)
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "advice is given by address")]
fn in_huge_pages(room: &mut Vec<u8>) {
    /// The largest of the small pages that most processors have, in bytes.
    const PAGE: usize = 64 << 10;
    let room = room.spare_capacity_mut();
    let Some(pages) = room.get_mut(room.as_ptr().align_offset(PAGE)..) else {
        return;
    };
    let whole = pages.len() / PAGE * PAGE;
    // SAFETY: these bytes are `room`'s own, whole pages of them. The advice says in how large pages they
    // are to be held; it neither reads nor writes nor moves any, and where it is not taken all stays.
    let _ = unsafe {
        rustix::mm::madvise(
            pages.as_mut_ptr().cast(),
            whole,
            rustix::mm::Advice::LinuxHugepage,
        )
    };
}

#[cfg(not(target_os = "linux"))]
fn in_huge_pages(_: &mut Vec<u8>) {}
