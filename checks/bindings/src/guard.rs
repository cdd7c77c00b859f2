//! Turns a panic of a generator into an error, so that one WIT file cannot end the check of the others.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use anyhow::{Result, anyhow};

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs `work`. If it panics, returns an error with the message and the location of the panic.
pub fn catch<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(remember));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(usual);
    outcome.unwrap_or_else(|_| Err(anyhow!("the generator panicked: {}", last_panic())))
}

fn remember(info: &PanicHookInfo) {
    let text = info.payload_as_str().unwrap_or("no message");
    let place = info
        .location()
        .map_or(String::new(), |at| format!(", at {at}"));
    *LAST_PANIC.lock().unwrap_or_else(|e| e.into_inner()) = format!("{text}{place}");
}

fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(|e| e.into_inner()).clone()
}
