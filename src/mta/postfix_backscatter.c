/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_backscatter.c - mail that is taken for nobody, and bounced
 *
 * smtpd refuses unknown recipients of a class of addresses only where it has a list of
 * that class (postconf(5), reject_unlisted_recipient); an empty one means that all are
 * known.  A restriction that asks the next server makes up for it.
 */
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mta/config.h"
#include "mta/postfix.h"
#include "mta/postfix_main.h"
#include "mta/postfix_walk.h"

/* A class of addresses, the list of those that exist, and what is said where that is empty. */
static const struct {
	const char *domains, *users;
	bool empty_by_default;
	const char *title, *fix;
} classes[] = {
	{ "mydestination", "local_recipient_maps", false, "unknown local users are taken, and bounced to forged senders",
	  "take local_recipient_maps out, so that its default stands, or name the tables of those who exist" },
	{ "relay_domains", "relay_recipient_maps", true, "any name in a relayed domain is taken, and what its server refuses is bounced to forged senders",
	  "list those who exist in relay_recipient_maps, or let reject_unverified_recipient ask the domain's server" },
	{ "virtual_mailbox_domains", "virtual_mailbox_maps", true, "any name in a virtual domain is taken, and bounced to forged senders",
	  "list those who exist in virtual_mailbox_maps" },
};

/* Whether a parameter has a word, or one in particular.  What cannot be read is taken for having it: nothing is told then. */
static bool has_word(struct postfix *postfix, const char *name, const char *word)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	bool has = postfix_items_read(postfix, &postfix->main, name, &items, &err) != 0 || (word == NULL && items.count != 0);

	for (size_t i = 0; word != NULL && i < items.count && !has; i++)
		has = text_equal_nocase(items.rows[i].text, word);
	postfix_items_release(&items);
	return has;
}

/* Whether all words of one list stand in the other: relay_domains = $mydestination names no more. */
static bool is_within(struct postfix *postfix, const char *name, const char *other)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	bool within = postfix_items_read(postfix, &postfix->main, name, &items, &err) == 0;

	for (size_t i = 0; i < items.count && within; i++)
		within = has_word(postfix, other, items.rows[i].text);
	postfix_items_release(&items);
	return within;
}

static bool is_asked(struct postfix *postfix)
{
	static const char *const lists[] = { "smtpd_relay_restrictions", "smtpd_recipient_restrictions", "smtpd_data_restrictions" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (has_word(postfix, lists[i], "reject_unverified_recipient"))
			return true;
	return false;
}

static void tell(struct postfix *postfix, const struct postfix_setting *at, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(postfix->config, FACT_BACKSCATTER, config_place(postfix->config, at->file, at->line));

	fact->title = title;
	fact->text = config_text(postfix->config, "%s = %.200s", at->name, at->value);
	fact->says = says;
	fact->fix = fix;
}

void postfix_tell_backscatter(struct postfix *postfix)
{
	const struct postfix_setting *unlisted = postfix_setting_find(&postfix->main, "smtpd_reject_unlisted_recipient");

	if (is_asked(postfix))
		return;
	if (unlisted != NULL && text_equal_nocase(unlisted->value, "no") && !has_word(postfix, "smtpd_recipient_restrictions", "reject_unlisted_recipient")) {
		tell(postfix, unlisted, "unknown recipients are taken, and bounced to forged senders",
		     "Postfix looks at none of its lists of recipients before it takes a message", "take it out");
		return;
	}
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const struct postfix_setting *domains = postfix_setting_find(&postfix->main, classes[i].domains);
		const struct postfix_setting *users = postfix_setting_find(&postfix->main, classes[i].users);

		/* Domains that nobody has set are those of the machine's own name. */
		if (users == NULL ? !classes[i].empty_by_default : has_word(postfix, classes[i].users, NULL))
			continue;
		if (users == NULL ? domains == NULL || !has_word(postfix, classes[i].domains, NULL) : domains != NULL && !has_word(postfix, classes[i].domains, NULL))
			continue;
		if (i != 0 && is_within(postfix, classes[i].domains, "mydestination"))
			continue;
		tell(postfix, users != NULL ? users : domains, classes[i].title,
		     config_text(postfix->config, "%s is empty, by which every name counts as known", classes[i].users), classes[i].fix);
	}
}
