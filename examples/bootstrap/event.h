// What the BPF program and user space say to each other. Members have sizes that no compiler disagrees
// about, and are aligned to them, so that a guest in C, for which pointers have 32 bits, has the same
// layout.

#pragma once

#define COMM_LEN 16
#define FILENAME_LEN 127

// A process began a program, or ended.
struct event {
	int pid;
	int ppid;
	unsigned exit_code;
	unsigned long long duration_ns;
	char comm[COMM_LEN];
	char filename[FILENAME_LEN];
	_Bool exit_event;
};

// What user space asks for.
struct settings {
	unsigned long long min_duration_ns;
	_Bool failures_only;
};

// The key of what is ignored.
struct name {
	char comm[COMM_LEN];
};
