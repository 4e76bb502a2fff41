# SPDX-License-Identifier: Apache-2.0
#
# What the compiler is asked for.  Each flag is tried first, so that one that a
# compiler lacks is left out.

# RELAYAUDIT_TRY_FLAG(VARIABLE, FLAG, [LINKED])
# Adds FLAG to VARIABLE when the compiler (and, with LINKED, the linker) takes it in silence.
AC_DEFUN([RELAYAUDIT_TRY_FLAG], [
AS_VAR_PUSHDEF([cached], [relayaudit_cv_flag_$2])dnl
AC_CACHE_CHECK([whether $CC takes $2], [cached], [
	relayaudit_saved="$CFLAGS"
	CFLAGS="$CFLAGS -Werror $2"
	m4_ifval([$3],
		[AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])],
		[AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])])
	CFLAGS="$relayaudit_saved"
])
AS_VAR_IF([cached], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([cached])dnl
])

AC_DEFUN([RELAYAUDIT_WARNINGS], [
WARN_CFLAGS=
m4_foreach_w([flag], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef
		-Wformat=2 -Wold-style-definition -Wvla -Wwrite-strings -Wpointer-arith],
	[RELAYAUDIT_TRY_FLAG([WARN_CFLAGS], flag)])
AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

# Sanitizers and fuzzers.
AC_DEFUN([RELAYAUDIT_INSTRUMENTS], [
TOOL_CFLAGS=
FUZZ_LDFLAGS=
AS_IF([test "$enable_fuzzers" = yes], [
	enable_sanitizers=yes
	RELAYAUDIT_TRY_FLAG([TOOL_CFLAGS], [-fsanitize=fuzzer-no-link], [linked])
	AS_IF([test -z "$TOOL_CFLAGS"], [AC_MSG_ERROR([--enable-fuzzers needs clang: try CC=clang])])
	FUZZ_LDFLAGS=-fsanitize=fuzzer
])
AS_IF([test "$enable_sanitizers" = yes], [
	relayaudit_without="$TOOL_CFLAGS"
	RELAYAUDIT_TRY_FLAG([TOOL_CFLAGS], [-fsanitize=address,undefined], [linked])
	AS_IF([test "$TOOL_CFLAGS" = "$relayaudit_without"], [AC_MSG_ERROR([this compiler has no sanitizers])])
	TOOL_CFLAGS="$TOOL_CFLAGS -fno-sanitize-recover=all -fno-omit-frame-pointer"
])
AC_SUBST([TOOL_CFLAGS])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
AM_CONDITIONAL([FUZZERS], [test "$enable_fuzzers" = yes])
])

AC_DEFUN([RELAYAUDIT_HARDENING], [
HARD_CFLAGS=
HARD_CPPFLAGS=
HARD_LDFLAGS=
m4_foreach_w([flag], [-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE],
	[RELAYAUDIT_TRY_FLAG([HARD_CFLAGS], flag)])
RELAYAUDIT_TRY_FLAG([HARD_LDFLAGS], [-pie], [linked])
RELAYAUDIT_TRY_FLAG([HARD_LDFLAGS], [[-Wl,-z,relro,-z,now]], [linked])

# Needs an optimizing compiler, and blinds the sanitizers.
AC_CACHE_CHECK([whether $CC optimizes], [relayaudit_cv_optimizes], [
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([
#ifndef __OPTIMIZE__
#error "it does not"
#endif
])], [relayaudit_cv_optimizes=yes], [relayaudit_cv_optimizes=no])
])
AS_IF([test "$relayaudit_cv_optimizes" = yes && test "$enable_sanitizers" = no],
	[HARD_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
AC_SUBST([HARD_CFLAGS])
AC_SUBST([HARD_CPPFLAGS])
AC_SUBST([HARD_LDFLAGS])
])
