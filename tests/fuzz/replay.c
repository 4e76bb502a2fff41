/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - runs a fuzzer's corpus without a fuzzer, as a test
 *
 * Reads every file of tests/fuzz/corpus/NAME for the program fuzz_NAME.  The source
 * tree is named by the variable `srcdir` in the environment, as automake sets it.
 */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	enum { MOST = 1 << 20 };
	uint8_t *data = malloc(MOST), *exact;
	FILE *file = fopen(path, "rb");
	size_t size;

	if (data == NULL || file == NULL) {
		free(data);
		return -1;
	}
	size = fread(data, 1, MOST, file);
	fclose(file);
	exact = malloc(size + 1);       /* so that a sanitizer sees a read past the end */
	if (exact != NULL) {
		memcpy(exact + 1, data, size);
		LLVMFuzzerTestOneInput(exact + 1, size);
	}
	free(exact);
	free(data);
	return 0;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/'), *source = getenv("srcdir");
	struct dirent **entries;
	char path[4096];
	int count, length;

	name = name == NULL ? argv[0] : name + 1;
	if (argc != 1 || strncmp(name, "fuzz_", 5) != 0 || source == NULL)
		return 99;
	length = snprintf(path, sizeof path - 256, "%s/tests/fuzz/corpus/%s/", source, name + 5);
	count = length < (int)sizeof path - 256 ? scandir(path, &entries, is_file, alphasort) : -1;
	if (count <= 0) {
		printf("1..0 # SKIP no corpus in %s\n", path);
		return 0;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		snprintf(path + length, sizeof path - (size_t)length, "%s", entries[i]->d_name);
		printf("%s %d - %s takes %s\n", replay_file(path) == 0 ? "ok" : "not ok", i + 1, name, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
