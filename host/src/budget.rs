//! Limits the bytes that the memories and tables of a guest take together.

use wasmtime::{ResourceLimiter, Result};

/// The maximum number of instances in a component, and also the maximum number of its memories and of its tables. A
/// guest in Python has 25 instances.
const MAX_PARTS: usize = 100;
/// The memory that the host needs for one element of a table, in bytes.
const ELEMENT: usize = size_of::<usize>();

/// The number of bytes that memories and tables may still take.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget { left: bytes }
    }

    /// Takes bytes from the budget. If fewer are left, takes none and returns false.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

impl ResourceLimiter for Budget {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.take(desired.saturating_sub(current)))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.take(desired.saturating_sub(current).saturating_mul(ELEMENT)))
    }

    fn instances(&self) -> usize {
        MAX_PARTS
    }

    fn tables(&self) -> usize {
        MAX_PARTS
    }

    fn memories(&self) -> usize {
        MAX_PARTS
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;
    use wasmtime::ResourceLimiter as _;

    #[test]
    fn memories_and_tables_share_the_limit() {
        let mut budget = Budget::new(1 << 20);
        assert!(
            budget
                .memory_growing(0, 1 << 19, None)
                .is_ok_and(|grows| grows)
        );
        assert!(
            budget
                .table_growing(0, 1 << 16, None)
                .is_ok_and(|grows| grows)
        );
        assert!(budget.memory_growing(0, 1, None).is_ok_and(|grows| !grows));
    }
}
