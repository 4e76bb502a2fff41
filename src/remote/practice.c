/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice.c - the practice server's door
 */
#include "remote/practice.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/listener.h"
#include "net/tls.h"
#include "remote/practice_ledger.h"
#include "remote/practice_post.h"
#include "remote/practice_session.h"

enum {
	/* Replies of a turn, with a flood's or a multi-line reply's worth to spare. */
	PRACTICE_OUT = 256 << 10
};

static bool is_any(const struct address *address)
{
	static const struct address any = { .family = AF_INET };

	return address_equal(address, &any);
}

/* The address that the client has connected to. */
static struct address own_address(const struct practice *practice, int fd)
{
	struct sockaddr_storage local;
	socklen_t size = sizeof local;
	struct address own = practice->address;

	if (is_any(&practice->address) && getsockname(fd, (struct sockaddr *)&local, &size) == 0)
		address_from_socket((struct sockaddr *)&local, &own);
	return own;
}

static void on_client(void *context, int fd, const struct address *from)
{
	struct practice *practice = context;
	struct address own = own_address(practice, fd);

	if (!address_is_loopback(&own))
		close(fd);
	else
		practice_session_begin(practice, fd, from, &own);
}

struct practice *practice_start(struct event_base *base, const struct address *where, const struct practice_rules *rules,
				struct err *err)
{
	char text[ADDRESS_TEXT];
	struct practice *practice;

	if (!address_is_loopback(where) && !is_any(where)) {
		address_print(where, text);
		err_set(err, ERR_FORBIDDEN, "the practice server listens on loopback only, not on %s", text);
		return NULL;
	}
	practice = mem_new(sizeof *practice);
	practice->base = base;
	practice->rules = rules;
	buf_init(&practice->out, PRACTICE_OUT);
	if (rules->numbers[NUMBER_GREYLIST] != 0 || rules->numbers[NUMBER_CONNECTIONS_PER_MINUTE] != 0)
		practice->ledger = practice_ledger_new();
	if (rules->hands_on)
		practice->post = practice_post_new(base, rules->name, &practice->counts);
	if (rules->flags[FLAG_TLS] || rules->flags[FLAG_IMPLICIT_TLS]) {
		practice->tls = tls_server(rules->name, err);
		if (practice->tls == NULL) {
			practice_stop(practice);
			return NULL;
		}
	}
	practice->listener = listener_open(base, where, is_any(where) ? "lo" : NULL, on_client, practice, err);
	if (practice->listener == NULL) {
		err_prefix(err, "the practice server");
		practice_stop(practice);
		return NULL;
	}
	listener_address(practice->listener, &practice->address);
	return practice;
}

void practice_stop(struct practice *practice)
{
	if (practice == NULL)
		return;
	while (practice->sessions != NULL)
		practice_session_drop(practice->sessions);
	practice_post_free(practice->post);
	listener_close(practice->listener);
	tls_context_free(practice->tls);
	practice_ledger_free(practice->ledger);
	buf_release(&practice->out);
	free(practice);
}

void practice_address(const struct practice *practice, struct address *address)
{
	*address = practice->address;
}

void practice_counts(const struct practice *practice, struct practice_counts *counts)
{
	*counts = practice->counts;
	/* Sessions that are not over yet have errors, too. */
	for (const struct practice_session *session = practice->sessions; session != NULL; session = session->next)
		if (session->refusals > counts->most_errors)
			counts->most_errors = session->refusals;
}
