// Copies the kernel's `struct cred`, which holds the rights of a process. This program knows only the name of the
// struct. The loader fills in the struct's size in the running kernel.

#include "bpf.h"

struct cred {
} KERNEL;

struct task_struct {
	const struct cred *cred;
} KERNEL;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} bytes SEC(".maps");

// The copy of the struct. The array is longer than the struct in any kernel.
char copy[4096];

SEC("raw_tp")
int copy_cred(__u64 *arguments __attribute__((unused)))
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 size = __builtin_preserve_type_info(*(struct cred *)0, 1 /* its size */);

	if (size > sizeof(copy))
		return 1;
	bpf_probe_read_kernel(copy, size, task->cred);
	bpf_ringbuf_output(&bytes, copy, size, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
