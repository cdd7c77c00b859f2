//! Asks a guest to end, after a signal or when the caller wants it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// A request to a guest to end. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
}

impl Stop {
    /// Returns a [`Stop`] that SIGINT, SIGTERM and SIGHUP set. The first signal asks the guest to end. The second one
    /// ends the process at once. The kernel then closes the file descriptors of the process, and with them its
    /// programs, links and maps.
    pub fn at_signals() -> io::Result<Stop> {
        let stop = Stop::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop.asked))?;
            flag::register(signal, Arc::clone(&stop.asked))?;
        }
        Ok(stop)
    }

    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    /// Asks the guest to end.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Release);
    }
}
