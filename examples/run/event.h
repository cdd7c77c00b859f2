// The data that the BPF program and user space exchange. Members have the same size for every compiler and are
// aligned to it, so a guest in C, whose pointers have 32 bits, has the same layout.

#pragma once

#define COMM_LEN 16
#define FILENAME_LEN 127

// A process started a program, or ended.
struct event {
	int pid;
	int ppid;
	unsigned exit_code;
	unsigned long long duration_ns;
	char comm[COMM_LEN];
	char filename[FILENAME_LEN];
	_Bool exit_event;
};

// The filters that user space sets.
struct settings {
	unsigned long long min_duration_ns;
	_Bool failures_only;
};

// The key of the map of ignored processes: the name of a process.
struct name {
	char comm[COMM_LEN];
};
