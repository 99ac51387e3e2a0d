/* The libwebsockets server: prints its address once it listens.
 *
 * / echoes, every other path is refused (404). Of the subprotocols it knows
 * echo; permessage-deflate is on. (The server that Debian packages, whose
 * mirror knows texts of up to 4 KiB only and no compression, will not do.)
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What a connection has read of a message. The next is not read before this
 * one is written. */
struct message {
	unsigned char *octets; /* behind LWS_PRE octets that lws_write needs */
	size_t len, cap;
	int binary, whole;
};

static int append(struct message *m, const void *in, size_t len)
{
	if (m->len + len > m->cap || !m->octets) {
		size_t cap = 2 * (m->len + len) + 4096;
		unsigned char *octets = realloc(m->octets, LWS_PRE + cap);
		if (!octets)
			return -1;
		m->octets = octets;
		m->cap = cap;
	}
	memcpy(m->octets + LWS_PRE + m->len, in, len);
	m->len += len;
	return 0;
}

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct message *m = user;
	char path[64];

	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) >= 0 && !strcmp(path, "/"))
			return 0;
		lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL);
		return 1;
	case LWS_CALLBACK_RECEIVE:
		m->binary = lws_frame_is_binary(wsi);
		if (append(m, in, len))
			return -1;
		if (!lws_is_final_fragment(wsi))
			return 0;
		m->whole = 1;
		lws_rx_flow_control(wsi, 0);
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!m->whole)
			return 0;
		m->whole = 0;
		if (!m->len) { /* 4.1.6 fails an assertion when it compresses one */
			m->octets[LWS_PRE] = m->binary ? 0x82 : 0x81;
			m->octets[LWS_PRE + 1] = 0;
			if (lws_write(wsi, m->octets + LWS_PRE, 2, LWS_WRITE_RAW) < 0)
				return -1;
		} else if (lws_write(wsi, m->octets + LWS_PRE, m->len, m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) < 0)
			return -1;
		m->len = 0;
		lws_rx_flow_control(wsi, 1);
		return 0;
	case LWS_CALLBACK_CLOSED:
		free(m->octets);
		m->octets = NULL;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = echo, .per_session_data_size = sizeof(struct message), .rx_buffer_size = 64 << 10 },
	{ .name = NULL },
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ .name = NULL },
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

int main(void)
{
	struct lws_context_creation_info info = {
		.port = 0,
		.iface = "127.0.0.1",
		.protocols = protocols,
		.extensions = extensions,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
	};
	lws_set_log_level(LLL_ERR, NULL);
	signal(SIGTERM, end);
	struct lws_context *context = lws_create_context(&info);
	struct lws_vhost *vhost = context ? lws_create_vhost(context, &info) : NULL;
	if (!vhost)
		return 1;
	printf("ws://127.0.0.1:%d\n", lws_get_vhost_listen_port(vhost));
	fflush(stdout);
	while (!ended && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
