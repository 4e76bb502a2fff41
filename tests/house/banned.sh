#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is not to be called, and where the exceptions are.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

code=$(sources src | xargs awk -f tests/house/code.awk)
[ -n "$code" ] || code='src/none.c:1: nothing was looked at'

# calls NAME...: where one of them is called or named, as FILE:LINE:CODE.
calls() {
	for name; do
		printf '%s\n' "$code" | grep -E "^[^:]*:[0-9]*:(.*[^A-Za-z0-9_])?${name}[[:space:]]*\\(" | sed "s/\$/   [$name]/"
	done
}

except() { grep -Ev "^($1)"; }

judge 'the heap is entered through base/mem.c only' "$(
	calls malloc calloc realloc reallocarray strdup strndup asprintf aligned_alloc posix_memalign getline getdelim |
		except 'src/base/mem\.c:'
	calls vasprintf | except 'src/base/'
)"

judge 'no call that writes without knowing where to end, or parses without saying that it failed' "$(
	calls strcpy strcat stpcpy sprintf vsprintf gets strtok scanf fscanf atoi atol atoll atof alloca
)"

judge 'no shell, no jump, no environment changed' "$(
	calls system popen setjmp longjmp sigsetjmp siglongjmp setenv putenv
)"

judge 'nobody sleeps: there is a loop' "$(
	calls sleep usleep nanosleep clock_nanosleep
)"

judge 'only cmd and report write to standard output' "$(
	calls printf vprintf puts putchar | except 'src/(cmd|report)/'
	printf '%s\n' "$code" | grep -E '[^A-Za-z0-9_]stdout[^A-Za-z0-9_]' | except 'src/(cmd|report)/'
)"

judge 'only cmd, and base/mem.c on its way out, write to standard error' "$(
	printf '%s\n' "$code" | grep -E '[^A-Za-z0-9_](stderr|perror)[^A-Za-z0-9_]' | except 'src/(cmd/|base/mem\.c:)'
)"

judge 'structures have no second name' "$(
	printf '%s\n' "$code" | grep -E '[^A-Za-z0-9_]typedef[[:space:]]+(struct|union|enum)[^A-Za-z0-9_]'
)"

judge 'nothing is left to do in a comment' "$(
	sources src tests | xargs grep -nE \
		'(^|[^A-Za-z0-9_])(TODO|FIXME)([^A-Za-z0-9_]|$)|(/[*/]|^[[:space:]]*[*])[[:space:]]*XXX([^A-Za-z0-9_]|$)'
)"

done_judging
