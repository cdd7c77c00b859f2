//! The error that a guest's call returns, made from errors of libbpf-rs, aya and the operating system.

// Error numbers of `errno.h`.
pub(crate) const EPERM: u32 = 1;
pub(crate) const ENOENT: u32 = 2;
pub(crate) const ESRCH: u32 = 3;
pub(crate) const E2BIG: u32 = 7;
pub(crate) const ENOMEM: u32 = 12;
pub(crate) const EEXIST: u32 = 17;
pub(crate) const EINVAL: u32 = 22;
pub(crate) const ENOSPC: u32 = 28;
/// The error of the kernel itself, which is not in `errno.h`.
pub(crate) const ENOTSUPP: u32 = 524;
/// The code of a refusal that ends the guest. The kernel never returns this error number for a call of the host.
const ECANCELED: u32 = 125;

/// The reason why the host or the kernel refuses a guest's call.
#[derive(Debug)]
pub struct Refusal {
    /// The number of the kernel's error, as in `errno.h`, or 524 (`ENOTSUPP`), which only the kernel defines. 0 if no
    /// error number is known, as for most refusals by the host itself.
    pub code: u32,
    pub message: String,
}

impl Refusal {
    /// Returns a refusal by the host itself, without an error number.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal {
            code: 0,
            message: message.into(),
        }
    }

    /// Returns a refusal by the kernel or by libbpf. The message begins with `what`, which says what was tried.
    pub fn of(what: impl std::fmt::Display, error: &libbpf_rs::Error) -> Refusal {
        Refusal::of_libbpf(error).at(what)
    }

    /// Returns a refusal by the kernel or by libbpf.
    pub fn of_libbpf(error: &libbpf_rs::Error) -> Refusal {
        let message = format!("{error:#}");
        Refusal {
            code: code_in(&message).unwrap_or_else(|| code_of(error.kind())),
            message,
        }
    }

    /// Returns a refusal with this message. The code is the number at the end of a message such as `… (os error 7)`, or
    /// 0 if the message has none.
    pub fn of_message(message: String) -> Refusal {
        Refusal {
            code: code_in(&message).unwrap_or(0),
            message,
        }
    }

    /// Returns a refusal by the operating system.
    pub fn of_system(error: &std::io::Error) -> Refusal {
        Refusal {
            code: error.raw_os_error().unwrap_or(0).unsigned_abs(),
            message: error.to_string(),
        }
    }

    /// Returns the refusal that ends a guest which was asked to end.
    pub fn stopped() -> Refusal {
        Refusal {
            code: ECANCELED,
            message: "the guest was asked to end".to_owned(),
        }
    }

    /// Returns whether this refusal ends the guest.
    pub fn is_stopped(&self) -> bool {
        self.code == ECANCELED
    }

    /// Adds `what`, which says what was tried, to the start of the message.
    pub fn at(self, what: impl std::fmt::Display) -> Refusal {
        Refusal {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }
}

/// The result of a guest's call.
pub type Outcome<T> = Result<T, Refusal>;

/// Returns the number in a message such as `Argument list too long (os error 7)`, or `None` if there is none. libbpf-rs
/// gives no access to the number of an error of the operating system, and aya has it in different causes of its
/// errors. But the messages of both contain the number.
fn code_in(message: &str) -> Option<u32> {
    let (_, number) = message.rsplit_once("(os error ")?;
    number.split(')').next()?.parse().ok()
}

/// Returns the error number that corresponds to a kind of errors, or 0 if there is none. An error that libbpf-rs itself
/// detected has only a kind.
fn code_of(kind: libbpf_rs::ErrorKind) -> u32 {
    use libbpf_rs::ErrorKind as Kind;
    match kind {
        Kind::NotFound => ENOENT,
        Kind::PermissionDenied => EPERM,
        Kind::AlreadyExists => EEXIST,
        Kind::InvalidInput => EINVAL,
        Kind::OutOfMemory => ENOMEM,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_code_is_that_of_the_system() {
        let code = |message: &str| Refusal::of_message(message.to_owned()).code;
        assert_eq!(
            code("map 'm': failed: Argument list too long (os error 7)"),
            7
        );
        assert_eq!(code("no number (os error x)"), 0);
        assert_eq!(code("nothing"), 0);
    }
}
