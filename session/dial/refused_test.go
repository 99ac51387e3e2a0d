package dial_test

import (
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestRefused(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, tt := range []struct {
		response string
		status   int
		reason   string
		body     string
		is       error
	}{
		{"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nwho? and more", 401, "Unauthorized", "who? ", session.ErrUnexpectedStatus},
		{"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nshort", 403, "Forbidden", "short", session.ErrUnexpectedStatus},
		{"HTTP/1.1 404 Not Found\r\n\r\nuntil the end", 404, "Not Found", "until the end", session.ErrUnexpectedStatus},
		{"HTTP/1.0 404 Not Found\r\nContent-Length: x\r\n\r\nodd length", 404, "Not Found", "odd length", session.ErrUnexpectedStatus},
		{"HTTP/1.1 404 Not Found\r\nContent-Length: -1\r\n\r\nodd length", 404, "Not Found", "odd length", session.ErrUnexpectedStatus},
		{"HTTP/1.1 503\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nbus\r\n1\r\ny\r\n0\r\nTrailer: 1\r\n\r\n", 503, "", "busy", session.ErrUnexpectedStatus},
		{"HTTP/1.1 503\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 1\r\n\r\n2\r\nab\r\n0\r\n\r\n", 503, "", "ab", session.ErrUnexpectedStatus},
		{"HTTP/1.1 503\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nzipped", 503, "", "zipped", session.ErrUnexpectedStatus},
		{"HTTP/1.1 503\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nnot a chunk\r\n", 503, "", "ab", session.ErrUnexpectedStatus},
		{"HTTP/1.1 500 Oops\r\nContent-Length: 5000\r\n\r\n" + long, 500, "Oops", long[:4096], session.ErrUnexpectedStatus},
		{"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + long + "\r\n0\r\n\r\n", 500, "Oops", long[:4096], session.ErrUnexpectedStatus},
		{"HTTP/1.1 500 Oops\r\n\r\n" + long, 500, "Oops", long[:4096], session.ErrUnexpectedStatus},
		{"HTTP/1.1 204 No Content\r\n\r\nnot a body", 204, "No Content", "", session.ErrUnexpectedStatus},
		{"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc", 304, "Not Modified", "", session.ErrUnexpectedStatus},
		{"HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n", 400, "Bad Request", "", session.ErrUnsupportedVersion},
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
			"Content-Length: 3\r\n\r\nabc", 101, "Switching Protocols", "", session.ErrInvalidProtocolFormat},
	} {
		var d dial.Dialer
		_, err := d.Dial(t.Context(), "ws://"+listen(t, answer(tt.response)))
		checkPhase(t, err, dial.PhaseResponse)
		var refused *dial.RefusedError
		if !errors.As(err, &refused) || !errors.Is(err, tt.is) {
			t.Errorf("%.80q: %v", tt.response, err)
			continue
		}
		if refused.Status != tt.status || refused.Reason != tt.reason || string(refused.Body) != tt.body {
			t.Errorf("%.80q: %d %q, %d octets of body %.80q", tt.response, refused.Status, refused.Reason, len(refused.Body), refused.Body)
		}
	}
}

func TestRefusedHeader(t *testing.T) {
	const head = "HTTP/1.1 401 Unauthorized\r\nA: 1\r\nb:  2 \r\nA: 3\r\n\r\n"
	var d dial.Dialer
	_, err := d.Dial(t.Context(), "ws://"+listen(t, answer(head)))
	var refused *dial.RefusedError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if want := []session.Header{{Name: "A", Value: "1"}, {Name: "b", Value: "2"}, {Name: "A", Value: "3"}}; !slices.Equal(refused.Header, want) {
		t.Errorf("header %q", refused.Header)
	}
	// The copy outlives the buffers that another dial takes from the pool.
	d.Dial(t.Context(), "ws://"+listen(t, answer(strings.Repeat("~", len(head)))))
	if refused.Reason != "Unauthorized" || refused.Header[0].Name != "A" {
		t.Errorf("overwritten: %q, %q", refused.Reason, refused.Header)
	}
}

// A server that keeps silent about the rest of the body is not waited for.
func TestSilentBody(t *testing.T) {
	for _, head := range []string{
		"HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n",
		"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n",
		"HTTP/1.1 503 Busy\r\n\r\n",
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			var d dial.Dialer
			_, err := d.Dial(t.Context(), "ws://"+listen(t, silentAfter(head+"wait", func() {})))
			var refused *dial.RefusedError
			if !errors.As(err, &refused) || string(refused.Body) != "wait" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestBadHead(t *testing.T) {
	for _, tt := range []struct {
		response  string
		err, also error
	}{
		{"", io.ErrUnexpectedEOF, nil},
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", io.ErrUnexpectedEOF, nil},
		{"SSH-2.0-OpenSSH_9.6\r\n", parse.ErrVersion, session.ErrInvalidProtocolFormat},
		{"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n", parse.ErrBareLF, session.ErrInvalidProtocolFormat},
		{"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 100) + "\r\n\r\n", parse.ErrTooLarge, session.ErrTooLarge},
		{"HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", parse.ErrTooManyFields, session.ErrTooLarge},
	} {
		d := dial.Dialer{MaxBytes: 100, MaxFields: 2}
		_, err := d.Dial(t.Context(), "ws://"+listen(t, answer(tt.response)))
		checkPhase(t, err, dial.PhaseResponse)
		if !errors.Is(err, tt.err) || tt.also != nil && !errors.Is(err, tt.also) {
			t.Errorf("%q: %v", tt.response, err)
		}
		if refused := (*dial.RefusedError)(nil); errors.As(err, &refused) {
			t.Errorf("%q: a refusal without a head: %v", tt.response, err)
		}
	}
}

// A peer that says nothing is told from one that stops in the middle.
func TestEndOfStream(t *testing.T) {
	for response, want := range map[string]string{"": "closed without an answer: unexpected EOF", "HTTP/1.1 101": "response: unexpected EOF"} {
		var d dial.Dialer
		_, err := d.Dial(t.Context(), "ws://"+listen(t, answer(response)))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want ...%s", response, err, want)
		}
	}
}

// A head that cannot be parsed says where, and what came instead of HTTP.
func TestBadHeadIsLocated(t *testing.T) {
	for response, want := range map[string]string{
		"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n": `it begins with "SSH-2.0-OpenSSH_9.2p1 De"`,
		"HTTP/1.1 101 OK\r\nA : b\r\n\r\n":   "at octet 18 of the head",
	} {
		var d dial.Dialer
		_, err := d.Dial(t.Context(), "ws://"+listen(t, answer(response)))
		if err == nil || !errors.Is(err, session.ErrInvalidProtocolFormat) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want ...%s", response, err, want)
		}
	}
}

// A server may refuse a request that it has not read to its end, and close: the
// write fails, and the answer is not lost. Without a whole answer, or with one that
// is no refusal, it is the write that failed.
func TestRefusedEarly(t *testing.T) {
	for _, tt := range []struct {
		response string
		phase    dial.Phase
	}{
		{"HTTP/1.1 431 Request Header Fields Too Large\r\nRetry-After: 9\r\n\r\ntoo large", dial.PhaseResponse},
		{"HTTP/1.1 431 Request Header", dial.PhaseRequest},
		{"SSH-2.0-OpenSSH\r\n", dial.PhaseRequest},
		{"", dial.PhaseRequest},
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n", dial.PhaseRequest},
	} {
		d := dial.Dialer{
			Config: &session.Config{Rand: zeros{}},
			Offer:  session.Offer{Header: []session.Header{{Name: "Large", Value: strings.Repeat("x", 16<<20)}}},
		}
		_, err := d.Dial(t.Context(), "ws://"+listen(t, func(nc net.Conn) {
			nc.Read(make([]byte, 1000))
			io.WriteString(nc, tt.response)
		}))
		checkPhase(t, err, tt.phase)
		refused := (*dial.RefusedError)(nil)
		if !errors.As(err, &refused) {
			if tt.phase == dial.PhaseResponse || !errors.As(err, new(*net.OpError)) {
				t.Errorf("%.30q: %v", tt.response, err)
			}
			continue
		}
		if tt.phase != dial.PhaseResponse || refused.Status != 431 || string(refused.Body) != "too large" || !slices.Contains(refused.Header, session.Header{Name: "Retry-After", Value: "9"}) {
			t.Errorf("%.30q: %v, %q, body %q", tt.response, err, refused.Header, refused.Body)
		}
	}
}
