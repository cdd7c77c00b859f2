/* Loads a BPF program whose relocations libbpf resolves, and runs it once. Prints the words that it stores in
 * `.bss`, which have 64 bits, six on each line.
 *
 *     loader PROGRAM.o [BTF]     BTF is the file with the BTF of the target, by default that of the running kernel
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_object_open_opts, open);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_map *map;
	unsigned long long *words;
	unsigned int key = 0;
	size_t size;

	if (argc < 2)
		return 2;
	if (argc > 2)
		open.btf_custom_path = argv[2];
	object = bpf_object__open_file(argv[1], &open);
	if (!object || bpf_object__load(object))
		return 1;
	program = bpf_object__next_program(object, NULL);
	if (bpf_prog_test_run_opts(bpf_program__fd(program), &run))
		return 1;
	map = bpf_object__find_map_by_name(object, ".bss");
	if (!map)
		return 1;
	size = bpf_map__value_size(map);
	words = malloc(size);
	if (!words || bpf_map__lookup_elem(map, &key, sizeof(key), words, size, 0))
		return 1;
	for (size_t i = 0; i + 6 <= size / 8; i += 6)
		printf("%llu %llu %llu %llu %llu %llu\n", words[i], words[i + 1], words[i + 2],
		       words[i + 3], words[i + 4], words[i + 5]);
	return 0;
}
