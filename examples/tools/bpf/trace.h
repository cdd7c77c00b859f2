// Additions to bpf.h for the programs in this folder: more helpers, records with a type, and the contexts of system
// calls.

#pragma once

// A ring buffer, and a pointer to the type of its records. Without the pointer, clang leaves the type out of the BTF.
#define RECORDS(name, record_type) \
	struct { \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, 256 * 1024); \
	} name SEC(".maps"); \
	const record_type *name##_type __attribute__((unused))

// The contexts of the tracepoints in syscalls/. Each begins with 8 bytes that all tracepoints have.
struct sys_enter {
	__u64 common;
	long number;
	unsigned long arguments[6];
};
struct sys_exit {
	__u64 common;
	long number;
	long result;
};

// The numbers of helpers are those of linux/bpf.h.
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*const bpf_probe_read_user_str)(void *to, __u32 size, const void *from) = (void *)114;
static long (*const bpf_skb_load_bytes)(const void *packet, __u32 offset, void *to, __u32 size) = (void *)26;
