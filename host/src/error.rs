//! What a call of a guest fails with.

/// Why the host or the kernel refuses a call.
#[derive(Debug)]
pub struct Refusal {
    /// The kernel's error number; 0 if the kernel did not refuse.
    pub code: u32,
    pub message: String,
}

impl Refusal {
    /// Returns a refusal of the host itself.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal {
            code: 0,
            message: message.into(),
        }
    }

    /// Returns a refusal by the kernel or by libbpf. `what` says what was tried.
    pub fn of(what: impl std::fmt::Display, error: &libbpf_rs::Error) -> Refusal {
        Refusal::of_libbpf(error).at(what)
    }

    /// Returns a refusal by the kernel or by libbpf.
    pub fn of_libbpf(error: &libbpf_rs::Error) -> Refusal {
        Refusal {
            code: code(error),
            message: format!("{error:#}"),
        }
    }

    /// Returns a refusal by the operating system.
    pub fn of_system(error: &std::io::Error) -> Refusal {
        Refusal {
            code: error.raw_os_error().unwrap_or(0).unsigned_abs(),
            message: error.to_string(),
        }
    }

    /// Puts what was tried before the message.
    pub fn at(self, what: impl std::fmt::Display) -> Refusal {
        Refusal {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }
}

/// What a call of a guest returns.
pub type Outcome<T> = Result<T, Refusal>;

/// Returns the number of the system's error at the bottom of an error.
fn code(error: &libbpf_rs::Error) -> u32 {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return io.raw_os_error().unwrap_or(0).unsigned_abs();
        }
        source = error.source();
    }
    use libbpf_rs::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => 2,
        Kind::PermissionDenied => 1,
        Kind::AlreadyExists => 17,
        Kind::InvalidInput => 22,
        Kind::OutOfMemory => 12,
        _ => 0,
    }
}
