/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_kind.c - what a finding is, and what to do about it
 *
 * From the gravest question, who relays, to what could not be told: the order of
 * lists of them.
 */
#include "audit/finding_kind.h"

#include <string.h>

#include "base/names.h"

/* Texts that several have. */
#define POSTFIX_ORDER "`smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination`, " \
	"and nothing that permits before them"
#define BY_ADDRESS_OR_LOGIN "name the addresses that are yours, or let clients log in"

static const struct finding_kind kinds[] = {
	{
		.id = "relay",
		.title = "The server carries a stranger's mail to strangers",
		.severity = "critical where the plain envelope is accepted, high where a trick is needed",
		.means = "Somebody who is neither known by address nor logged in may send mail to any address in the world "
			 "through this server. Spammers look for such servers all day; it takes hours until the queue is full of "
			 "their mail, and days until the address is on blocklists.\n"
			 "A relay is a question of who asks: the finding names the vantage. Open from one and closed from another "
			 "means that the server trusts a network in which the one stands.",
		.known = "A probe's recipient outside was accepted: again in a session of its own, and up to DATA, where the "
			 "server said 354 and relayaudit hung up. With --confirm a message was sent and arrived, which is proof. "
			 "An address that looks like a local one, user%domain@yours, counts only where the server refuses unknown "
			 "names of its own.",
		.fixes = {
			{ "postfix", "mend what lets the client in, as `relayaudit config` names it; then " POSTFIX_ORDER },
			{ "exim", "no `accept` in acl_smtp_rcpt before `require message = relay not permitted`, but for `hosts "
			  "= +relay_from_hosts` and `authenticated = *`" },
			{ "sendmail", "leave FEATURE(promiscuous_relay) and its kin out of sendmail.mc; list clients in the "
			  "access map as `Connect:192.0.2 RELAY`" },
			{ "qmail", "let control/rcpthosts exist, and set RELAYCLIENT in the rules of tcpserver for your own "
			  "addresses only" },
			{ "opensmtpd", "`match from src <trusted> for any action relay` and `match auth ...`; never `match from "
			  "any for any`" },
			{ "*", "the page of the trick has more: `relayaudit explain` with the name of the probe" },
		},
	},
	{
		.id = "relay-limited",
		.title = "The server relays for some domains that are not its own",
		.severity = "medium",
		.means = "It takes mail for hosts below its own domain, whether or not they exist, or for whoever names it as a "
			 "mail exchanger. That is no open relay, but a stranger with a domain of his own can make it one for that "
			 "domain, and unknown hosts below yours make bounces.",
		.known = "The recipient's domain lay below one of the target's, or was one whose MX is the target; an unknown "
			 "name of its own domains was refused.",
		.fixes = {
			{ "postfix", "`parent_domain_matches_subdomains =` without relay_domains in it, and no "
			  "permit_mx_backup; list domains in relay_domains" },
			{ "sendmail", "leave FEATURE(relay_entire_domain) and FEATURE(relay_based_on_MX) out; list hosts in "
			  "class R" },
			{ "exim", "name domains in relay_to_domains, not @mx_any or *.example.org" },
			{ "*", "list the domains that the server takes mail for, each by its name" },
		},
	},
	{
		.id = "accepted-unproven",
		.title = "An address was accepted, and where it leads is not known",
		.severity = "medium",
		.means = "The server said yes to an address that may be its own or another's. Some servers take every name of "
			 "their own domains and think later: with them it means nothing. With others it is a hole.",
		.known = "The reply alone does not tell. The controls of the same run show that the server takes unknown names of "
			 "its own, or could not be asked.",
		.fixes = {
			{ "*", "scan again with `--confirm` and a sink: what is delivered is relayed, what comes back is "
			  "backscatter" },
			{ "qmail", "a recipient check at SMTP time makes the answer mean something" },
		},
	},
	{
		.id = "relay-refused",
		.title = "A vantage that is expected to relay cannot",
		.severity = "high",
		.means = "An office or an application that is meant to send through this server is locked out. Closing a relay "
			 "often does that.",
		.known = "The vantage is declared with expect: relay, and the plain envelope was refused from there.",
		.fixes = {
			{ "postfix", "add the network, with its own mask, to mynetworks" },
			{ "exim", "add it to relay_from_hosts" },
			{ "sendmail", "add `Connect:ADDRESS RELAY` to the access map" },
			{ "*", "let it relay again; or declare the vantage with expect: deny" },
		},
	},
	{
		.id = "backscatter",
		.title = "The server sends bounces to people who have sent nothing",
		.severity = "medium",
		.means = "It accepts mail that it cannot deliver and returns it later to the sender, who is forged in all spam. "
			 "Strangers get mail from you that they have not asked for, your queue fills with bounces that nobody "
			 "takes, and blocklists for backscatter list you.",
		.known = "A scan with --confirm saw the bounce come back to its forged sender; or the log shows bounces sent to "
			 "strangers for mailboxes that do not exist; or the queue holds them.",
		.fixes = {
			{ "postfix", "say who exists: local_recipient_maps, virtual_mailbox_maps, relay_recipient_maps" },
			{ "exim", "add `verify = recipient` to the statements of acl_smtp_rcpt that accept" },
			{ "qmail", "check recipients while the client waits, by a patch or plugin such as realrcptto or "
			  "validrcptto" },
			{ "sendmail", "list the recipients of relayed domains in the access map or by LDAP routing" },
			{ "*", "refuse unknown recipients in the dialogue instead of bouncing later" },
		},
	},
	{
		.id = "client-address-lost",
		.title = "The server does not see the address that the client has",
		.severity = "high",
		.means = "Something on the way, a container host's proxy, a masquerading firewall, a load balancer, puts its own "
			 "address in place of the client's. All rules by address then hold for everybody or for nobody: if that "
			 "address is trusted, the server is an open relay; if it is blocked, it takes no mail.",
		.known = "The greeting, the Received line of a delivered test message, or the server's log names another address "
			 "than the vantage knows to be its own, and no proxy of yours explains it.",
		.fixes = {
			{ "*", "publish the port without a proxy or masquerading: the container host's network, or routing "
			  "without SNAT; in Kubernetes externalTrafficPolicy: Local" },
			{ "postfix", "or let the balancer speak the PROXY protocol: `smtpd_upstream_proxy_protocol = haproxy` "
			  "on a port that only the balancer reaches" },
			{ "exim", "or `hosts_proxy = ADDRESS-OF-THE-BALANCER`" },
		},
	},
	{
		.id = "smuggling",
		.title = "A message can hold a second one",
		.severity = "high",
		.means = "The server takes something else than CR LF, dot, CR LF for the end of a message. Where another server "
			 "passes such bytes on, a stranger's second message arrives with that server's address and good name, "
			 "with any sender at all.",
		.known = "The server answered commands that stood inside of a message's text. Only --confirm --suite all tries "
			 "it, for it sends a message.",
		.fixes = {
			{ "postfix", "`smtpd_forbid_bare_newline = normalize`, the default from 3.9" },
			{ "exim", "4.97.1 or later, or a package that has its correction" },
			{ "sendmail", "8.18 or later, or a package that has its correction" },
			{ "*", "end a message at CR LF . CR LF and nowhere else" },
		},
	},
	{
		.id = "starttls-injection",
		.title = "What is said in the clear before TLS is obeyed inside it",
		.severity = "high",
		.means = "Commands that arrive in one packet with STARTTLS are kept and run after the handshake, as if the client "
			 "had said them under encryption. Who stands on the way can put words into a client's mouth.",
		.known = "A command sent with STARTTLS was answered after the handshake.",
		.fixes = {
			{ "postfix", "2.7.3 or later" },
			{ "exim", "a version after 4.94.2" },
			{ "*", "throw away what has been read when TLS begins (RFC 3207, section 6)" },
		},
	},
	{
		.id = "auth-bypass",
		.title = "Who has not logged in is treated as if",
		.severity = "high",
		.means = "An AUTH that failed, was broken off, or named nobody leaves the session with the rights of a user. "
			 "Whoever finds it relays.",
		.known = "After a login that cannot be right the server said 235, or accepted an outside recipient that it "
			 "refused without it.",
		.fixes = {
			{ "*", "take out mechanisms that check nothing (ANONYMOUS, EXTERNAL without certificates), and look at "
			  "what the checking program returns for empty names" },
			{ "qmail", "old AUTH patches give the checking program's arguments in the wrong order, with which "
			  "/bin/true lets in everybody: mend the run script" },
			{ "postfix", "`smtpd_sasl_security_options = noanonymous`" },
		},
	},
	{
		.id = "xclient-open",
		.title = "A client may say that it is another client",
		.severity = "medium; high where a stranger may, or where it was tried and believed",
		.means = "XCLIENT lets a front end tell the server whose connection it passes on. Whoever else may use it says "
			 "that he is 127.0.0.1, and relays.",
		.known = "The server offers XCLIENT to this vantage, or its configuration grants it to more than its own machine. "
			 "--suite all --confirm tries whether it is believed.",
		.fixes = {
			{ "postfix", "`smtpd_authorized_xclient_hosts` names your front ends alone, and is empty without any" },
			{ "*", "grant it to your own proxies and tests alone" },
		},
	},
	{
		.id = "proxy-open",
		.title = "A PROXY header of a stranger is believed",
		.severity = "medium from a configuration, high from a scan",
		.means = "The PROXY protocol puts the client's address into the first bytes of a connection. A port that believes "
			 "it from anybody lets everybody choose an address.",
		.known = "A stranger's header was taken; or the configuration expects one on a port and has no list of who may "
			 "send it.",
		.fixes = {
			{ "postfix", "expect it on a port of its own, which only the balancer reaches by the firewall: Postfix "
			  "has no list of proxies" },
			{ "exim", "`hosts_proxy` names the balancer and nothing else" },
			{ "*", "take it from the balancer's address only" },
		},
	},
	{
		.id = "disclosure",
		.title = "The server tells strangers who has a mailbox, or how it is built",
		.severity = "low",
		.means = "VRFY, EXPN or ETRN answer who asks. No mail is relayed by that; it saves a spammer guessing, and an "
			 "attacker reading.",
		.known = "The command was answered with more than a refusal.",
		.fixes = {
			{ "postfix", "`disable_vrfy_command = yes`, `smtpd_etrn_restrictions = permit_mynetworks, reject`" },
			{ "exim", "leave acl_smtp_vrfy, acl_smtp_expn and acl_smtp_etrn unset" },
			{ "sendmail", "define(`confPRIVACY_FLAGS', `goaway') in sendmail.mc" },
			{ "*", "switch these commands off" },
		},
	},
	{
		.id = "scan-incomplete",
		.title = "Not all that was asked could be judged",
		.severity = "low; the run ends with status 3 all the same",
		.means = "An endpoint was not reached, a vantage is blocked, or a server was silent. What was not asked is not "
			 "closed, and so the report does not say that it is.",
		.known = "Every probe has an answer that counts or a reason why not: a blocklisted client, a missing PTR record, "
			 "greylisting, a rate limit, a time-out, a broken connection.",
		.fixes = {
			{ "*", "mend the reason that is named, or ask from another vantage; name the ports that are meant with "
			  "--port" },
		},
	},
	{
		.id = "trust-oversized",
		.title = "More addresses may relay than are one's own",
		.severity = "critical beyond a public /16, high from a /23, medium for wide private networks; low for small "
			 "public ones",
		.means = "A network is trusted that holds other people's machines. The classic is one address with a mask behind "
			 "it: 210.196.1.2/8 is all of 210.0.0.0/8, sixteen million addresses, and every infected one among them "
			 "may send through the server. A test from elsewhere finds nothing.\n"
			 "Where the server cannot read the word, as new Postfix cannot, it says 451 to everybody; the repair that "
			 "it proposes opens it.",
		.known = "From the configuration's own words, read as the server reads them, less what own-networks and "
			 "--own-network name. Whether all of a network is yours, no file tells.",
		.fixes = {
			{ "postfix", "in mynetworks write the one address without a mask, or the network with the mask that it "
			  "has" },
			{ "exim", "likewise in relay_from_hosts" },
			{ "sendmail", "in the access map a key of three numbers is 256 addresses, one of two 65,536: write all "
			  "four" },
			{ "qmail", "in tcp.smtp `210.` is a /8: write all four numbers, or a range in the last" },
			{ "opensmtpd", "write the table of sources with the masks that the networks have" },
			{ "*", BY_ADDRESS_OR_LOGIN },
		},
	},
	{
		.id = "trust-host-bits",
		.title = "An address is written with a mask that is not its own",
		.severity = "high",
		.means = "210.196.1.2/8 is no network: bits are set behind the mask. Servers read such a word in three ways: as "
			 "the whole network, as the one address, or not at all. Who wrote it meant one of the first two.",
		.known = "From the configuration: the file, the line and the word. What the server makes of it depends on its "
			 "version, and is told.",
		.fixes = {
			{ "postfix", "write 210.196.1.2 if that address was meant; not 210.0.0.0/8, which Postfix proposes, "
			  "unless all of it is yours" },
			{ "*", "write an address without a mask, or a network without host bits" },
		},
	},
	{
		.id = "trust-class-style",
		.title = "Whole classes or subnets are trusted because the server has an address there",
		.severity = "high for class, medium for subnet",
		.means = "`mynetworks_style = class` trusts the old class A, B or C network around each address of the machine: "
			 "up to sixteen million neighbours. `subnet` trusts the interface's network: at a provider, its other "
			 "customers.",
		.known = "From the configuration, and the addresses of the machine, or those that --own-address names.",
		.fixes = {
			{ "postfix", "`mynetworks_style = host`, or name the networks in mynetworks" },
		},
	},
	{
		.id = "trust-bridge",
		.title = "The network of a container bridge is trusted",
		.severity = "medium; high or critical together with client-address-lost or relay, which prove it",
		.means = "172.17.0.0/16 and its like look private. But where the container host forwards port 25 through its own "
			 "proxy, or masquerades, every stranger of the world arrives at the server as 172.17.0.1. The "
			 "configuration looks right, and the server is open.",
		.known = "From the configuration: the network is one that container engines take by default. Whether strangers "
			 "arrive from there, only a scan from outside tells, over IPv4 and IPv6: IPv6 is what is proxied most "
			 "often.",
		.fixes = {
			{ "postfix", "take the network out of mynetworks; name the containers that have to relay, one by one, "
			  "or let them log in" },
			{ "*", "trust the address of each container that has to relay, or let it log in; "
			  "audit-image.sh, among the examples, shows whether an image is open behind a bridge" },
		},
	},
	{
		.id = "trust-by-name",
		.title = "Clients are trusted by a name that others can choose",
		.severity = "critical for a whole top-level domain, high for HELO and forged names, medium otherwise",
		.means = "Who runs the DNS of a name says which addresses have it; a name in HELO is what the client says. A "
			 "trusted `unknown` lets in everybody whose address has no name. permit_mx_backup and relay_based_on_MX "
			 "trust whoever names the server as MX.",
		.known = "From the configuration. A scan finds it only from a vantage that has such a name.",
		.fixes = {
			{ "postfix", "no names in access tables with OK or permit_mynetworks; list domains in relay_domains "
			  "instead of permit_mx_backup" },
			{ "sendmail", "addresses instead of names in class R and the access map" },
			{ "qmail", "start tcpserver with -p, which looks whether the name leads back, or name addresses" },
			{ "*", BY_ADDRESS_OR_LOGIN },
		},
	},
	{
		.id = "trust-untested",
		.title = "Clients may relay as whom no vantage has asked",
		.severity = "info",
		.means = "The configuration lets in groups of clients, and none of the declared vantages stands in this one. What "
			 "the server really does with them is not known: the configuration was read, and the server was not asked.",
		.known = "Each group of addresses that the configuration treats alike is compared with the addresses of the "
			 "vantages in relayaudit.yml.",
		.fixes = {
			{ "*", "add the vantage that the report proposes, with expect: relay where it should be able to, and "
			  "scan" },
		},
	},
	{
		.id = "sender-based-relay",
		.title = "Whoever uses a certain sender address may relay",
		.severity = "high",
		.means = "A sender address is what the client says. Spammers try addresses of the server's own domain first.",
		.known = "From the configuration, or by a probe with a sender of the server's own domain that was accepted where "
			 "others were refused.",
		.fixes = {
			{ "postfix", "no check_sender_access with OK before reject_unauth_destination; "
			  "`permit_sasl_authenticated` instead" },
			{ "sendmail", "no FEATURE(relay_local_from) or FEATURE(relay_mail_from)" },
			{ "exim", "no `accept senders = ...` in acl_smtp_rcpt before the relay check" },
			{ "*", "let clients log in; a sender address proves nothing" },
		},
	},
	{
		.id = "rule-shadowed",
		.title = "A rule comes too late",
		.severity = "low",
		.means = "Rules are asked in order, and an earlier one has decided. Blocking a spammer's domain changes nothing "
			 "when permit_mynetworks stands before the table; an exclusion in a list does nothing behind what it "
			 "should exclude.",
		.known = "From the configuration: the earlier rule covers all that the later one could decide.",
		.fixes = {
			{ "postfix", "move check_client_access and check_sender_access before permit_mynetworks, and "
			  "`!192.0.2.1` before the network" },
			{ "*", "put the narrower rule first" },
		},
	},
	{
		.id = "rule-dead",
		.title = "A rule can never apply",
		.severity = "low",
		.means = "It is written so that nothing matches it: a network where a name is looked up, a key with a dot too "
			 "many. Who wrote it believes that it protects something.",
		.known = "From the configuration: what the server looks up can never be what stands there.",
		.fixes = {
			{ "postfix", "a hash table is asked for 192.0.2.1, 192.0.2, 192.0 and 192: write networks as cidr: "
			  "tables" },
			{ "*", "write it as the server looks it up, or take it out" },
		},
	},
	{
		.id = "list-cut-short",
		.title = "The server reads less of a list than stands there",
		.severity = "medium",
		.means = "A comment, a colon of an IPv6 address or an empty line ends the list, or makes words of it that mean "
			 "something else. What is behind it is not in force: neither trust nor refusal.",
		.known = "From the configuration, read as the server does.",
		.fixes = {
			{ "postfix", "comments on lines of their own; lines that go on begin with a space" },
			{ "exim", "begin a list with `<;` where it has IPv6 addresses, and separate by semicolons" },
			{ "*", "write the list so that it is read to its end" },
		},
	},
	{
		.id = "duplicate-setting",
		.title = "Something is defined twice",
		.severity = "low",
		.means = "One of the two is not in force. Who changes that one changes nothing, and may believe that a hole is "
			 "closed.",
		.known = "From the configuration: both lines are named, and which one counts.",
		.fixes = {
			{ "postfix", "the last one in main.cf counts: delete the other" },
			{ "*", "delete what does not count" },
		},
	},
	{
		.id = "refuses-service",
		.title = "The server serves nobody, or not all, with this configuration",
		.severity = "high",
		.means = "A word that it cannot read makes it answer 451 to whoever comes so far. It relays for nobody, takes no "
			 "mail either, and the repair may open it: look at who may relay once it is mended.",
		.known = "From the configuration, as the server would answer.",
		.fixes = {
			{ "postfix", "`postfix check` and the log name the word; mend it, and run `relayaudit config` again" },
			{ "*", "correct what stands there, and look again at who may relay then" },
		},
	},
	{
		.id = "backscatter-config",
		.title = "The configuration takes mail for unknown recipients",
		.severity = "medium",
		.means = "The server accepts every name of a domain and finds out later that there is no such mailbox. It then "
			 "sends bounces to forged senders: backscatter.",
		.known = "From the configuration; a scan with --confirm shows whether bounces really go out.",
		.fixes = {
			{ "postfix", "set local_recipient_maps, relay_recipient_maps and virtual_mailbox_maps, and no "
			  "luser_relay or catch-all that bounces" },
			{ "qmail", "a recipient check, such as validrcptto" },
			{ "*", "refuse unknown recipients in the dialogue" },
		},
	},
	{
		.id = "config-stale",
		.title = "What was changed is not in force yet",
		.severity = "medium",
		.means = "The file that the server reads was made from another one, and that is newer. A fix that seems made may "
			 "not be.",
		.known = "By the times of the files.",
		.fixes = {
			{ "postfix", "`postmap` the table and `postfix reload`" },
			{ "exim", "`update-exim4.conf` on Debian, and restart" },
			{ "sendmail", "make the databases and sendmail.cf again: `make -C /etc/mail`" },
			{ "qmail", "make tcp.smtp.cdb again with tcprules" },
			{ "*", "build what the server reads again, and reload it" },
		},
	},
	{
		.id = "config-syntax",
		.title = "A line means something else than it seems to, or nothing",
		.severity = "medium",
		.means = "The server skips it, warns about it, or reads it in a way that its writer hardly meant.",
		.known = "From the configuration; the finding names the line and what the server makes of it.",
		.fixes = {
			{ "postfix", "`postfix check`" },
			{ "exim", "`exim -bV`" },
			{ "opensmtpd", "`smtpd -n`" },
			{ "*", "correct the line" },
		},
	},
	{
		.id = "not-evaluated",
		.title = "relayaudit cannot tell what this part of the configuration does",
		.severity = "info; the run ends with status 3 all the same",
		.means = "A lookup in a database or over the network, a program, an expansion beyond what relayaudit evaluates: "
			 "it executes and connects to nothing. Whatever depends on it is answered with `unknown`, never with a "
			 "guess.",
		.known = "From the configuration.",
		.fixes = {
			{ "*", "ask the running server: `relayaudit map` or a scan from the vantages that matter; what is known "
			  "otherwise can be excused by ignore, with a reason and a day" },
		},
	},
	{
		.id = "strangers-mail",
		.title = "The log shows strangers' mail that was sent on",
		.severity = "critical where it was delivered, high where it was accepted only",
		.means = "It has happened: mail of clients that are neither yours nor logged in went to foreign recipients. How "
			 "much, for whom, at what hours, and through which grant, the report says.",
		.known = "From the log's own lines, joined message by message. Your own domains and networks have to be known: by "
			 "--domain, --own-network, relayaudit.yml or the server's configuration.",
		.fixes = {
			{ "*", "close the grant that the report names, then the queue, then the blocklists: "
			  "open-relay-what-now.md among the documents goes through it" },
		},
	},
	{
		.id = "strangers-queued",
		.title = "Strangers' mail waits in the queue",
		.severity = "high; low where all of it is held",
		.means = "A server that is closed goes on sending what it accepted before, for days. That makes a right fix look "
			 "wrong.",
		.known = "From the queue's listing: neither sender nor recipient is of an own domain. Mail that an alias passes "
			 "on looks alike; look at some before removing any.",
		.fixes = {
			{ "postfix", "`relayaudit queue` prints the commands: `postsuper -h -` and `-d -` with just these ids" },
			{ "exim", "`exim -Mf` to freeze and `exim -Mrm` to remove, with these ids" },
			{ "sendmail", "`sendmail -Qreason -qIID` to quarantine one, or remove its pair of files" },
			{ "*", "`relayaudit queue` prints the commands of this server, and runs none" },
		},
	},
	{ .id = NULL },
};

const struct finding_kind *finding_kind_at(size_t index)
{
	return index < sizeof kinds / sizeof *kinds - 1 ? &kinds[index] : NULL;
}

const struct finding_kind *finding_kind_find(const char *id, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(id);

	for (size_t i = 0; kinds[i].id != NULL; i++) {
		if (strcmp(kinds[i].id, id) == 0)
			return &kinds[i];
		nearest_offer(&nearest, kinds[i].id);
	}
	*meant = nearest.best;
	return NULL;
}
