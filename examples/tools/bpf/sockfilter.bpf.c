// Reports the IPv4 packets that a socket for all packets sees, which are those of all network interfaces.

#include "bpf.h"
#include "trace.h"

#define ETHERTYPE_IPV4 0x0800

struct event {
	__u8 source[4];
	__u8 destination[4];
	__u16 source_port;
	__u16 destination_port;
	// The number in the IPv4 header: 6 is TCP, 17 is UDP.
	__u8 protocol;
	__u32 interface;
	__u32 size;
};

RECORDS(events, struct event);

struct __sk_buff {
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
};

// Returns 0, so the socket keeps no packet.
SEC("socket")
int filter(struct __sk_buff *packet)
{
	struct event event = { .interface = packet->ifindex, .size = packet->len };
	__u8 ip[20];
	__u16 ports[2];

	if (packet->protocol != __builtin_bswap16(ETHERTYPE_IPV4) || bpf_skb_load_bytes(packet, 14, ip, sizeof(ip)))
		return 0;
	event.protocol = ip[9];
	__builtin_memcpy(event.source, ip + 12, 4);
	__builtin_memcpy(event.destination, ip + 16, 4);
	// The ports of TCP and UDP follow the header, whose length is in units of 4 bytes.
	if ((event.protocol == 6 || event.protocol == 17) &&
	    !bpf_skb_load_bytes(packet, 14 + (ip[0] & 15) * 4, ports, sizeof(ports))) {
		event.source_port = __builtin_bswap16(ports[0]);
		event.destination_port = __builtin_bswap16(ports[1]);
	}
	bpf_ringbuf_output(&events, &event, sizeof(event), 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
