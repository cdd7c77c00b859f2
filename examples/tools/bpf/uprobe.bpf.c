// Reports the calls of a function of user space on x86-64: its first two arguments, and what it returned.

#include "bpf.h"
#include "trace.h"

struct event {
	__u32 pid;
	char comm[16];
	_Bool returned;
	// The first two arguments or, if the function has returned, the result.
	long values[2];
};

RECORDS(events, struct event);

// The registers of x86-64. The first two arguments are in rdi and rsi, the result in rax.
struct x86_registers {
	unsigned long others[10], rax, rcx, rdx, rsi, rdi;
};

static int report(_Bool returned, long first, long second)
{
	struct event event = { .returned = returned, .values = { first, second } };

	event.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event.comm, sizeof(event.comm));
	bpf_ringbuf_output(&events, &event, sizeof(event), 0);
	return 0;
}

SEC("uprobe")
int call(struct x86_registers *registers)
{
	return report(0, registers->rdi, registers->rsi);
}

SEC("uretprobe")
int give_back(struct x86_registers *registers)
{
	return report(1, registers->rax, 0);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
