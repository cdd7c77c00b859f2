// Reports who uses bpf(2), as the kernel's security modules are asked.

#include "bpf.h"
#include "trace.h"

struct event {
	__u32 pid;
	char comm[16];
	// As in linux/bpf.h: BPF_MAP_CREATE is 0.
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
