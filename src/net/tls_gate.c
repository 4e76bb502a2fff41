/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_gate.c - the server's side of mutual TLS, for who waits in bufferevents
 *
 * A visit hangs on its SSL, whose end is the connection's end whatever brought it
 * about: so counts that go up with one go down with the other.
 */
#include "net/tls_gate.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

struct tls_gate {
	const struct tls_gate_settings *settings;
	SSL_CTX *ssl;
	int index;                      /* of the visit, beside an SSL */
	X509_CRL *crl;
	struct stat seen;               /* of the list's file, when it was read */
};

static int fail(struct err *err, const char *path, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	char reason[160];
	const char *text;

	ERR_error_string_n(code, reason, sizeof reason);
	ERR_clear_error();
	text = strrchr(reason, ':');
	return err_set(err, ERR_TLS, "%s: %s (%s)", path, what, code == 0 ? "nothing of its kind is in it" : text ? text + 1 : reason);
}

static X509_CRL *read_list(const char *path)
{
	BIO *file = BIO_new_file(path, "r");
	X509_CRL *crl = file ? PEM_read_bio_X509_CRL(file, NULL, NULL, NULL) : NULL;

	BIO_free(file);
	return crl;
}

/* The authority, and what it has taken back.  The context takes the store. */
static int trust(struct tls_gate *gate, struct err *err)
{
	const struct tls_gate_settings *settings = gate->settings;
	X509_STORE *store = X509_STORE_new();
	X509_CRL *crl = read_list(settings->crl);

	if (store == NULL || X509_STORE_load_file(store, settings->ca) != 1) {
		X509_STORE_free(store);
		X509_CRL_free(crl);
		return fail(err, settings->ca, "the authority cannot be used");
	}
	if (crl == NULL || X509_STORE_add_crl(store, crl) != 1) {
		X509_STORE_free(store);
		X509_CRL_free(crl);
		return fail(err, settings->crl, "the list of revoked certificates cannot be used");
	}
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	SSL_CTX_set_cert_store(gate->ssl, store);
	X509_CRL_free(gate->crl);
	gate->crl = crl;
	return 0;
}

static void on_freed(void *parent, void *visit, CRYPTO_EX_DATA *data, int index, long none, void *context)
{
	const struct tls_gate *gate = context;

	(void)parent;
	(void)data;
	(void)index;
	(void)none;
	if (visit != NULL)
		gate->settings->gone(gate->settings->context, visit);
}

static int on_hello(SSL *ssl, int *alert, void *context)
{
	const struct tls_gate *gate = context;

	if (gate->settings->hello(gate->settings->context, SSL_get_ex_data(ssl, gate->index)))
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_ACCESS_DENIED;
	return SSL_CLIENT_HELLO_ERROR;
}

static void on_state(const SSL *ssl, int where, int result)
{
	const struct tls_gate *gate = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	(void)result;
	if ((where & SSL_CB_HANDSHAKE_DONE) != 0)
		gate->settings->secured(gate->settings->context, SSL_get_ex_data(ssl, gate->index));
}

static int set_up(struct tls_gate *gate, struct err *err)
{
	const struct tls_gate_settings *settings = gate->settings;
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(settings->ca);

	if (names == NULL)
		return fail(err, settings->ca, "the authority cannot be used");
	SSL_CTX_set_client_CA_list(gate->ssl, names);
	if (SSL_CTX_use_certificate_chain_file(gate->ssl, settings->certificate) != 1)
		return fail(err, settings->certificate, "the certificate cannot be used");
	if (SSL_CTX_use_PrivateKey_file(gate->ssl, settings->key, SSL_FILETYPE_PEM) != 1)
		return fail(err, settings->key, "the private key cannot be used, or is not the certificate's");
	SSL_CTX_set_min_proto_version(gate->ssl, TLS1_2_VERSION);
	SSL_CTX_set_options(gate->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
					       SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_num_tickets(gate->ssl, 0);
	SSL_CTX_set_session_cache_mode(gate->ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(gate->ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(gate->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	/* An authority of one's own signs what it signs itself. */
	SSL_CTX_set_verify_depth(gate->ssl, 1);
	SSL_CTX_set_app_data(gate->ssl, (void *)gate);
	SSL_CTX_set_client_hello_cb(gate->ssl, on_hello, gate);
	SSL_CTX_set_info_callback(gate->ssl, on_state);
	return tls_gate_refresh(gate, err) < 0 ? -1 : 0;
}

struct tls_gate *tls_gate_new(const struct tls_gate_settings *settings, struct err *err)
{
	struct tls_gate *gate = mem_new(sizeof *gate);

	gate->settings = settings;
	gate->ssl = SSL_CTX_new(TLS_server_method());
	gate->index = SSL_get_ex_new_index(0, gate, NULL, NULL, on_freed);
	if (gate->ssl == NULL || gate->index < 0)
		BUG("OpenSSL has no context to give");
	if (set_up(gate, err) == 0)
		return gate;
	tls_gate_free(gate);
	return NULL;
}

void tls_gate_free(struct tls_gate *gate)
{
	if (gate == NULL)
		return;
	/* Connections that are left would tell nobody of their end. */
	CRYPTO_free_ex_index(CRYPTO_EX_INDEX_SSL, gate->index);
	SSL_CTX_free(gate->ssl);
	X509_CRL_free(gate->crl);
	free(gate);
}

struct bufferevent *tls_gate_open(struct tls_gate *gate, struct event_base *base, void *visit)
{
	SSL *ssl = SSL_new(gate->ssl);
	struct bufferevent *connection;

	if (ssl == NULL || SSL_set_ex_data(ssl, gate->index, visit) != 1)
		BUG("OpenSSL has no connection to give");
	connection = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (connection == NULL)
		BUG("libevent has no connection to give");
	bufferevent_openssl_set_allow_dirty_shutdown(connection, 1);
	return connection;
}

void *tls_gate_visit(struct bufferevent *connection)
{
	const SSL *ssl = bufferevent_openssl_get_ssl(connection);
	const struct tls_gate *gate = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	return SSL_get_ex_data(ssl, gate->index);
}

static void print_hex(const unsigned char *bytes, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * len] = '\0';
}

static void describe(X509 *certificate, struct tls_peer *peer)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	char name[TLS_PEER_NAME];
	struct buf shown = BUF_INIT(TLS_PEER_NAME - 1);
	int len = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);

	*peer = (struct tls_peer){ .name = "" };
	if (len > 0)
		text_escape(&shown, name, (size_t)len);
	snprintf(peer->name, sizeof peer->name, "%s", shown.data);
	buf_release(&shown);
	if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1 && 2 * size < sizeof peer->print)
		print_hex(digest, size, peer->print);
	if (2 * (size_t)ASN1_STRING_length(serial) < sizeof peer->serial)
		print_hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), peer->serial);
}

bool tls_gate_peer(struct bufferevent *connection, struct tls_peer *peer)
{
	SSL *ssl = bufferevent_openssl_get_ssl(connection);
	X509 *certificate = ssl ? SSL_get0_peer_certificate(ssl) : NULL;

	if (certificate == NULL || !SSL_is_init_finished(ssl) || SSL_get_verify_result(ssl) != X509_V_OK)
		return false;
	describe(certificate, peer);
	return true;
}

int tls_gate_refresh(struct tls_gate *gate, struct err *err)
{
	struct stat now;

	if (stat(gate->settings->crl, &now) != 0)
		return err_set(err, ERR_SYSTEM, "%s: the list of revoked certificates is not there", gate->settings->crl);
	if (now.st_mtim.tv_sec == gate->seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == gate->seen.st_mtim.tv_nsec &&
	    now.st_ino == gate->seen.st_ino && now.st_size == gate->seen.st_size)
		return 0;
	gate->seen = now;
	return trust(gate, err) == 0 ? 1 : -1;
}

bool tls_gate_revokes(const struct tls_gate *gate, const struct tls_peer *peer)
{
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(gate->crl);

	for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
		const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(list, i));
		char text[TLS_PEER_SERIAL];

		if (2 * (size_t)ASN1_STRING_length(serial) >= sizeof text)
			continue;
		print_hex(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), text);
		if (strcmp(text, peer->serial) == 0)
			return true;
	}
	return false;
}
