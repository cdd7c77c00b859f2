// Calls the host at random, without an adapter, and prints the calls and their results. With one seed, maps in the
// kernel and maps in memory must print the same. Arguments: the seed and the number of CPUs.

#include "random.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPUS 1024

typedef random_list_u8_t bytes_t;

static struct map {
	const char *name;
	size_t key_size, value_size;
	// Whether each CPU has a value.
	bool per_cpu;
	// Whether the order of the keys is the same in memory. The kernel lists the keys of a hash by their hashes.
	bool is_ordered;
} maps[] = {
	{ "hash", 8, 8, false, false },
	{ "percpu", 4, 8, true, false },
	{ "numbers", 4, 8, false, true },
	{ "percpu_numbers", 4, 8, true, true },
	{ "queue", 0, 8, false, false },
	{ "stack", 0, 4, false, false },
	{ "trie", 8, 4, false, true },
};

static btf2wit_bpf_object_error_t error;
static uint32_t state;

static uint32_t below(uint32_t limit)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % limit;
}

static void print(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
}

static void print_error(void)
{
	printf("error %u\n", error.code);
}

// Writes a key, which often is one of a few keys, and sometimes is out of range.
static void choose_key(const struct map *map, uint8_t *key)
{
	static const uint32_t lengths[] = { 0, 1, 7, 8, 9, 15, 16, 24, 31, 32, 33 };
	uint32_t number = strcmp(map->name, "trie") ? below(10) : lengths[below(11)];

	memset(key, 0, 8);
	memcpy(key, &number, 4);
	for (int i = 4; !strcmp(map->name, "trie") && i < 8; i++)
		key[i] = below(2) << 7 | below(2);
}

static void print_entries(const struct map *map, btf2wit_bpf_object_map_entries_t *entries)
{
	size_t count = map->key_size ? entries->keys.len / map->key_size : 0, sum = 0;

	if (map->is_ordered)
		print(entries->keys.ptr, entries->keys.len);
	for (size_t i = 0; i < entries->keys.len; i++)
		sum += entries->keys.ptr[i];
	for (size_t i = 0; i < entries->values.len; i++)
		sum += entries->values.ptr[i];
	printf("%zu entries, sum %zu\n", count, sum);
}

static void call(const struct map *map, size_t cpus)
{
	uint8_t key_bytes[8], value_bytes[8 * MAX_CPUS] = { below(250) + 1, below(3) };
	random_string_t name = { (uint8_t *)map->name, strlen(map->name) };
	bytes_t key = { key_bytes, map->key_size };
	bytes_t value = { value_bytes, map->per_cpu ? 8 * cpus : map->value_size };
	random_option_list_u8_t found;
	btf2wit_bpf_object_map_entries_t entries;
	bool was_there, is_found;
	uint32_t what = below(7);
	uint64_t flags = what == 2 ? below(5) : 0;

	choose_key(map, key_bytes);
	printf("%s %u ", map->name, what);
	print(key.ptr, key.len);
	printf(": ");
	switch (what) {
	case 0:
	case 1:
		is_found = what ? btf2wit_bpf_object_lookup_and_delete(&name, &key, &found, &error) :
				  btf2wit_bpf_object_lookup(&name, &key, &found, &error);
		if (!is_found)
			return print_error();
		if (found.is_some)
			print(found.val.ptr, found.val.len);
		puts(found.is_some ? "" : "none");
		random_option_list_u8_free(&found);
		return;
	case 2:
	case 3:
	case 4:
		if (!btf2wit_bpf_object_update(&name, &key, &value, flags, &error))
			return print_error();
		puts("set");
		return;
	case 5:
		if (!btf2wit_bpf_object_delete_key(&name, &key, &was_there, &error))
			return print_error();
		puts(was_there ? "deleted" : "not there");
		return;
	default:
		// A list after a key is the same only if the order is.
		if (!btf2wit_bpf_object_entries(&name, map->is_ordered && below(2) ? &key : NULL,
						map->is_ordered ? below(4) : 100, &entries, &error))
			return print_error();
		print_entries(map, &entries);
		btf2wit_bpf_object_map_entries_free(&entries);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3 || !btf2wit_bpf_object_load(&error))
		return 1;
	state = atoi(argv[1]);
	if (atoi(argv[2]) > MAX_CPUS)
		return 1;
	for (int i = 0; i < 10000; i++)
		call(&maps[below(sizeof(maps) / sizeof(*maps))], atoi(argv[2]));
	return 0;
}
