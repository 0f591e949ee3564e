/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file netserver.h
 * A little HTTP server on a loopback port for tests of src/net: a thread per connection, behaviour
 * chosen by the path. Only included by tests.
 *
 *   /ok        200 "conn=N auth=<Authorization>"     /echo      200 "<method> <body>"
 *   /slow      200 after 100 ms                      /hang      no answer
 *   /big       a megabyte                            /bomb      10 MB of zeros in a few KB of gzip
 *   /gzip      "hello" as gzip                       /truncate  10 of 100 bytes, then end
 *   /garbage   no HTTP                               /redirect  302 to /ok
 *   /any       401 offering Basic until Basic comes  /ntlm      the three legs, then "user of conn N"
 *   /die-next  200; the next request on this connection is read and then answered by closing
 *   /twice     two equal headers                     /deny      401 offering Basic, whatever comes
 */
#ifndef XC_TEST_NETSERVER_H
#define XC_TEST_NETSERVER_H

#include <arpa/inet.h>
#include <ctype.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

typedef struct netserver_t {
    int fd, port;
    SSL_CTX *tls;
    pthread_t thread;
    atomic_int open, connections, requests, active, most_active, dead_letters;
} netserver_t;

typedef struct netconn_t {
    netserver_t *srv;
    int fd, id, dying, head_only;
    SSL *ssl;
    char ntlm_user; /* 0 = connection not authenticated */
    char buf[65536];
    size_t have;
} netconn_t;

static ssize_t net_recv(netconn_t *c, char *to, size_t n)
{
    return c->ssl ? SSL_read(c->ssl, to, (int)n) : recv(c->fd, to, n, 0);
}

static void net_send(netconn_t *c, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t sent = c->ssl ? SSL_write(c->ssl, data, (int)n) : send(c->fd, data, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        data += sent;
        n -= (size_t)sent;
    }
}

static void net_reply(netconn_t *c, const char *status, const char *extra, const char *body, size_t len)
{
    char head[1024];
    int n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, len, extra);
    net_send(c, head, (size_t)n);
    if (!c->head_only)
        net_send(c, body, len);
}

static char *net_deflate(const char *data, size_t len, size_t *out_len)
{
    z_stream z = {0};
    size_t cap = len / 100 + 1000;
    char *out = malloc(cap);

    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    deflate(&z, Z_FINISH);
    *out_len = z.total_out;
    deflateEnd(&z);
    return out;
}

/* The header's value, cut at the end of the line, in out. */
static void net_header(const char *head, const char *name, char *out, size_t size)
{
    const char *p = strcasestr(head, name);
    size_t n = 0;
    if (p) {
        p += strlen(name);
        while (*p == ' ')
            p++;
        while (p[n] && p[n] != '\r' && n + 1 < size)
            n++;
        memcpy(out, p, n);
    }
    out[n] = '\0';
}

static void net_ntlm(netconn_t *c, const char *auth)
{
    static const char challenge[] = "WWW-Authenticate: NTLM TlRMTVNTUAACAAAAAAAAAAAAAAABggAAASNFZ4mrze8AAAAAAAAAAA==\r\n";
    char text[80];
    unsigned char msg[1024];
    int n;

    if (strncmp(auth, "NTLM ", 5) == 0) {
        n = EVP_DecodeBlock(msg, (const unsigned char *)auth + 5, (int)strlen(auth + 5));
        if (n > 8 && msg[8] == 1) {
            net_reply(c, "401 Unauthorized", challenge, "", 0);
            return;
        }
        if (n > 64 && msg[8] == 3) { /* first character of the user name, ASCII or UTF-16 */
            unsigned at = msg[40] | (unsigned)msg[41] << 8;
            c->ntlm_user = at < (unsigned)n ? (char)msg[at] : '?';
        }
    }
    if (!c->ntlm_user) {
        net_reply(c, "401 Unauthorized", "WWW-Authenticate: NTLM\r\n", "", 0);
        return;
    }
    n = snprintf(text, sizeof(text), "%c of conn %d", c->ntlm_user, c->id);
    net_reply(c, "200 OK", "", text, (size_t)n);
}

static int net_answer(netconn_t *c, const char *method, const char *path, const char *head, const char *body, size_t len)
{
    static char big[10 << 20];
    char auth[1024], text[70000];
    size_t n;

    net_header(head, "\nAuthorization:", auth, sizeof(auth));
    if (strcmp(path, "/ok") == 0) {
        n = (size_t)snprintf(text, sizeof(text), "conn=%d auth=%s", c->id, auth);
        net_reply(c, "200 OK", "", text, n);
    } else if (strcmp(path, "/echo") == 0) {
        n = (size_t)snprintf(text, sizeof(text), "%s %.*s", method, (int)len, body);
        net_reply(c, "200 OK", "Content-Type: text/plain\r\n", text, n);
    } else if (strcmp(path, "/slow") == 0) {
        usleep(100000);
        net_reply(c, "200 OK", "", "slow", 4);
    } else if (strcmp(path, "/big") == 0) {
        net_reply(c, "200 OK", "", big, 1 << 20);
    } else if (strcmp(path, "/bomb") == 0 || strcmp(path, "/gzip") == 0) {
        char *z = path[1] == 'b' ? net_deflate(big, sizeof(big), &n) : net_deflate("hello", 5, &n);
        net_reply(c, "200 OK", "Content-Encoding: gzip\r\n", z, n);
        free(z);
    } else if (strcmp(path, "/truncate") == 0) {
        net_send(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", 51);
        return 0;
    } else if (strcmp(path, "/garbage") == 0) {
        net_send(c, "what?\r\n\r\n", 9);
        return 0;
    } else if (strcmp(path, "/redirect") == 0) {
        net_reply(c, "302 Found", "Location: /ok\r\n", "", 0);
    } else if (strcmp(path, "/twice") == 0) {
        net_reply(c, "200 OK", "X-A: 1\r\nX-A:  2 \r\n", "", 0);
    } else if (strcmp(path, "/any") == 0) {
        if (strncmp(auth, "Basic ", 6) == 0)
            net_reply(c, "200 OK", "", auth, strlen(auth));
        else
            net_reply(c, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "no", 2);
    } else if (strcmp(path, "/deny") == 0) {
        net_reply(c, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "no", 2);
    } else if (strcmp(path, "/ntlm") == 0) {
        net_ntlm(c, auth);
    } else if (strcmp(path, "/die-next") == 0) {
        c->dying = 1;
        net_reply(c, "200 OK", "", "", 0);
    } else if (strcmp(path, "/hang") == 0) {
        while (net_recv(c, text, sizeof(text)) > 0)
            ;
        return 0;
    } else {
        net_reply(c, "404 Not Found", "", "", 0);
    }
    return 1;
}

/* The next word of the request line. */
static int net_word(const char **at, char *out, size_t size)
{
    size_t n = strcspn(*at, " \r\n");

    if (n == 0 || n >= size)
        return 0;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n + ((*at)[n] == ' ');
    return 1;
}

/* One request off the connection. @return 0 when the connection is over */
static int net_request(netconn_t *c)
{
    char method[16], path[128], length[32];
    size_t head_len, body_len, total;
    const char *next = c->buf;
    char *end;
    int go_on, active;

    while (!(end = memmem(c->buf, c->have, "\r\n\r\n", 4))) {
        ssize_t n = net_recv(c, c->buf + c->have, sizeof(c->buf) - 1 - c->have);
        if (n <= 0)
            return 0;
        c->have += (size_t)n;
        c->buf[c->have] = '\0';
    }
    head_len = (size_t)(end - c->buf) + 4;
    if (!net_word(&next, method, sizeof(method)) || !net_word(&next, path, sizeof(path)))
        return 0;
    end[2] = '\0';
    net_header(c->buf, "\nContent-Length:", length, sizeof(length));
    body_len = strtoul(length, NULL, 10);
    total = head_len + body_len;
    while (c->have < total) {
        ssize_t n = net_recv(c, c->buf + c->have, sizeof(c->buf) - 1 - c->have);
        if (n <= 0)
            return 0;
        c->have += (size_t)n;
    }
    c->srv->requests++;
    if (c->dying) {
        c->srv->dead_letters++;
        return 0;
    }
    c->head_only = strcmp(method, "HEAD") == 0;
    active = ++c->srv->active;
    if (active > c->srv->most_active)
        c->srv->most_active = active;
    go_on = net_answer(c, method, path, c->buf, c->buf + head_len, body_len);
    c->srv->active--;
    memmove(c->buf, c->buf + total, c->have - total);
    c->have -= total;
    c->buf[c->have] = '\0';
    return go_on;
}

static void *net_conn_thread(void *p)
{
    netconn_t *c = p;

    if (c->srv->tls) {
        c->ssl = SSL_new(c->srv->tls);
        SSL_set_fd(c->ssl, c->fd);
        if (SSL_accept(c->ssl) != 1)
            goto out;
    }
    while (net_request(c))
        ;
out:
    if (c->ssl) {
        SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
    }
    shutdown(c->fd, SHUT_RDWR);
    close(c->fd);
    c->srv->open--;
    free(c);
    return NULL;
}

static void *net_accept_thread(void *p)
{
    netserver_t *s = p;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        pthread_t t;
        netconn_t *c = calloc(1, sizeof(*c));
        c->srv = s;
        c->fd = fd;
        c->id = ++s->connections;
        s->open++;
        if (pthread_create(&t, NULL, net_conn_thread, c) == 0)
            pthread_detach(t);
    }
    return NULL;
}

static netserver_t *netserver_start(SSL_CTX *tls)
{
    netserver_t *s = calloc(1, sizeof(*s));
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(a);

    signal(SIGPIPE, SIG_IGN);
    s->tls = tls;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s->fd, (struct sockaddr *)&a, sizeof(a)) || listen(s->fd, 64) ||
        getsockname(s->fd, (struct sockaddr *)&a, &len) || pthread_create(&s->thread, NULL, net_accept_thread, s)) {
        perror("test server");
        exit(2);
    }
    s->port = ntohs(a.sin_port);
    return s;
}

/* The clients' connections must be closed already. */
static void netserver_stop(netserver_t *s)
{
    int tries;

    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    for (tries = 0; s->open > 0 && tries < 2000; tries++)
        usleep(1000);
    if (s->open > 0) {
        fprintf(stderr, "test server: a connection does not end\n");
        exit(2);
    }
    if (s->tls)
        SSL_CTX_free(s->tls);
    free(s);
}

/* A certificate for 127.0.0.1 signed by itself; its PEM goes to `path`. */
static SSL_CTX *netserver_tls(const char *path)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *crt = X509_new();
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    FILE *f = fopen(path, "w");

    ASN1_INTEGER_set(X509_get_serialNumber(crt), 1);
    X509_set_version(crt, 2);
    X509_gmtime_adj(X509_getm_notBefore(crt), -60);
    X509_gmtime_adj(X509_getm_notAfter(crt), 3600);
    X509_set_pubkey(crt, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(crt), "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(crt, X509_get_subject_name(crt));
    X509_add_ext(crt, ext, -1);
    X509_sign(crt, key, EVP_sha256());
    if (!f || PEM_write_X509(f, crt) != 1 || SSL_CTX_use_certificate(ctx, crt) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1) {
        fprintf(stderr, "test certificate cannot be made\n");
        exit(2);
    }
    fclose(f);
    X509_EXTENSION_free(ext);
    X509_free(crt);
    EVP_PKEY_free(key);
    return ctx;
}

#endif
