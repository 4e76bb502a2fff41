/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - reports to files and standard output
 */
#include "cmd/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "report/baseline.h"
#include "report/load.h"
#include "report/model.h"

enum { OUTPUT_PIECE = 64 << 10 };

static int open_file(struct output *output, struct err *err)
{
	int file;

	output->beside = mem_printf("%s.XXXXXX", output->path);
	file = mkstemp(output->beside);
	if (file < 0) {
		err_set(err, ERR_SYSTEM, "%s cannot be written: %s", output->path, strerror(errno));
		free(output->beside);
		output->beside = NULL;
		return -1;
	}
	fchmod(file, 0644);
	output->to = fdopen(file, "w");
	setvbuf(output->to, NULL, _IOFBF, OUTPUT_PIECE);
	return 0;
}

/* Reads "FORMAT[=FILE]". */
static int read_spec(struct output *output, const char *spec, struct err *err)
{
	const char *sign = strchr(spec, '='), *meant = NULL;
	char *name = sign ? mem_bytes(spec, (size_t)(sign - spec)) : mem_text(spec);

	output->format = format_find(name, &meant);
	if (output->format == NULL)
		err_set(err, ERR_USAGE, "there is no report format '%.40s'%s%s%s", name, meant ? "; was '" : "",
			meant ? meant : ": text, json, ndjson, junit, sarif, gitlab, tap, markdown, html, nagios, prometheus or github", meant ? "' meant?" : "");
	else if (sign != NULL && sign[1] == '\0')
		err_set(err, ERR_USAGE, "which file? --output %s=FILE", name);
	free(name);
	if (output->format == NULL || (sign != NULL && sign[1] == '\0'))
		return -1;
	output->path = sign ? sign + 1 : NULL;
	output->to = stdout;
	return 0;
}

int output_check(const char *spec, struct err *err)
{
	struct output output = { .path = NULL };

	if (read_spec(&output, spec, err) != 0)
		return -1;
	return (output.format->of & FORMAT_OF_AUDIT) != 0 ? 0 : err_set(err, ERR_USAGE, "'%s' is drawn by relayaudit map only", output.format->name);
}

int output_check_map(const char *spec, struct err *err)
{
	struct output output = { .path = NULL };

	if (read_spec(&output, spec, err) != 0)
		return -1;
	return (output.format->of & FORMAT_OF_MAP) != 0 ? 0 : err_set(err, ERR_USAGE, "a map is told as text, json, html or svg, not as '%s'", output.format->name);
}

int output_check_any(const char *spec, struct err *err)
{
	struct output output = { .path = NULL };

	return read_spec(&output, spec, err);
}

int outputs_fit(const struct option_list *specs, const struct report *report, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < specs->count && result == 0; i++)
		result = report->map != NULL ? output_check_map(specs->texts[i], err) : output_check(specs->texts[i], err);
	return result;
}

int outputs_open(struct outputs *outputs, const struct option_list *specs, const struct format_look *look, struct err *err)
{
	size_t count = specs->count ? specs->count : 1;

	*outputs = (struct outputs){ .rows = mem_new(count * sizeof *outputs->rows), .look = *look };
	for (size_t i = 0; i < count; i++) {
		outputs->count++;
		struct output *output = &outputs->rows[i];

		if (read_spec(output, specs->count ? specs->texts[i] : "text", err) != 0 ||
		    (output->path != NULL && open_file(output, err) != 0)) {
			outputs_release(outputs);
			return -1;
		}
	}
	return 0;
}

static void put(struct output *output, const struct buf *text)
{
	fwrite(text->data, 1, text->len, output->to);
}

bool outputs_want_attempts(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->rows[i].format->attempt != NULL)
			return true;
	return false;
}

void outputs_attempt(struct outputs *outputs, const struct report_attempt *attempt)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->rows[i];
		struct buf text = BUF_OWN;

		if (output->format->attempt == NULL)
			continue;
		output->format->attempt(attempt, &text);
		put(output, &text);
		if (output->to == stdout)
			fflush(stdout);
		buf_release(&text);
	}
}

void outputs_stray(struct outputs *outputs, const struct report_stray *stray)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->rows[i];
		struct buf text = BUF_OWN;

		if (output->format->stray == NULL)
			continue;
		output->format->stray(stray, &text);
		put(output, &text);
		if (output->to == stdout)
			fflush(stdout);
		buf_release(&text);
	}
}

/* The whole of it is on disk before the old file is replaced. */
static int finish_one(struct output *output, struct err *err)
{
	const char *what = output->path ? output->path : "standard output";
	bool bad = fflush(output->to) != 0 || ferror(output->to);

	if (output->path == NULL)
		return bad ? err_set(err, ERR_SYSTEM, "%s cannot be written: %s", what, strerror(errno)) : 0;
	bad = fsync(fileno(output->to)) != 0 || bad;
	bad = fclose(output->to) != 0 || bad;
	output->to = NULL;
	if (bad || rename(output->beside, output->path) != 0) {
		err_set(err, ERR_SYSTEM, "%s cannot be written: %s", what, strerror(errno));
		return -1;
	}
	free(output->beside);
	output->beside = NULL;
	return 0;
}

static void put_piece(void *to, const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, to);
}

static int finish(struct outputs *outputs, const struct report *report, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->rows[i];
		struct format_look look = outputs->look;
		/* Of a thousand servers a report is larger than all else. */
		struct buf text = BUF_SPILLING(OUTPUT_PIECE, put_piece, output->to);

		look.colour = look.colour && output->path == NULL;
		output->format->write(report, &look, &text);
		buf_spill(&text);
		if (finish_one(output, err) != 0)
			result = -1;
		buf_release(&text);
	}
	return result;
}

static int status_of(const struct outputs *outputs, const struct report *report)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->rows[i].format->status != NULL)
			return outputs->rows[i].format->status(report);
	return report->status;
}

/* As outputs_status_unwritten(), of those that are open. */
static int unwritten(struct outputs *outputs, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	outputs->unwritten = true;
	for (size_t i = 0; i < outputs->count; i++)
		if (outputs->rows[i].format->status != NULL)
			return outputs->rows[i].format->status_unwritten;
	return EXIT_USAGE;
}

int outputs_baseline(struct outputs *outputs, const char *path, struct err *err)
{
	struct loaded *baseline;

	if (path == NULL)
		return 0;
	baseline = mem_new(sizeof *baseline);
	if (loaded_read(path, baseline, err) != 0) {
		free(baseline);
		return -1;
	}
	outputs->baseline = baseline;
	return 0;
}

int outputs_baseline_fits(const struct outputs *outputs, const struct report *report, struct err *err)
{
	return outputs->baseline != NULL ? baseline_check(&outputs->baseline->report, outputs->baseline->path, report, err) : 0;
}

int outputs_tell(struct outputs *outputs, enum severity fail_on, enum judge_doubt doubt, struct report *report)
{
	struct err err = ERR_INIT;
	int status;

	if (outputs->baseline != NULL && baseline_apply(&outputs->baseline->report, outputs->baseline->path, report, &err) != 0)
		return unwritten(outputs, &err);
	report_judge(report, fail_on, doubt);
	status = status_of(outputs, report);
	/* What was found is worth more than that it could not be written. */
	if (finish(outputs, report, &err) != 0) {
		int worse = unwritten(outputs, &err);

		status = report->status == EXIT_FOUND ? status : worse;
	}
	baseline_release(report);
	return status;
}

int outputs_status_unwritten(const struct option_list *specs)
{
	for (size_t i = 0; i < specs->count; i++) {
		struct output output = { .path = NULL };
		struct err not_known = ERR_INIT;

		if (read_spec(&output, specs->texts[i], &not_known) == 0 && output.format->status != NULL)
			return output.format->status_unwritten;
	}
	return EXIT_USAGE;
}

void outputs_release(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->rows[i];

		if (output->path != NULL && output->to != NULL)
			fclose(output->to);
		if (output->beside != NULL)
			unlink(output->beside);
		free(output->beside);
	}
	if (outputs->baseline != NULL)
		loaded_release(outputs->baseline);
	free(outputs->baseline);
	free(outputs->rows);
	*outputs = (struct outputs){ .count = 0 };
}
