/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_kinds.c - the table of readers
 */
#include <string.h>

#include "base/names.h"
#include "mta/config_kind.h"

static const struct config_kind *const kinds[] = { &config_postfix, &config_exim, &config_sendmail, &config_opensmtpd, &config_qmail, &config_courier, &config_haraka,
						    NULL };

const struct config_kind *config_kind_at(size_t index)
{
	return kinds[index];
}

const struct config_kind *config_kind_find(const char *mta, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(mta);

	for (size_t i = 0; kinds[i] != NULL; i++) {
		if (strcmp(kinds[i]->mta, mta) == 0)
			return kinds[i];
		nearest_offer(&nearest, kinds[i]->mta);
	}
	*meant = nearest.best;
	return NULL;
}
