// Reports how long TCP connections over IPv4 take, from the call of connect(2) to the answer of the other side, which
// may be a refusal.

#include "bpf.h"
#include "trace.h"

#define SYN_SENT 2

struct sock_common {
	unsigned char skc_state;
	__u32 skc_daddr;
	__u16 skc_dport;
} KERNEL;
struct sock {
	struct sock_common __sk_common;
} KERNEL;

struct event {
	__u32 pid;
	char comm[16];
	// An IPv4 address in network byte order.
	__u8 remote[4];
	__u16 remote_port;
	__u64 latency_us;
};

struct call {
	__u64 since;
	__u32 pid;
	char comm[16];
};

RECORDS(events, struct event);

// Connections that are not established, by the address of their socket.
MAP(calls, BPF_MAP_TYPE_HASH, 4096, const void *, struct call);

SEC("fentry/tcp_v4_connect")
int begin(__u64 *arguments)
{
	const void *socket = (void *)arguments[0];
	struct call call = { .since = bpf_ktime_get_ns(), .pid = bpf_get_current_pid_tgid() >> 32 };

	bpf_get_current_comm(call.comm, sizeof(call.comm));
	bpf_map_update_elem(&calls, &socket, &call, 0);
	return 0;
}

SEC("fentry/tcp_rcv_state_process")
int answer(__u64 *arguments)
{
	struct sock *socket = (void *)arguments[0];
	struct call *call = bpf_map_lookup_elem(&calls, &socket);
	struct event event = {};
	__u32 address;

	if (!call || socket->__sk_common.skc_state != SYN_SENT)
		return 0;
	event.pid = call->pid;
	__builtin_memcpy(event.comm, call->comm, sizeof(event.comm));
	address = socket->__sk_common.skc_daddr;
	__builtin_memcpy(event.remote, &address, sizeof(event.remote));
	event.remote_port = __builtin_bswap16(socket->__sk_common.skc_dport);
	event.latency_us = (bpf_ktime_get_ns() - call->since) / 1000;
	bpf_ringbuf_output(&events, &event, sizeof(event), 0);
	bpf_map_delete_elem(&calls, &socket);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
