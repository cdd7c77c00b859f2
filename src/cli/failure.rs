//! Defines the reason why a command fails, which may decide the exit code.

use btf2wit::Error;

#[derive(Debug)]
pub enum Failure {
    /// The arguments are wrong, whatever the input contains.
    Usage(String),
    Other(String),
}

impl Failure {
    pub fn message(&self) -> &str {
        match self {
            Failure::Usage(message) | Failure::Other(message) => message,
        }
    }

    /// Returns the exit code for this failure, or `None` if the command decides the exit code.
    pub fn code(&self) -> Option<u8> {
        match self {
            Failure::Usage(_) => Some(2),
            Failure::Other(_) => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let message = error.to_string();
        match error {
            Error::Pattern { .. } | Error::Name { .. } | Error::Syntax { .. } => {
                Failure::Usage(message)
            }
            _ => Failure::Other(message),
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Failure::Other(message)
    }
}
