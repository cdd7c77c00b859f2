//! What a guest may allocate: its memories and tables together.

use wasmtime::{ResourceLimiter, Result};

/// Instances, memories and tables of one component. A guest in Python has 25 instances.
const MAX_PARTS: usize = 100;
/// The bytes that the host needs for an element of a table.
const ELEMENT: usize = size_of::<usize>();

/// Counts the bytes of memories and tables.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget { left: bytes }
    }

    /// Takes bytes. Returns whether there are as many.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

impl ResourceLimiter for Budget {
    fn memory_growing(&mut self, now: usize, wanted: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.take(wanted.saturating_sub(now)))
    }

    fn table_growing(&mut self, now: usize, wanted: usize, _: Option<usize>) -> Result<bool> {
        Ok(self.take(wanted.saturating_sub(now).saturating_mul(ELEMENT)))
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
