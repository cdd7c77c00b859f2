// Prints the sizes of the records that it gets.

#include "bytes.h"
#include <stdio.h>

void exports_bytes_handle_events(bytes_list_list_u8_t *records)
{
	for (size_t i = 0; i < records->len; i++)
		printf("%zu ", records->ptr[i].len);
	puts("bytes");
	fflush(stdout);
	bytes_list_list_u8_free(records);
}
