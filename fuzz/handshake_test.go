package fuzz

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
)

const (
	sample   = "the sample nonce"
	accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	three    = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accepted + "\r\n"
)

type nonce struct{}

func (nonce) Read(p []byte) (int, error) { return copy(p, sample), nil }

// entries are the lines of s.
func entries(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// FuzzHandshake: EndHandshake says of any response to any offer what the twin
// says, of a parsed one as of one filled in by hand; what it selects was
// offered, and it allocates nothing.
func FuzzHandshake(f *testing.F) {
	const statusLine = "HTTP/1.1 101 Switching Protocols\r\n"
	f.Add("chat\nsuperchat", "permessage-deflate; client_max_window_bits\nfoo", false, []byte(statusLine+three+"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: foo, permessage-deflate; client_max_window_bits=12\r\n\r\n"))
	f.Add("chat", "", true, []byte(statusLine+three+"\r\n"))
	f.Add("", "a; x=1\na; x=2", false, []byte(statusLine+three+"Sec-WebSocket-Extensions: a; x=\"\\2\"\r\nSec-WebSocket-Extensions: ,a;x=3\r\n\r\n"))
	f.Add("", "permessage-deflate; server_max_window_bits=10\npermessage-deflate; server_no_context_takeover\npermessage-deflate", false, []byte(statusLine+three+"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"))
	f.Add("", "", false, []byte(statusLine+"Upgrade: websocket\r\nConnection: close, Upgrade\r\n\r\n"))
	f.Add("", "", false, []byte("HTTP/1.1 426 \r\nSec-WebSocket-Version: 8, 7\r\n\r\n"))
	vectors(f)
	f.Fuzz(func(t *testing.T, subprotocols, extensions string, optional bool, head []byte) {
		if len(head) > 4096 {
			return
		}
		offer := session.Offer{
			Host:                "server.example",
			Subprotocols:        entries(subprotocols),
			Extensions:          entries(extensions),
			SubprotocolOptional: optional,
		}
		req, err := session.NewRequest(offer)
		if err != nil {
			return
		}
		r := &parse.Response{Fields: make([]parse.Field, 0, 128)}
		if _, err := r.Parse(head); err != nil {
			return
		}
		want := judge(offer, r, accepted)
		literal := &parse.Response{Status: r.Status, Fields: slices.Clone(r.Fields)}
		for _, r := range []*parse.Response{r, literal} {
			end(t, req, r, want)
		}
	})
}

// vectors adds the cases of package session.
func vectors(f *testing.F) {
	text, err := os.ReadFile("../session/testdata/handshake.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var v struct {
			Offer    struct{ Subprotocols, Extensions []string }
			Response string
		}
		if err := json.Unmarshal(line, &v); err != nil {
			f.Fatal(err)
		}
		var head []byte
		for _, octet := range v.Response {
			head = append(head, byte(octet))
		}
		f.Add(strings.Join(v.Offer.Subprotocols, "\n"), strings.Join(v.Offer.Extensions, "\n"), false, head)
	}
}

func end(t *testing.T, req *session.Request, r *parse.Response, want verdict) {
	t.Helper()
	var clients [2]session.Client // AllocsPerRun runs once more than asked
	for i := range clients {
		if err := clients[i].Init(&session.Config{Rand: nonce{}}); err != nil {
			t.Fatal(err)
		}
		if _, err := clients[i].BeginHandshake(nil, req); err != nil {
			t.Fatal(err)
		}
	}
	next, cells := 0, make([]int, req.NumExtensions())
	var got verdict
	if n := testing.AllocsPerRun(1, func() {
		for i := range cells {
			cells[i] = -7
		}
		got.selected, got.subprotocol, got.err = clients[next].EndHandshake(r, cells)
		next++
	}); n != 0 {
		t.Fatalf("%v allocations", n)
	}
	c := &clients[1]
	if !sameRule(got.err, want.err) || got.err == nil && (!slices.Equal(got.selected, want.selected) || got.subprotocol != want.subprotocol) {
		t.Fatalf("%+v\ntwin %+v", got, want)
	}
	if field, offset := c.Fault(); field < -1 || field >= len(r.Fields) || offset < -1 || field < 0 && offset >= 0 ||
		field >= 0 && offset > max(len(r.Fields[field].Name), len(r.Fields[field].Value)) {
		t.Fatalf("%v: fault in field %d at %d", got.err, field, offset)
	}
	if text := c.Explain(got.err, r); text == "" || strings.ContainsAny(text, "\r\n") {
		t.Fatalf("explained as %q", text)
	}
	for i, index := range cells {
		switch selected := i < len(want.selected); {
		case selected && (index < 0 || index >= len(cells) || slices.Contains(cells[:i], index)):
			t.Fatalf("selected %v of %d offers", cells, len(cells))
		case !selected && index != -7:
			t.Fatalf("wrote %v, selected %v", cells, want.selected)
		}
	}
}

// sameRule reports whether two errors name the same rule; which of the rules
// of permessage-deflate comes first is not said anywhere.
func sameRule(a, b error) bool {
	deflate := func(err error) bool {
		var e session.Error
		return errors.As(err, &e) && session.ErrDeflateParameter <= e && e <= session.ErrDeflateTwice
	}
	return a == b || deflate(a) && deflate(b)
}
