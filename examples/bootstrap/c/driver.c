// Drives BPF: loads the object, sets filters, and prints a table of processes that begin and end. Takes the
// arguments of the guest in Rust.
//
// Uses the header of the BPF program for the bytes: both sides are little endian, and no member depends on the
// size of a pointer.

#include <stdlib.h>
#include <string.h>
#include "driver.h"
#include "event.h"
#include "table.h"

_Static_assert(sizeof(struct event) == 168 && sizeof(struct settings) == 16,
	       "the BPF program has another layout");

// The BPF program, as clang compiled it.
extern const unsigned char object_start[];
__asm__(".section .rodata.object,\"\",@\n"
	".globl object_start\n.type object_start,@object\nobject_start:\n"
	".incbin \"bootstrap.bpf.o\"\n.Lend:\n.size object_start, .Lend-object_start\n"
	".globl object_size\n.type object_size,@object\nobject_size:\n"
	".int32 .Lend-object_start\n.size object_size, 4\n");
extern const unsigned object_size;

typedef example_bpf_objects_error_t error_t;
typedef example_bpf_objects_borrow_object_t object_t;

#define MAX_IGNORED 8

// The parsed arguments.
struct wish {
	bool once;
	struct settings settings;
	struct name ignored[MAX_IGNORED];
	size_t ignored_count;
};

static driver_list_u8_t bytes(const void *start, size_t len)
{
	return (driver_list_u8_t){(uint8_t *)start, len};
}

static driver_string_t *text(const char *start)
{
	static driver_string_t string;

	driver_string_set(&string, start);
	return &string;
}

static void print(const char *line)
{
	driver_list_u8_t list = bytes(line, strlen(line));

	example_bpf_console_print(&list);
}

static bool is(const driver_string_t *argument, const char *name)
{
	return argument->len == strlen(name) && !memcmp(argument->ptr, name, argument->len);
}

static bool parse(struct wish *wish, const driver_list_string_t *arguments)
{
	for (size_t i = 0; i < arguments->len; i++) {
		const driver_string_t *argument = &arguments->ptr[i], *value = argument + 1;
		bool has_value = i + 1 < arguments->len;

		if (is(argument, "--once")) {
			wish->once = true;
		} else if (is(argument, "--failures")) {
			wish->settings.failures_only = true;
		} else if (is(argument, "--ignore") && has_value && value->len <= COMM_LEN &&
			   wish->ignored_count < MAX_IGNORED) {
			memcpy(wish->ignored[wish->ignored_count++].comm, value->ptr, value->len);
			i++;
		} else if (is(argument, "--min-duration") && has_value && value->len < 10) {
			char digits[10] = {};

			memcpy(digits, value->ptr, value->len);
			wish->settings.min_duration_ns = strtoull(digits, 0, 10) * 1000000;
			i++;
		} else {
			return false;
		}
	}
	return true;
}

static void print_event(const struct event *event)
{
	char line[LINE_LEN];

	table_line(line, &(struct row){
		.time_of_day = example_bpf_console_time_of_day(),
		.exit_event = event->exit_event,
		.comm = event->comm,
		.comm_len = strnlen(event->comm, COMM_LEN),
		.filename = event->filename,
		.filename_len = strnlen(event->filename, FILENAME_LEN),
		.pid = event->pid,
		.ppid = event->ppid,
		.exit_code = event->exit_code,
		.duration_ns = event->duration_ns,
	});
	print(line);
}

static bool prepare(object_t object, const struct wish *wish, error_t *error)
{
	driver_list_u8_t settings = bytes(&wish->settings, sizeof(wish->settings));
	driver_list_u8_t yes = bytes("\1", 1);

	if (!example_bpf_objects_method_object_set_global(object, text("settings"), &settings, error) ||
	    !example_bpf_objects_method_object_load(object, error))
		return false;
	for (size_t i = 0; i < wish->ignored_count; i++) {
		driver_list_u8_t key = bytes(&wish->ignored[i], sizeof(struct name));

		if (!example_bpf_objects_method_object_update(object, text("ignored"), &key, &yes, error))
			return false;
	}
	return true;
}

static bool attach(object_t object, const char *program, const char *tracepoint, error_t *error)
{
	driver_string_t to;

	driver_string_set(&to, tracepoint);
	return example_bpf_objects_method_object_attach(object, text(program), &to, error);
}

static bool start(object_t object, const struct wish *wish, error_t *error)
{
	driver_list_u64_t none = {};

	if (wish->once)
		return example_bpf_objects_method_object_run(object, text("once"), &none, error);
	return attach(object, "handle_exec", "sched_process_exec", error) &&
	       attach(object, "handle_exit", "sched_process_exit", error);
}

static bool follow(object_t object, const struct wish *wish, error_t *error)
{
	driver_option_list_u8_t batch;

	print(HEADER);
	while (example_bpf_objects_method_object_poll(object, text("events"), wish->once ? 0 : 1000, &batch,
						      error)) {
		if (!batch.is_some)
			return true;
		for (size_t at = 0; at + sizeof(struct event) <= batch.val.len; at += sizeof(struct event)) {
			struct event event;

			memcpy(&event, batch.val.ptr + at, sizeof(event));
			print_event(&event);
		}
		if (wish->once && !batch.val.len)
			return true;
		driver_option_list_u8_free(&batch);
	}
	return false;
}

static bool finish(object_t object, const struct wish *wish, error_t *error)
{
	unsigned long long lost;
	driver_list_u8_t key = bytes("\0\0\0", 4);
	driver_option_list_u8_t value;
	char line[64];

	for (size_t i = 0; i < wish->ignored_count; i++) {
		driver_list_u8_t name = bytes(&wish->ignored[i], sizeof(struct name));
		bool there;

		if (!example_bpf_objects_method_object_delete(object, text("ignored"), &name, &there, error))
			return false;
	}
	if (!example_bpf_objects_method_object_lookup(object, text("lost"), &key, &value, error))
		return false;
	if (value.is_some && value.val.len == sizeof(lost)) {
		memcpy(&lost, value.val.ptr, sizeof(lost));
		if (lost) {
			snprintf(line, sizeof(line), "%llu events were lost", lost);
			print(line);
		}
	}
	driver_option_list_u8_free(&value);
	return true;
}

bool exports_driver_run(driver_list_string_t *arguments, driver_string_t *message)
{
	driver_list_u8_t elf = bytes(object_start, object_size);
	example_bpf_objects_own_object_t own;
	struct wish wish = {};
	error_t error;
	object_t object;
	bool done;

	if (!parse(&wish, arguments)) {
		driver_string_dup(message, "say: [--once] [--failures] [--ignore NAME] [--min-duration MILLISECONDS]");
		return false;
	}
	driver_list_string_free(arguments);
	if (!example_bpf_objects_static_object_open(&elf, &own, &error)) {
		*message = error.message;
		return false;
	}
	object = example_bpf_objects_borrow_object(own);
	done = prepare(object, &wish, &error) && start(object, &wish, &error) &&
	       follow(object, &wish, &error) && finish(object, &wish, &error);
	if (!done)
		*message = error.message;
	example_bpf_objects_object_drop_own(own);
	return done;
}
