//! Tells when to end: at a signal, or after the command that the host runs.

use std::io;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

#[derive(Clone)]
pub struct Stop {
    now: Arc<AtomicBool>,
}

impl Stop {
    /// The first signal asks the guest to end, the second one ends the process at once: what it has in
    /// the kernel hangs on its file descriptors, and goes with them.
    pub fn at_signals() -> io::Result<Stop> {
        let now = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&now))?;
            flag::register(signal, Arc::clone(&now))?;
        }
        Ok(Stop { now })
    }

    pub fn now(&self) -> bool {
        self.now.load(Ordering::Acquire)
    }

    pub fn ask(&self) {
        self.now.store(true, Ordering::Release);
    }

    /// Runs a command and requests the end when it exits.
    pub fn after(&self, command: &str) -> io::Result<()> {
        let mut child = Command::new(command).spawn()?;
        let stop = self.clone();
        thread::spawn(move || {
            // Waits first, so that its events are in the ring buffer before the end is requested.
            let _ = child.wait();
            stop.ask();
        });
        Ok(())
    }
}
