/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.c - the door to OpenSSL
 *
 * Security level 0 and TLS 1.0 are allowed on purpose: an old server that we
 * refuse to speak to is a server that we cannot audit.  A connection closed
 * without close_notify is a connection closed: what SMTP says ends with its line,
 * so that nothing can be cut unseen.
 */
#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

struct tls_context {
	SSL_CTX *ssl;
	bool serves;
	bool trusts;                    /* the system's certificates were read */
};

struct tls {
	SSL *ssl;
};

static int fail(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_error();
	char reason[160];

	ERR_error_string_n(code, reason, sizeof reason);
	ERR_clear_error();
	const char *text = strrchr(reason, ':');

	return err_set(err, ERR_TLS, "%s: %s", what, code == 0 ? "the peer broke off" : text ? text + 1 : reason);
}

struct tls_context *tls_client(struct err *err)
{
	struct tls_context *context = mem_new(sizeof *context);

	context->ssl = SSL_CTX_new(TLS_client_method());
	if (context->ssl == NULL) {
		fail(err, "TLS cannot be set up");
		free(context);
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context->ssl, TLS1_VERSION);
	SSL_CTX_set_cipher_list(context->ssl, "ALL:COMPLEMENTOFDEFAULT:@SECLEVEL=0");
	SSL_CTX_set_verify(context->ssl, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(context->ssl, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					       SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
	return context;
}

/* A certificate for `name` that lives a year, signed by its own key. */
static X509 *self_signed(EVP_PKEY *key, const char *name)
{
	X509 *cert = X509_new();

	if (cert == NULL)
		return NULL;
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 365 * 24 * 60 * 60);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	if (X509_sign(cert, key, EVP_sha256()) == 0) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

static int fail_at(struct err *err, const char *path, const char *what)
{
	fail(err, what);
	return err_prefix(err, "%s", path);
}

static struct tls_context *new_server(void)
{
	struct tls_context *context = mem_new(sizeof *context);

	context->serves = true;
	context->ssl = SSL_CTX_new(TLS_server_method());
	if (context->ssl == NULL) {
		free(context);
		return NULL;
	}
	SSL_CTX_set_min_proto_version(context->ssl, TLS1_VERSION);
	SSL_CTX_set_cipher_list(context->ssl, "DEFAULT:@SECLEVEL=0");
	SSL_CTX_set_options(context->ssl, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					       SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
	return context;
}

struct tls_context *tls_server(const char *name, struct err *err)
{
	struct tls_context *context = new_server();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? self_signed(key, name) : NULL;

	if (context == NULL || cert == NULL || SSL_CTX_use_certificate(context->ssl, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(context->ssl, key) != 1) {
		fail(err, "TLS cannot be set up");
		tls_context_free(context);
		context = NULL;
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	return context;
}

struct tls_context *tls_server_files(const char *certificate, const char *key, struct err *err)
{
	struct tls_context *context = new_server();
	int result = 0;

	if (context == NULL)
		result = fail(err, "TLS cannot be set up");
	else if (SSL_CTX_use_certificate_chain_file(context->ssl, certificate) != 1)
		result = fail_at(err, certificate, "the certificate cannot be used");
	else if (SSL_CTX_use_PrivateKey_file(context->ssl, key, SSL_FILETYPE_PEM) != 1)
		result = fail_at(err, key, "the private key cannot be used, or is not the certificate's");
	if (result == 0)
		return context;
	tls_context_free(context);
	return NULL;
}

void tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ssl);
	free(context);
}

static bool is_name(const char *name)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, name, bytes) != 1 && inet_pton(AF_INET6, name, bytes) != 1;
}

struct tls *tls_open(struct tls_context *context, int read_fd, int write_fd, const char *name)
{
	struct tls *tls = mem_new(sizeof *tls);

	/* The system's certificates are read when they are first needed: it takes longer than many an audit. */
	if (!context->serves && !context->trusts)
		SSL_CTX_set_default_verify_paths(context->ssl);
	context->trusts = true;
	tls->ssl = SSL_new(context->ssl);
	if (tls->ssl == NULL || SSL_set_rfd(tls->ssl, read_fd) != 1 || SSL_set_wfd(tls->ssl, write_fd) != 1)
		BUG("OpenSSL has no connection to give");
	if (context->serves) {
		SSL_set_accept_state(tls->ssl);
	} else {
		SSL_set_connect_state(tls->ssl);
		if (name != NULL && is_name(name)) {
			SSL_set_tlsext_host_name(tls->ssl, name);
			SSL_set1_host(tls->ssl, name);
		}
	}
	return tls;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

static enum tls_state state_of(struct tls *tls, int result, const char *what, struct err *err)
{
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		fail(err, what);
		return TLS_BROKEN;
	}
}

enum tls_state tls_handshake(struct tls *tls, struct err *err)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	return result == 1 ? TLS_OK : state_of(tls, result, "the TLS handshake failed", err);
}

enum tls_state tls_read(struct tls *tls, char *bytes, size_t size, size_t *got, struct err *err)
{
	int result;

	ERR_clear_error();
	result = SSL_read_ex(tls->ssl, bytes, size, got);
	return result == 1 ? TLS_OK : state_of(tls, result, "reading inside TLS failed", err);
}

enum tls_state tls_write(struct tls *tls, const char *bytes, size_t len, size_t *put, struct err *err)
{
	int result;

	ERR_clear_error();
	result = SSL_write_ex(tls->ssl, bytes, len, put);
	return result == 1 ? TLS_OK : state_of(tls, result, "writing inside TLS failed", err);
}

void tls_bye(struct tls *tls)
{
	ERR_clear_error();
	SSL_shutdown(tls->ssl);
	ERR_clear_error();
}

static void describe_name(const X509_NAME *name, char *text, size_t size)
{
	struct buf shown = BUF_INIT(size - 1);
	char raw[256];

	X509_NAME_oneline(name, raw, sizeof raw);
	text_escape(&shown, raw, strlen(raw));
	snprintf(text, size, "%s", shown.data);
	buf_release(&shown);
}

void tls_describe(struct tls *tls, struct tls_facts *facts)
{
	X509 *cert = SSL_get0_peer_certificate(tls->ssl);
	long trust = SSL_get_verify_result(tls->ssl);
	struct tm expires;

	*facts = (struct tls_facts){ .trust = "no certificate" };
	snprintf(facts->version, sizeof facts->version, "%s", SSL_get_version(tls->ssl));
	snprintf(facts->cipher, sizeof facts->cipher, "%s", SSL_get_cipher_name(tls->ssl));
	if (cert == NULL)
		return;
	describe_name(X509_get_subject_name(cert), facts->subject, sizeof facts->subject);
	describe_name(X509_get_issuer_name(cert), facts->issuer, sizeof facts->issuer);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &expires) == 1)
		strftime(facts->expires, sizeof facts->expires, "%Y-%m-%dT%H:%M:%SZ", &expires);
	snprintf(facts->trust, sizeof facts->trust, "%s", trust == X509_V_OK ? "trusted" : X509_verify_cert_error_string(trust));
}
