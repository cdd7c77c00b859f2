// Counts the packets that a network interface receives, and their bytes, by IPv4 protocol.

#include "bpf.h"
#include "trace.h"

#define XDP_PASS 2
#define ETHERTYPE_IPV4 0x0800

struct traffic {
	__u64 packets;
	__u64 bytes;
};

// The traffic of each protocol, by the protocol's number in the IPv4 header. Entry 0 has the packets that are not IPv4.
struct {
	// BPF_MAP_TYPE_PERCPU_ARRAY
	__uint(type, 6);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct traffic);
} traffic SEC(".maps");

struct xdp_md {
	__u32 data;
	__u32 data_end;
};

SEC("xdp")
int count(struct xdp_md *context)
{
	const __u8 *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct traffic *of_protocol;
	__u32 protocol = 0;

	// The Ethernet type follows two addresses. The protocol is the tenth byte of the IPv4 header.
	if (data + 14 + 20 <= end && (data[12] << 8 | data[13]) == ETHERTYPE_IPV4)
		protocol = data[14 + 9];
	of_protocol = bpf_map_lookup_elem(&traffic, &protocol);
	if (of_protocol) {
		of_protocol->packets++;
		of_protocol->bytes += end - data;
	}
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
