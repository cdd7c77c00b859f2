// The data that the BPF program and user space exchange. The types of the members have the same size and alignment for
// BPF and for wasm32, so the structs have the same layout in a guest in C.

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
