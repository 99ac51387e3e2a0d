package dial_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

func TestPhaseString(t *testing.T) {
	for p, want := range []string{"phase 0", "setup", "dns", "connect", "proxy", "tls", "request", "response", "phase 8"} {
		if got := dial.Phase(p).String(); got != want {
			t.Errorf("phase %d is %q, want %q", p, got, want)
		}
	}
}

func TestErrorText(t *testing.T) {
	addr := listen(t, answer("HTTP/1.1 403 Forbidden\r\nSet-Cookie: id=secret\r\nContent-Length: 0\r\n\r\n"))
	var d dial.Dialer
	_, err := d.Dial(t.Context(), "ws://alice:secret@"+addr+"/path?token=secret")
	e := checkPhase(t, err, dial.PhaseResponse)
	if want := "ws://" + addr + "/path"; e.URL != want {
		t.Errorf("URL %q, want %q", e.URL, want)
	}
	text := err.Error()
	for _, part := range []string{"dial " + e.URL + ": response: ", `the server answered 403 "Forbidden"`} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %q", part, text)
		}
	}
	checkSecrets(t, err)
	if text := (&dial.RefusedError{Err: io.EOF, Status: 403, Reason: "No"}).Error(); text != `EOF: the answer is 403 "No"` {
		t.Errorf("text of a literal is %q", text)
	}
}

// Whatever the phase, no error shows the secrets of URL, proxy and headers.
func TestNoSecretsInErrors(t *testing.T) {
	closed := must(net.Listen("tcp", "127.0.0.1:0"))
	closed.Close()
	offer := session.Offer{Header: []session.Header{{Name: "Cookie", Value: "id=secret"}}}
	for _, tt := range []struct {
		scheme, addr string
	}{
		{"ws", closed.Addr().String()},
		{"ws", listen(t, answer(""))},
		{"ws", listen(t, answer("nonsense"))},
		{"ws", listen(t, answer("HTTP/1.1 101 Fine\r\nSet-Cookie: id=secret\r\n\r\n"))},
		{"ws", listen(t, answer("HTTP/1.1 400 id=secret\r\n\r\n"))},
		{"ws", listen(t, answer("HTTP/1.1 401 no Basic YWxpY2U6c2VjcmV0\r\n\r\n"))},
		{"ws", listen(t, answer("HTTP/1.1 404 no /?token=secret\r\n\r\n"))},
		{"ws", listen(t, answer("HTTP/1.1 101 Fine\r\nUpgrade: secret\r\n\r\n"))},
		{"ws", listen(t, answer("secret, you said"))},
		{"ws", listen(t, answer("GET /?token=secret HTTP/1.1\r\n"))},
		{"ws", listen(t, answer("HTTP/1.1 400 No\r\nSec-WebSocket-Version: id=secret\r\n\r\n"))},
		{"wss", listen(t, func(net.Conn) {})},
	} {
		d := dial.Dialer{Offer: offer}
		_, err := d.Dial(t.Context(), tt.scheme+"://alice:secret@"+tt.addr+"/?token=secret")
		checkSecrets(t, err)
	}
}

func checkSecrets(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, secret := range []string{"secret", "alice", "YWxpY2U6c2VjcmV0"} {
			if strings.Contains(e.Error(), secret) {
				t.Errorf("%q in %q", secret, e)
			}
		}
	}
}

// A proxy that repeats its credentials.
func TestNoSecretsInProxyErrors(t *testing.T) {
	for _, response := range []string{
		"HTTP/1.1 407 not Basic YWxpY2U6c2VjcmV0\r\n\r\n",
		"HTTP/1.1 407 not secret\r\n\r\n",
		"secret",
	} {
		d := dial.Dialer{Proxy: through("http://alice:secret@" + listen(t, answer(response)))}
		_, err := d.Dial(t.Context(), "ws://example.com/")
		checkPhase(t, err, dial.PhaseProxy)
		checkSecrets(t, err)
	}
}

// What is no secret is shown.
func TestServersWordsAreShown(t *testing.T) {
	d := dial.Dialer{Offer: session.Offer{Header: []session.Header{
		{Name: "Authorization", Value: "Bearer 0123456789"},
		{Name: "Cookie", Value: "session=abcdefghij"},
		{Name: "Origin", Value: "http://example.com"},
	}}}
	const reason = "Bearer token and session expired for http://example.com"
	_, err := d.Dial(t.Context(), "ws://"+listen(t, answer("HTTP/1.1 401 "+reason+"\r\n\r\n")))
	if err == nil || !strings.Contains(err.Error(), reason) {
		t.Error(err)
	}
}
