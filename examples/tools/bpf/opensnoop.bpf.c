// Reports the files that processes open with openat(2), and the result of each call.

#include "bpf.h"
#include "trace.h"

struct event {
	__u32 pid;
	// A file descriptor, or a negative error number.
	int result;
	char comm[16];
	char filename[128];
};

RECORDS(events, struct event);

// The addresses of the file names of calls that have not returned, by thread.
MAP(calls, BPF_MAP_TYPE_HASH, 8192, __u32, const char *);

// The id of the only process that is reported, or 0 to report all processes.
const volatile __u32 only_pid;

SEC("tp/syscalls/sys_enter_openat")
int enter(struct sys_enter *context)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	const char *filename = (void *)context->arguments[1];

	if (!only_pid || id >> 32 == only_pid)
		bpf_map_update_elem(&calls, &thread, &filename, 0);
	return 0;
}

SEC("tp/syscalls/sys_exit_openat")
int leave(struct sys_exit *context)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 thread = id;
	const char **filename = bpf_map_lookup_elem(&calls, &thread);
	struct event *event;

	if (!filename)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		__builtin_memset(event, 0, sizeof(*event));
		event->pid = id >> 32;
		event->result = context->result;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		bpf_probe_read_user_str(event->filename, sizeof(event->filename), *filename);
		bpf_ringbuf_submit(event, 0);
	}
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
