//! Checks that the generated reader makes exactly as many allocations as hand-written code.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: each call is forwarded unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the same for the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, which is the same for the system's allocator.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count<T>(what: impl FnOnce() -> T) -> usize {
    let before = COUNT.load(Ordering::Relaxed);
    let kept = what();
    let after = COUNT.load(Ordering::Relaxed);
    drop(kept);
    after - before
}

#[test]
fn as_many_as_by_hand() {
    let bytes = event_bench::bytes();
    let by_hand = count(|| event_bench::by_hand(&bytes));
    let reader = count(|| event_bench::reader::event::read(&bytes));
    assert_eq!((by_hand, reader), (2, 2));
}
