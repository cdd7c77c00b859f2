//! Lists the names of map types, which are those of `enum bpf_map_type` in the kernel's `include/uapi/linux/bpf.h`, up
//! to Linux 6.18.

/// The name of each map type. The number of the type is the index. Names are in lower case and without `BPF_MAP_TYPE_`,
/// as bpftool prints them.
static NAMES: [&str; 34] = [
    "unspec",
    "hash",
    "array",
    "prog_array",
    "perf_event_array",
    "percpu_hash",
    "percpu_array",
    "stack_trace",
    "cgroup_array",
    "lru_hash",
    "lru_percpu_hash",
    "lpm_trie",
    "array_of_maps",
    "hash_of_maps",
    "devmap",
    "sockmap",
    "cpumap",
    "xskmap",
    "sockhash",
    "cgroup_storage",
    "reuseport_sockarray",
    "percpu_cgroup_storage",
    "queue",
    "stack",
    "sk_storage",
    "devmap_hash",
    "struct_ops",
    "ringbuf",
    "inode_storage",
    "task_storage",
    "bloom_filter",
    "user_ringbuf",
    "cgrp_storage",
    "arena",
];

/// Returns the name of a map type, or `None` if Linux 6.18 does not have this type.
pub(crate) fn name_of_kind(kind: u32) -> Option<&'static str> {
    NAMES.get(kind as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_kernel() {
        let names = [1, 12, 22, 27, 33].map(name_of_kind);
        let expected = ["hash", "array_of_maps", "queue", "ringbuf", "arena"];
        assert_eq!(names, expected.map(Some));
        assert_eq!(name_of_kind(34), None);
    }
}
