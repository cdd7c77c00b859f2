// Reports the programs that processes start, or try to start, with execve(2).

#include "bpf.h"
#include "trace.h"

struct event {
	__u32 pid;
	char comm[16];
	char filename[128];
};

RECORDS(events, struct event);

SEC("tp/syscalls/sys_enter_execve")
int enter(struct sys_enter *context)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_probe_read_user_str(event->filename, sizeof(event->filename), (void *)context->arguments[0]);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
