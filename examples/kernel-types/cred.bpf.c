// Copies a struct of the kernel as it is: what a process may do. Of the struct this program knows nothing
// but its name; how long it is in the running kernel is filled in when the program is loaded.

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

// Where it is copied to; longer than the struct in any kernel.
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
