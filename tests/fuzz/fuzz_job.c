/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_job.c - whatever a client may send an agent as a job
 *
 * What is a job holds nothing that ends a line or a path of SMTP, and its probes are whole.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/job.h"
#include "base/err.h"
#include "probe/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_word(const char *word)
{
	check(word == NULL || (word[0] != '\0' && word[strcspn(word, " <>\r\n\t\"\\")] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	struct job *job = job_read((const char *)data, size, &err);

	if (job == NULL) {
		check(err.kind != ERR_NONE && err.text[0] != '\0');
		for (const char *byte = err.text; *byte != '\0'; byte++)
			check(*byte >= ' ' && *byte <= '~');
		return 0;
	}
	check(strlen(job->nonce) == JOB_NONCE && strlen(job->run) <= JOB_RUN_MOST);
	check_word(job->name);
	check_word(job->hostname);
	check_word(job->local_user);
	check_word(job->victim);
	check_word(job->sender);
	check_word(job->mx_domain);
	for (size_t i = 0; i < job->domain_count; i++)
		check_word(job->domains[i]);
	for (size_t i = 0; i < job->endpoint_count; i++)
		check(job->endpoints[i].address.family != 0 && job->endpoints[i].address.port != 0 && job->endpoints[i].first != 0);
	for (size_t i = 0; i < job->probe_count; i++)
		check(job->probes[i]->control == CONTROL_NONE && (job->confirm || !probe_is_special(job->probes[i]) || !job->probes[i]->sends_message));
	check(job->known_local != NULL && job->unknown_local != NULL && job_attempts(job) != 0);
	job_free(job);
	return 0;
}
