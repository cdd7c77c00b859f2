// Describes events that the codec has read. In the C bindings of wit-bindgen, a component owns the arguments of its
// exports and the results of its imports, so this file frees both.

#include <stdio.h>
#include "reader.h"

void exports_reader_describe(reader_list_u8_t *bytes, reader_string_t *ret)
{
	static char text[4096];
	bpf_event_codec_list_event_t events;
	bpf_event_codec_error_t error;
	size_t length = 0;
	bool is_read = bpf_event_codec_read_events(bytes, &events, &error);

	reader_list_u8_free(bytes);
	if (!is_read) {
		snprintf(text, sizeof(text), "C: %.*s\n", (int)error.message.len, error.message.ptr);
		bpf_event_codec_error_free(&error);
		reader_string_dup(ret, text);
		return;
	}
	for (size_t i = 0; i < events.len && length < sizeof(text); i++) {
		const bpf_event_types_event_t *event = &events.ptr[i];
		char code[16];

		// A process that has ended has an exit code in place of a file.
		snprintf(code, sizeof(code), "%u", event->exit_code);
		length += snprintf(text + length, sizeof(text) - length, "C: %.*s (%d) %.*s%s\n",
				   (int)event->comm.len, event->comm.ptr, event->pid,
				   (int)event->filename.len, event->filename.ptr, event->filename.len > 0 ? "" : code);
	}
	bpf_event_codec_list_event_free(&events);
	reader_string_dup(ret, text);
}
