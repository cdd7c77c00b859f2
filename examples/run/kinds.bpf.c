// Programs of all kinds that need a target, or that the host attaches in a special way, for the script `check`. Each
// program counts its runs, except for the iterator.

#include "bpf.h"

#define COUNT(name, section) \
	__u64 name##_runs; \
	SEC(section) int name(void *context __attribute__((unused))) \
	{ \
		name##_runs++; \
		return PASS; \
	}

// The result of the following programs. For tracing, the result is ignored. A packet passes with -1 for tcx
// (TC_ACT_UNSPEC), 2 for XDP (XDP_PASS), and 1 for a cgroup.
#define PASS 0
COUNT(tracepoint, "tp/syscalls/sys_enter_write")
COUNT(other_tracepoint, "tp")
COUNT(raw, "raw_tp")
COUNT(user_function, "uprobe")
COUNT(user_return, "uretprobe")
COUNT(sampled, "perf_event")
COUNT(kernel_function, "kprobe/do_nanosleep")
// A socket filter. With the result 0, its socket gets no packet.
COUNT(packets, "socket")
#undef PASS
#define PASS -1
COUNT(ingress, "tc")
COUNT(egress, "tcx/egress")
#undef PASS
#define PASS 2
COUNT(express, "xdp")
#undef PASS
#define PASS 1
COUNT(of_group, "cgroup_skb/egress")

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} KERNEL;
struct task_struct {
	int pid;
} KERNEL;
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} KERNEL;

static long (*const bpf_seq_write)(struct seq_file *to, const void *data, __u32 size) = (void *)127;

// Writes the id of each thread.
SEC("iter/task") int threads(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	int pid;

	if (!task)
		return 0;
	pid = task->pid;
	bpf_seq_write(context->meta->seq, &pid, sizeof(pid));
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
