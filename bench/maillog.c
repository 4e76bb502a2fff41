/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maillog - a deterministic, realistic Postfix maillog of any size.
 *
 *   maillog MEGABYTES [SEED] [RELAY_EVERY] > maillog
 *
 * 512 messages are in flight at once and their lines are interleaved, so a
 * reader has to join them on the queue id.  Of the messages
 *   56 %  come from outside to a local mailbox (local/lmtp/virtual)
 *   44 %  come from inside (mynetworks or SASL) and go outside
 *   and about 1 line in 12 belongs to no message: NOQUEUE rejects, lost connections, ...
 *   1 in RELAY_EVERY (default 1000) comes from outside, unauthenticated, and
 *   goes to a third party with status=sent: these are what an auditor has to
 *   find.  Their number is the last thing printed on stderr:
 *     relayed N messages M lines L bytes B
 * Local domains: example.com, example.org and their subdomains mx1., lists.;
 * mynetworks: 127.0.0.0/8, 10.20.0.0/16, 192.0.2.0/26, [2001:db8:10::]/48.
 * Queue ids are short (hex) in the first half and long (base 52) in the rest.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t s;
static uint32_t rnd(void)
{
	s ^= s << 13; s ^= s >> 7; s ^= s << 17;
	return (uint32_t)(s >> 16);
}
static uint32_t below(uint32_t n) { return rnd() % n; }

enum { IN, OUT, RELAY };
struct msg { int kind, left, state, nrcpt, sent, size, defer, sasl; char q[20], cl[128], ip[40], from[96]; uint32_t pid; uint32_t hour; };

static uint64_t lines, bytes, nmsg, nrelay, every = 1000, seq, limit;
static uint32_t tsec;
static const char *mon[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun" };
static const int mdays[] = { 31, 28, 31, 30, 31, 30 };

static void head(char *b, const char *prog, uint32_t pid)
{
	uint32_t t = tsec, d = t / 86400, m = 0;
	while (m < 5 && d >= (uint32_t)mdays[m]) d -= (uint32_t)mdays[m++];
	sprintf(b, "%s %2u %02u:%02u:%02u mx1 postfix/%s[%u]: ", mon[m], d % 31 + 1,
		t / 3600 % 24, t / 60 % 60, t % 60, prog, pid);
}
static void out(const char *prog, uint32_t pid, const char *rest)
{
	char h[96];
	head(h, prog, pid);
	int n = printf("%s%s\n", h, rest);
	lines++;
	bytes += (uint64_t)n;
	if (below(12) == 0) tsec++;
}
static const char *word(void)
{
	static const char *w[] = { "anna", "bob", "info", "sales", "newsletter", "j.smith", "m.mueller",
		"no-reply", "bounce+4711", "orders", "k.tanaka", "support", "billing", "x", "webmaster", "p.dupont" };
	return w[below(16)];
}
static const char *local(void)
{
	static const char *w[] = { "example.com", "example.org", "lists.example.org", "mx1.example.com" };
	return w[below(4)];
}
static void remote(char *b)
{
	static const char *t[] = { "net", "de", "jp", "fr", "co.uk", "io", "info", "edu" };
	sprintf(b, "host%u.corp%u.%s", below(40), below(90000), t[below(8)]);
}
static void qid(char *b)
{
	static const char a[] = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
	seq++;
	if (bytes < limit / 2) { sprintf(b, "%X%05X", 0xA + below(6), (unsigned)(seq & 0xfffffff) + 0x10000000); return; }
	uint64_t v = 0x3a9f1e2d11ULL * 52 + seq * 977;
	int i = 15;
	b[i] = 0;
	while (i > 5) { b[--i] = a[v % 52]; v /= 52; }
	for (i = 0; i < 5; i++) b[i] = "4XyZb"[i];
	b[4] = 'z';
}
static void start(struct msg *m)
{
	char d[64];
	memset(m, 0, sizeof *m);
	qid(m->q);
	nmsg++;
	m->kind = below((uint32_t)every) == 0 ? RELAY : below(80) < 45 ? IN : OUT;
	m->pid = 1000 + below(30000);
	m->nrcpt = below(8) ? 1 : 2 + (int)below(6);
	m->size = 800 + (int)below(90000);
	m->defer = below(30) == 0;
	if (m->kind == OUT) {
		switch (below(4)) {
		case 0: sprintf(m->ip, "10.20.%u.%u", below(256), below(256)); sprintf(m->cl, "ws%u.example.com[%s]", below(5000), m->ip); break;
		case 1: sprintf(m->ip, "192.0.2.%u", below(64)); sprintf(m->cl, "app%u.example.com[%s]", below(60), m->ip); break;
		case 2: sprintf(m->ip, "2001:db8:10:%x::%x", below(65536), below(65536)); sprintf(m->cl, "unknown[%s]", m->ip); break;
		default: m->sasl = 1; sprintf(m->ip, "203.0.113.%u", below(256)); sprintf(m->cl, "dsl-%u.isp.net[%s]", below(9999), m->ip);
		}
		sprintf(m->from, "%s@%s", word(), local());
	} else {
		remote(d);
		if (below(10)) sprintf(m->ip, "%u.%u.%u.%u", 80 + below(40), below(256), below(256), below(256));
		else sprintf(m->ip, "2a01:%x:%x::%x", below(65536), below(65536), below(65536));
		sprintf(m->cl, "%s[%s]", below(6) ? d : "unknown", m->ip);
		if (below(20) == 0 && m->kind == IN) m->from[0] = 0;
		else { remote(d); sprintf(m->from, "%s@%s", word(), m->kind == RELAY && below(3) == 0 ? local() : d); }
	}
}
static void noise(void)
{
	char b[512], d[64], d2[64];
	uint32_t pid = 1000 + below(30000);
	remote(d);
	remote(d2);
	unsigned a = 80 + below(40), e = below(256), f = below(256), g = below(256);
	switch (below(6)) {
	case 0: case 1:
		sprintf(b, "connect from %s[%u.%u.%u.%u]", d, a, e, f, g); out("smtpd", pid, b);
		sprintf(b, "NOQUEUE: reject: RCPT from %s[%u.%u.%u.%u]: 554 5.7.1 <%s@%s>: Relay access denied; from=<%s@%s> to=<%s@%s> proto=ESMTP helo=<%s>",
			d, a, e, f, g, word(), d2, word(), d, word(), d2, d);
		out("smtpd", pid, b);
		sprintf(b, "disconnect from %s[%u.%u.%u.%u] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4", d, a, e, f, g); out("smtpd", pid, b);
		break;
	case 2:
		sprintf(b, "NOQUEUE: reject: RCPT from unknown[%u.%u.%u.%u]: 550 5.1.1 <%s%u@%s>: Recipient address rejected: User unknown in local recipient table; from=<%s@%s> to=<%s%u@%s> proto=ESMTP helo=<%s>",
			a, e, f, g, word(), below(999), local(), word(), d, word(), below(999), local(), d);
		out("smtpd", pid, b);
		break;
	case 3: sprintf(b, "lost connection after AUTH from unknown[%u.%u.%u.%u]", a, e, f, g); out("smtpd", pid, b); break;
	case 4: sprintf(b, "warning: unknown[%u.%u.%u.%u]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", a, e, f, g); out("smtpd", pid, b); break;
	default: sprintf(b, "statistics: max connection rate %u/60s for (smtp:%u.%u.%u.%u) at Jan  1 00:00:00", below(90), a, e, f, g); out("anvil", 77, b);
	}
}
/* one more line of m; 0 when it has ended */
static int step(struct msg *m)
{
	char b[640], d[64];
	switch (m->state++) {
	case 0: sprintf(b, "connect from %s", m->cl); out("smtpd", m->pid, b); return 1;
	case 1:
		if (m->sasl) sprintf(b, "%s: client=%s, sasl_method=PLAIN, sasl_username=%s@example.com", m->q, m->cl, word());
		else sprintf(b, "%s: client=%s", m->q, m->cl);
		out("smtpd", m->pid, b);
		return 1;
	case 2: sprintf(b, "%s: message-id=<%08x.%u@%s>", m->q, rnd(), below(100000), m->kind == OUT ? "example.com" : "mail.corp.net"); out("cleanup", m->pid + 1, b); return 1;
	case 3: sprintf(b, "%s: from=<%s>, size=%d, nrcpt=%d (queue active)", m->q, m->from, m->size, m->nrcpt); out("qmgr", 913, b); return 1;
	case 4: sprintf(b, "disconnect from %s ehlo=1 mail=1 rcpt=%d data=1 quit=1 commands=%d", m->cl, m->nrcpt, 4 + m->nrcpt); out("smtpd", m->pid, b); return 1;
	}
	if (m->sent < m->nrcpt) {
		if (m->defer && below(2)) {
			remote(d);
			sprintf(b, "%s: to=<%s@%s>, relay=none, delay=30, delays=0.05/0.01/30/0, dsn=4.4.1, status=deferred (connect to %s[198.51.100.%u]:25: Connection timed out)",
				m->q, word(), m->kind == IN ? local() : d, d, below(256));
			out("smtp", m->pid + 7, b);
			if (below(4)) { m->state--; return 1; }
		}
		m->sent++;
		if (m->kind == IN) {
			static const char *l[] = { "local", "lmtp", "virtual" };
			int k = (int)below(3);
			sprintf(b, "%s: to=<%s@%s>, relay=%s, delay=0.%02u, delays=0.0%u/0.01/0/0.0%u, dsn=2.0.0, status=sent (%s)", m->q, word(), local(),
				k == 1 ? "mx1.example.com[private/dovecot-lmtp]" : l[k], below(99), below(9), below(9),
				k == 1 ? "250 2.0.0 <anna> kMq1BxYz Saved" : "delivered to maildir");
			out(l[k], m->pid + 9, b);
		} else {
			remote(d);
			if (m->kind == OUT && below(12) == 0)
				sprintf(b, "%s: to=<%s@%s>, relay=mx.%s[198.51.100.%u]:25, delay=1.1, delays=0.05/0.01/0.6/0.44, dsn=5.1.1, status=bounced (host mx.%s[198.51.100.9] said: 550 5.1.1 unknown user (in reply to RCPT TO command))",
					m->q, word(), d, d, below(256), d);
			else
				sprintf(b, "%s: to=<%s@%s>, relay=mx.%s[198.51.100.%u]:25, delay=%u.%u, delays=0.05/0.01/0.6/0.44, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F%06X)",
					m->q, word(), d, d, below(256), below(9), below(99), below(0xffffff));
			out("smtp", m->pid + 7, b);
		}
		return 1;
	}
	if (m->kind == RELAY) nrelay++;
	sprintf(b, "%s: removed", m->q);
	out("qmgr", 913, b);
	return 0;
}

int main(int argc, char **argv)
{
	enum { FLIGHT = 512 };
	static struct msg f[FLIGHT];
	if (argc < 2) { fprintf(stderr, "usage: maillog MEGABYTES [SEED] [RELAY_EVERY]\n"); return 2; }
	limit = strtoull(argv[1], NULL, 10) * 1000000;
	s = argc > 2 ? strtoull(argv[2], NULL, 10) * 2654435761u + 88172645463325252ULL : 88172645463325252ULL;
	if (argc > 3) every = strtoull(argv[3], NULL, 10);
	static char obuf[1 << 20];
	setvbuf(stdout, obuf, _IOFBF, sizeof obuf);
	for (int i = 0; i < FLIGHT; i++) start(&f[i]);
	while (bytes < limit) {
		if (below(25) == 0) noise();
		int i = (int)below(FLIGHT);
		if (!step(&f[i])) start(&f[i]);
	}
	for (int i = 0; i < FLIGHT; i++) while (f[i].state && step(&f[i])) ;
	fflush(stdout);
	fprintf(stderr, "relayed %llu messages %llu lines %llu bytes %llu\n", (unsigned long long)nrelay,
		(unsigned long long)nmsg, (unsigned long long)lines, (unsigned long long)bytes);
	return 0;
}
