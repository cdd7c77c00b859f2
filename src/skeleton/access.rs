//! The operations that user space has for each type of map. The types are those of `enum bpf_map_type` in the kernel's
//! `include/uapi/linux/bpf.h`.

/// The set of functions that the interface of a map gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A map with keys.
    Keyed(Keyed),
    /// A queue or a stack, whose values have an order.
    Ordered,
    /// A bloom filter, which tells whether a value may have been added.
    Filter,
    /// A ring buffer or a perf event array, which passes records from programs.
    Records {
        /// Whether the kernel pads each record, together with 4 bytes for its size, to a multiple of 8 bytes.
        /// If so, user space sees the padding as a part of the record.
        padded: bool,
    },
    /// A user ring buffer, which passes records to programs.
    Submitted,
}

/// The operations of a map with keys. A field of type `bool` says whether the map has the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keyed {
    pub keys: Keys,
    /// Whether each key has one value for each possible CPU.
    pub per_cpu: bool,
    pub updates: bool,
    pub deletes: bool,
    /// Whether there is an operation that looks up a value and deletes it at once.
    pub takes: bool,
    pub lists: bool,
}

/// The kind of a map's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Keys of the type in the map's definition, or bytes if the definition states only their size.
    Typed,
    /// Keys of 4 bytes, which the kernel uses as array indices. They have the type in the map's definition, or `u32`
    /// if the definition states none.
    Index,
    /// A process id. The kernel takes a pidfd instead, which the host opens for the process.
    Process,
    /// The path of a file. The kernel takes a file descriptor instead, which the host opens.
    File,
    /// The path of a cgroup's folder. The kernel takes a file descriptor instead, which the host opens.
    Cgroup,
}

/// The reason why a map has no functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// The keys or values are file descriptors, which a component does not have.
    Descriptors,
    /// User space reads and writes the map through shared memory, which a component does not have.
    Mapped,
    /// The map holds a struct of functions that the kernel calls.
    StructOps,
    /// No kernel up to 6.18 has maps of the type. This includes the number 0, `unspec`, which the kernel does not use
    /// for maps.
    Unknown,
}

const KEYED: Keyed = Keyed {
    keys: Keys::Typed,
    per_cpu: false,
    updates: true,
    deletes: true,
    takes: false,
    lists: true,
};
const HASH: Keyed = Keyed {
    takes: true,
    ..KEYED
};
const ARRAY: Keyed = Keyed {
    keys: Keys::Index,
    deletes: false,
    ..KEYED
};
const CGROUP: Keyed = Keyed {
    deletes: false,
    ..KEYED
};
const STORAGE: Keyed = Keyed {
    lists: false,
    ..KEYED
};

/// Returns the operations that user space has for a type of map, or the reason why a component has none of them. `kind`
/// is a number of `enum bpf_map_type`. The comments below have bpftool's names.
pub(crate) fn of(kind: u32) -> Result<Access, Unusable> {
    let keyed = |keyed| Ok(Access::Keyed(keyed));
    let per_cpu = |keyed| {
        Ok(Access::Keyed(Keyed {
            per_cpu: true,
            ..keyed
        }))
    };
    let storage = |keys| Ok(Access::Keyed(Keyed { keys, ..STORAGE }));
    match kind {
        // hash, lru_hash
        1 | 9 => keyed(HASH),
        // percpu_hash, lru_percpu_hash
        5 | 10 => per_cpu(HASH),
        // array
        2 => keyed(ARRAY),
        // percpu_array
        6 => per_cpu(ARRAY),
        // lpm_trie, devmap, cpumap, devmap_hash
        11 | 14 | 16 | 25 => keyed(KEYED),
        // stack_trace
        7 => keyed(Keyed {
            keys: Keys::Index,
            updates: false,
            ..KEYED
        }),
        // cgroup_storage, percpu_cgroup_storage: the kernel creates an entry when it attaches a program to a cgroup,
        // and only the kernel deletes it
        19 => keyed(CGROUP),
        21 => per_cpu(CGROUP),
        // inode_storage, task_storage, cgrp_storage
        28 => storage(Keys::File),
        29 => storage(Keys::Process),
        32 => storage(Keys::Cgroup),
        // queue, stack
        22 | 23 => Ok(Access::Ordered),
        // bloom_filter
        30 => Ok(Access::Filter),
        // perf_event_array, ringbuf
        4 => Ok(Access::Records { padded: true }),
        27 => Ok(Access::Records { padded: false }),
        // user_ringbuf
        31 => Ok(Access::Submitted),
        // prog_array, cgroup_array, array_of_maps, hash_of_maps, sockmap, xskmap, sockhash, reuseport_sockarray,
        // sk_storage
        3 | 8 | 12 | 13 | 15 | 17 | 18 | 20 | 24 => Err(Unusable::Descriptors),
        // struct_ops
        26 => Err(Unusable::StructOps),
        // arena
        33 => Err(Unusable::Mapped),
        _ => Err(Unusable::Unknown),
    }
}
