//! The generated reader allocates exactly what hand-written code allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: forwards every call to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller upholds the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract.
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
