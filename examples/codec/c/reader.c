// Describes events that the codec has read. By the rules of the component model, the code in this file must free the
// values that it receives.

#include <stdio.h>
#include "reader.h"

void exports_reader_describe(reader_list_u8_t *bytes, reader_string_t *ret)
{
	static char text[4096];
	bpf_event_codec_list_event_t events;
	bpf_event_codec_error_t error;
	size_t length = 0;

	if (!bpf_event_codec_read_events(bytes, &events, &error)) {
		snprintf(text, sizeof(text), "C: %.*s\n", (int)error.message.len, error.message.ptr);
		bpf_event_codec_error_free(&error);
		reader_string_dup(ret, text);
		return;
	}
	for (size_t i = 0; i < events.len && length < sizeof(text); i++) {
		const bpf_event_types_event_t *event = &events.ptr[i];

		length += snprintf(text + length, sizeof(text) - length, "C: %.*s (%d) ",
				   (int)event->comm.len, event->comm.ptr, event->pid);
		if (event->filename.len > 0)
			length += snprintf(text + length, sizeof(text) - length, "%.*s\n",
					   (int)event->filename.len, event->filename.ptr);
		else
			length += snprintf(text + length, sizeof(text) - length, "%u\n", event->exit_code);
	}
	bpf_event_codec_list_event_free(&events);
	reader_string_dup(ret, text);
}
