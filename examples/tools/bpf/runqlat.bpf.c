// Counts the times for which runnable threads wait for a processor, by powers of two of microseconds.

#include "bpf.h"
#include "trace.h"

#define SLOTS 26

struct task_struct {
	int pid;
	unsigned __state;
} KERNEL;

// The times at which waiting threads became runnable, in nanoseconds, by thread.
MAP(start, BPF_MAP_TYPE_HASH, 10240, int, __u64);

__u64 slots[SLOTS];

static int runnable(struct task_struct *task)
{
	int pid = task->pid;
	__u64 now = bpf_ktime_get_ns();

	// The idle thread, which has the id 0, is not counted.
	if (pid)
		bpf_map_update_elem(&start, &pid, &now, 0);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int wakeup(__u64 *arguments)
{
	return runnable((void *)arguments[0]);
}

SEC("tp_btf/sched_wakeup_new")
int wakeup_new(__u64 *arguments)
{
	return runnable((void *)arguments[0]);
}

SEC("tp_btf/sched_switch")
int change(__u64 *arguments)
{
	struct task_struct *previous = (void *)arguments[1], *next = (void *)arguments[2];
	int pid = next->pid;
	__u64 *since = bpf_map_lookup_elem(&start, &pid), waited;
	__u32 slot = 0;

	// The previous thread waits again if it is still runnable: 0 is TASK_RUNNING.
	if (!previous->__state)
		runnable(previous);
	if (!since)
		return 0;
	waited = (bpf_ktime_get_ns() - *since) / 1000;
	for (int i = 0; i < SLOTS - 1 && waited > 1; i++) {
		waited >>= 1;
		slot++;
	}
	if (slot < SLOTS)
		__sync_fetch_and_add(&slots[slot], 1);
	bpf_map_delete_elem(&start, &pid);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
