// Traps at the first event.

#include "handler.h"

void exports_handler_handle_events(handler_list_event_t *events)
{
	__builtin_trap();
}
