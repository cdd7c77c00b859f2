// Reports the processes that use bpf(2). The program is attached to the hook at which the kernel asks its security
// modules whether the call is allowed.

#include "bpf.h"
#include "trace.h"

struct event {
	__u32 pid;
	char comm[16];
	// The number of the command in linux/bpf.h: 0 is BPF_MAP_CREATE.
	int command;
};

RECORDS(events, struct event);

SEC("lsm/bpf")
int ask(__u64 *arguments)
{
	struct event event = { .command = arguments[0] };

	event.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event.comm, sizeof(event.comm));
	bpf_ringbuf_output(&events, &event, sizeof(event), 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
