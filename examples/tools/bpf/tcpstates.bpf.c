// Reports the states of TCP connections over IPv4, and how long each state lasted.

#include "bpf.h"
#include "trace.h"

#define AF_INET 2
#define IPPROTO_TCP 6

// The kernel's states, in the kernel's order.
enum state {
	ESTABLISHED = 1, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT,
	LAST_ACK, LISTEN, CLOSING, NEW_SYN_RECV,
};

struct event {
	__u32 pid;
	enum state from;
	enum state to;
	// IPv4 addresses in network byte order.
	__u8 local[4];
	__u8 remote[4];
	__u16 local_port;
	__u16 remote_port;
	// The time for which the state `from` lasted, in microseconds. 0 if the start of this state was not seen.
	__u64 duration_us;
};

RECORDS(events, struct event);

// The time at which a connection entered its state, in nanoseconds, by the address of its socket.
MAP(since, BPF_MAP_TYPE_HASH, 10240, const void *, __u64);

// The context of sock/inet_sock_set_state.
struct set_state {
	__u64 common;
	const void *socket;
	int from;
	int to;
	__u16 local_port;
	__u16 remote_port;
	__u16 family;
	__u16 protocol;
	__u8 local[4];
	__u8 remote[4];
};

SEC("tp/sock/inet_sock_set_state")
int set_state(struct set_state *context)
{
	const void *socket = context->socket;
	__u64 now = bpf_ktime_get_ns(), *before;
	struct event event = {};

	if (context->protocol != IPPROTO_TCP || context->family != AF_INET)
		return 0;
	event.pid = bpf_get_current_pid_tgid() >> 32;
	event.from = context->from;
	event.to = context->to;
	__builtin_memcpy(event.local, context->local, sizeof(event.local));
	__builtin_memcpy(event.remote, context->remote, sizeof(event.remote));
	event.local_port = context->local_port;
	event.remote_port = context->remote_port;
	before = bpf_map_lookup_elem(&since, &socket);
	event.duration_us = before ? (now - *before) / 1000 : 0;
	bpf_ringbuf_output(&events, &event, sizeof(event), 0);
	if (event.to == CLOSE)
		bpf_map_delete_elem(&since, &socket);
	else
		bpf_map_update_elem(&since, &socket, &now, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
