/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki.c - certificates by OpenSSL
 */
#include "net/pki.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/address.h"

enum { SERIAL_BYTES = 16, DAY = 24 * 3600, CLOCK_SKEW = 300 };

struct pki_authority {
	X509 *certificate;
	EVP_PKEY *key;
};

static int fail(struct err *err, const char *what)
{
	char reason[160];

	ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
	ERR_clear_error();
	return err_set(err, ERR_TLS, "%s (%s)", what, reason);
}

static bool add_pem(BIO *bio, struct buf *to)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	if (len > 0)
		buf_add(to, bytes, (size_t)len);
	BIO_free(bio);
	return len > 0;
}

static bool print_certificate(X509 *certificate, struct buf *to)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(bio, certificate);
	return add_pem(bio, to);
}

static bool print_key(EVP_PKEY *key, struct buf *to)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	return add_pem(bio, to);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&context);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return added;
}

static bool set_serial(X509 *certificate, char text[PKI_SERIAL])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *number;
	bool set;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	/* Positive, and as long as all others. */
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	for (size_t i = 0; i < sizeof bytes; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * sizeof bytes] = '\0';
	number = BN_bin2bn(bytes, sizeof bytes, NULL);
	set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
	BN_free(number);
	return set;
}

/* A certificate with its subject, serial number and life, not signed. */
static X509 *begin(const char *name, EVP_PKEY *key, long days, char serial[PKI_SERIAL])
{
	X509 *certificate = X509_new();

	if (certificate == NULL)
		BUG("OpenSSL has no certificate to give");
	if (X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate, serial) &&
	    X509_gmtime_adj(X509_getm_notBefore(certificate), -CLOCK_SKEW) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(certificate), days * DAY) != NULL && X509_set_pubkey(certificate, key) == 1 &&
	    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1)
		return certificate;
	X509_free(certificate);
	return NULL;
}

int pki_authority(const char *name, struct buf *certificate, struct buf *key, struct err *err)
{
	char serial[PKI_SERIAL];
	EVP_PKEY *made = EVP_EC_gen("P-256");
	X509 *own = made ? begin(name, made, PKI_AUTHORITY_DAYS, serial) : NULL;
	bool done = own != NULL && X509_set_issuer_name(own, X509_get_subject_name(own)) == 1 &&
		    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
		    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign") &&
		    add_extension(own, own, NID_subject_key_identifier, "hash") && X509_sign(own, made, EVP_sha256()) != 0 &&
		    print_certificate(own, certificate) && print_key(made, key);

	X509_free(own);
	EVP_PKEY_free(made);
	return done ? 0 : fail(err, "the authority cannot be made");
}

struct pki_authority *pki_open(const char *certificate, const char *key, struct err *err)
{
	struct pki_authority *authority = mem_new(sizeof *authority);
	BIO *first = BIO_new_mem_buf(certificate, -1), *second = BIO_new_mem_buf(key, -1);

	authority->certificate = PEM_read_bio_X509(first, NULL, NULL, NULL);
	authority->key = PEM_read_bio_PrivateKey(second, NULL, NULL, NULL);
	BIO_free(first);
	BIO_free(second);
	if (authority->certificate != NULL && authority->key != NULL && X509_check_private_key(authority->certificate, authority->key) == 1)
		return authority;
	fail(err, "the authority's certificate and key do not belong together, or are none");
	pki_close(authority);
	return NULL;
}

void pki_close(struct pki_authority *authority)
{
	if (authority == NULL)
		return;
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
	free(authority);
}

/* "DNS:probe.example.net,IP:203.0.113.9" */
static bool add_hosts(X509 *certificate, X509 *issuer, const char *const *hosts, size_t count)
{
	struct buf names = BUF_OWN;
	bool added;

	for (size_t i = 0; i < count; i++) {
		struct address address;
		struct err no_address = ERR_INIT;
		char text[ADDRESS_TEXT];
		bool literal = address_parse(hosts[i], &address, &no_address) == 0;

		if (literal)
			address_print(&address, text);
		buf_printf(&names, "%s%s:%s", i ? "," : "", literal ? "IP" : "DNS", literal ? text : hosts[i]);
	}
	added = add_extension(certificate, issuer, NID_subject_alt_name, names.data);
	buf_release(&names);
	return added;
}

int pki_issue(struct pki_authority *authority, const char *name, const char *const *hosts, size_t count, struct buf *certificate,
	      struct buf *key, char serial[PKI_SERIAL], struct err *err)
{
	EVP_PKEY *made = EVP_EC_gen("P-256");
	X509 *own = made ? begin(name, made, PKI_CERTIFICATE_DAYS, serial) : NULL, *issuer = authority->certificate;
	bool done = own != NULL && X509_set_issuer_name(own, X509_get_subject_name(issuer)) == 1 &&
		    add_extension(own, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
		    add_extension(own, issuer, NID_key_usage, "critical,digitalSignature") &&
		    add_extension(own, issuer, NID_ext_key_usage, count ? "serverAuth" : "clientAuth") &&
		    add_extension(own, issuer, NID_subject_key_identifier, "hash") &&
		    add_extension(own, issuer, NID_authority_key_identifier, "keyid:always") &&
		    (count == 0 || add_hosts(own, issuer, hosts, count)) && X509_sign(own, authority->key, EVP_sha256()) != 0 &&
		    print_certificate(own, certificate) && print_key(made, key);

	X509_free(own);
	EVP_PKEY_free(made);
	return done ? 0 : fail(err, "the certificate cannot be made");
}

static bool add_revoked(X509_CRL *list, const struct pki_revoked *row)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, row->when);
	BIGNUM *number = NULL;
	ASN1_INTEGER *serial = BN_hex2bn(&number, row->serial) != 0 ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	bool added = entry != NULL && serial != NULL && when != NULL && X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
		     X509_REVOKED_set_revocationDate(entry, when) == 1 && X509_CRL_add0_revoked(list, entry) == 1;

	if (!added)
		X509_REVOKED_free(entry);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(when);
	BN_free(number);
	return added;
}

int pki_list(struct pki_authority *authority, const struct pki_revoked *rows, size_t count, struct buf *list, struct err *err)
{
	X509_CRL *made = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, -CLOCK_SKEW), *next = X509_gmtime_adj(NULL, (long)PKI_AUTHORITY_DAYS * DAY);
	BIO *bio = BIO_new(BIO_s_mem());
	bool done = made != NULL && now != NULL && next != NULL && X509_CRL_set_version(made, X509_CRL_VERSION_2) == 1 &&
		    X509_CRL_set_issuer_name(made, X509_get_subject_name(authority->certificate)) == 1 &&
		    X509_CRL_set1_lastUpdate(made, now) == 1 && X509_CRL_set1_nextUpdate(made, next) == 1;

	for (size_t i = 0; done && i < count; i++)
		done = add_revoked(made, &rows[i]);
	done = done && X509_CRL_sort(made) == 1 && X509_CRL_sign(made, authority->key, EVP_sha256()) != 0 &&
	       PEM_write_bio_X509_CRL(bio, made) == 1;
	X509_CRL_free(made);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	done = add_pem(bio, list) && done;
	return done ? 0 : fail(err, "the list of revoked certificates cannot be made");
}
