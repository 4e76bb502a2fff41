/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SCAN_CHECK_H
#define CMD_SCAN_CHECK_H

/*
 * What the values of a scan's options have to be, wherever they come from: 0, or -1
 * with a sentence that names the value and, where one is near, the word meant.
 */

struct address;
struct err;

int scan_check_domain(const char *text, struct err *err);
int scan_check_host(const char *text, struct err *err);         /* a host name or an address */
int scan_check_local_user(const char *text, struct err *err);
int scan_check_helo(const char *text, struct err *err);
int scan_check_ports(const char *text, struct err *err);        /* "25,587/starttls" */
int scan_check_suite(const char *text, struct err *err);
int scan_check_severity(const char *text, struct err *err);
int scan_check_sink(const char *text, struct err *err);
int scan_check_password(const char *text, struct err *err);     /* "@FILE" */
int scan_check_when(const char *text, struct err *err);         /* auto, always, never */

/* "192.0.2.0/24", or one address: a network without bits set behind its first. */
int scan_read_network(const char *text, struct address *network, unsigned *bits, struct err *err);

/* "there is no WHAT 'NAME'; was 'MEANT' meant?", or what there is where `meant` is NULL.  Always -1. */
int scan_no_such(struct err *err, const char *what, const char *name, const char *meant, const char *all);

#endif
