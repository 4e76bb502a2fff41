/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waiting.c - whose mail waits
 */
#include "audit/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"

void waiting_init(struct waiting *waiting, const struct strangers_rules *rules)
{
	*waiting = (struct waiting){
		.rules = rules,
		.domains = TALLY_INIT(STRANGERS_NAMES_MOST),
		.senders = TALLY_INIT(STRANGERS_NAMES_MOST),
		.pool = pool_new(),
	};
}

void waiting_release(struct waiting *waiting)
{
	tally_release(&waiting->domains);
	tally_release(&waiting->senders);
	free(waiting->rows);
	pool_free(waiting->pool);
}

static const char *shown(struct waiting *waiting, struct slice text)
{
	struct buf escaped = BUF_INIT(WAITING_TEXT);
	const char *kept;

	text_escape(&escaped, text.len ? text.at : "", text.len);
	kept = pool_text(waiting->pool, escaped.data);
	buf_release(&escaped);
	return kept;
}

static enum waiting_sense sense_of(const struct waiting *waiting, const struct waiting_item *item)
{
	bool waits = item->row.recipients != 0 || item->cut;

	if (item->ours)
		return WAITING_IS_OWN;
	if (waiting->rules->domain_count == 0 || item->shown == 0 || (item->unreadable && waits))
		return WAITING_IS_UNSURE;
	if (!waits || item->own_sender)
		return WAITING_IS_OWN;
	if (item->row.recipients == 0)
		return WAITING_IS_UNSURE;
	return item->null_sender ? WAITING_IS_BOUNCE : WAITING_IS_STRANGERS;
}

static void note_time(struct waiting_count *count, time_t taken)
{
	if (taken == 0)
		return;
	if (count->first == 0 || taken < count->first)
		count->first = taken;
	if (taken > count->last)
		count->last = taken;
}

static void end_group(struct waiting *waiting)
{
	const struct waiting_group *group = &waiting->group;

	if (!group->begun)
		return;
	waiting->messages++;
	waiting->own += group->sense == WAITING_IS_OWN;
	waiting->unjudged += group->sense == WAITING_IS_UNSURE;
	if (group->sense <= WAITING_IS_BOUNCE) {
		struct waiting_count *count = &waiting->counts[group->sense == WAITING_IS_BOUNCE ? WAITING_BOUNCE : WAITING_STRANGERS];

		count->messages++;
		count->held += group->held;
		note_time(count, group->taken);
	}
	waiting->group = (struct waiting_group){ .begun = false };
}

static void add_to_group(struct waiting *waiting, const struct waiting_item *item, enum waiting_sense sense)
{
	struct waiting_group *group = &waiting->group;

	if (!group->begun || sense < group->sense) {
		group->sense = sense;
		group->held = item->row.held;
	} else if (sense == group->sense) {
		group->held = group->held && item->row.held;
	}
	if (group->taken == 0 || (item->row.taken != 0 && item->row.taken < group->taken))
		group->taken = item->row.taken;
	group->begun = true;
}

static void end_item(struct waiting *waiting)
{
	struct waiting_item *item = &waiting->item;
	enum waiting_sense sense;

	if (!item->begun)
		return;
	sense = sense_of(waiting, item);
	add_to_group(waiting, item, sense);
	if (sense <= WAITING_IS_BOUNCE) {
		item->row.kind = sense == WAITING_IS_BOUNCE ? WAITING_BOUNCE : WAITING_STRANGERS;
		waiting->counts[item->row.kind].recipients += item->row.recipients;
		item->row.others = item->shown - item->row.recipients;
		if (item->row.kind == WAITING_STRANGERS)
			tally_add(&waiting->senders, (struct slice){ item->row.sender, strlen(item->row.sender) }, 1);
		if (waiting->row_count < WAITING_ROWS_MOST) {
			MEM_ROOM(waiting->rows, waiting->row_count, waiting->row_capacity);
			waiting->rows[waiting->row_count++] = item->row;
		} else {
			waiting->rows_dropped++;
		}
	}
	*item = (struct waiting_item){ .begun = false };
}

static void copy_id(char to[QUEUE_ID_MOST + 1], struct slice id)
{
	size_t len = id.len < QUEUE_ID_MOST ? id.len : QUEUE_ID_MOST;

	memcpy(to, len ? id.at : "", len);
	to[len] = '\0';
}

static void take_item(void *context, const struct queue_item *from)
{
	struct waiting *waiting = context;
	struct waiting_item *item = &waiting->item;
	const struct queues *queues = waiting->queues;

	end_item(waiting);
	if (from->group.len == 0 || !slice_is(from->group, waiting->group.id))
		end_group(waiting);
	copy_id(waiting->group.id, from->group);
	*item = (struct waiting_item){
		.row = { .reader = queues->reader, .place = queues->place[0] ? pool_text(waiting->pool, queues->place) : NULL, .taken = from->taken,
			 .held = from->held, .sender = shown(waiting, from->sender), .domain = "" },
		.begun = true,
		.own_sender = from->sender.len != 0 && !strangers_is_foreign(waiting->rules, from->sender),
		.null_sender = from->sender.len == 0,
		.ours = from->ours,
		.unreadable = from->unreadable,
	};
	copy_id(item->row.id, from->id);
	/* What no calendar has is no time: from 1970 to the year 3000. */
	if (item->row.taken < 0 || item->row.taken > 32503680000LL)
		item->row.taken = 0;
}

static void take_recipient(void *context, struct slice address, bool waits, bool inside, bool cut)
{
	struct waiting *waiting = context;
	struct waiting_item *item = &waiting->item;
	const char *at = address.len ? memrchr(address.at, '@', address.len) : NULL;
	struct slice domain = SLICE_NONE;

	item->shown++;
	if (!waits || inside)
		return;
	item->cut = item->cut || cut;
	if (cut || !strangers_is_foreign(waiting->rules, address))
		return;
	domain = (struct slice){ at + 1, address.len - (size_t)(at + 1 - address.at) };
	if (item->row.recipients++ == 0)
		item->row.domain = shown(waiting, domain);
	if (!item->own_sender && !item->ours && !item->unreadable && waiting->rules->domain_count != 0)
		tally_add(&waiting->domains, domain, 1);
}

static void take_held(void *context)
{
	struct waiting *waiting = context;

	waiting->item.row.held = true;
}

static const struct queue_taker waiting_taker = { .item = take_item, .recipient = take_recipient, .held = take_held };

void waiting_begin(struct waiting *waiting, struct queues *queues, time_t now)
{
	*queues = (struct queues){ .taker = &waiting_taker, .context = waiting, .now = now };
	waiting->queues = queues;
}

void waiting_end(struct waiting *waiting)
{
	end_item(waiting);
	end_group(waiting);
	waiting->queues = NULL;
}

static int compare(const void *left, const void *right)
{
	const struct waiting_row *a = left, *b = right;

	if (a->taken != b->taken)
		return a->taken < b->taken ? -1 : 1;
	return strcmp(a->id, b->id);
}

void waiting_sort(struct waiting *waiting)
{
	tally_sort(&waiting->domains);
	tally_sort(&waiting->senders);
	if (waiting->row_count != 0)
		qsort(waiting->rows, waiting->row_count, sizeof *waiting->rows, compare);
}

/* The row whose id comes next; NULL: there is none. */
static const struct waiting_row *next_row(const struct waiting *waiting, const struct queue_reader *reader, enum waiting_kind kind, size_t *from)
{
	while (*from < waiting->row_count) {
		const struct waiting_row *row = &waiting->rows[(*from)++];

		if (row->reader == reader && row->kind == kind)
			return row;
	}
	return NULL;
}

static void add_ids(const struct waiting *waiting, const struct waiting_row *row, const char *before, size_t *from, struct buf *command)
{
	for (size_t i = 0; row != NULL; i++) {
		buf_printf(command, "%s%s%s", i ? " " : "", before ? before : "", row->id);
		row = i + 1 < WAITING_IDS ? next_row(waiting, row->reader, row->kind, from) : NULL;
	}
}

bool waiting_command(const struct waiting *waiting, const struct queue_reader *reader, const struct queue_remedy *remedy,
		     enum waiting_kind kind, size_t *from, struct buf *command)
{
	const struct waiting_row *row = next_row(waiting, reader, kind, from);
	const char *form = remedy->form;

	if (row == NULL)
		return false;
	while (*form != '\0') {
		struct slice rest = { form, strlen(form) };

		if (slice_skip(&rest, "{ids}"))
			add_ids(waiting, row, remedy->each, from, command);
		else if (slice_skip(&rest, "{id}"))
			buf_text(command, row->id);
		else if (slice_skip(&rest, "{place}"))
			buf_text(command, row->place ? row->place : reader->place);
		else
			buf_char(command, *form);
		form = rest.at == form ? form + 1 : rest.at;
	}
	/* A command without an id is given once. */
	if (strchr(remedy->form, '{') == NULL)
		*from = waiting->row_count;
	return true;
}
