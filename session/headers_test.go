package session_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// The additional headers, appended in the one order.
func TestHandshakeHeaders(t *testing.T) {
	for _, row := range []struct {
		name  string
		offer session.Offer
		want  []session.Header
	}{
		{parsetest.At("the least"), session.Offer{}, []session.Header{
			{"A", "b"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
		}},
		{parsetest.At("everything but Host and Offer.Header"), session.Offer{
			Subprotocols: []string{"chat", "superchat"}, Extensions: []string{"foo; bar=1", "baz"}, Header: []session.Header{{"Origin", "x"}},
		}, []session.Header{
			{"A", "b"}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
			{"Sec-WebSocket-Protocol", "chat, superchat"}, {"Sec-WebSocket-Extensions", "foo; bar=1, baz"},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := session.NewClient(sample)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.HandshakeHeaders([]session.Header{{"A", "b"}}, compile(t, row.offer))
			if !slices.Equal(got, row.want) || err != nil {
				t.Errorf("%q, %v\nwant %q", got, err, row.want)
			}
		})
	}
}

// A handshake with net/http as the HTTP stack on both sides.
func TestHandshakeHeadersWithNetHTTP(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "http://app.example" || len(r.Header.Values("Connection")) != 1 {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		value := accept.Of(accept.Key([]byte(r.Header.Get("Sec-Websocket-Key"))))
		w.Header().Set("Upgrade", r.Header.Get("Upgrade"))
		w.Header().Set("Connection", r.Header.Get("Connection"))
		w.Header().Set("Sec-Websocket-Accept", string(value[:]))
		w.Header().Set("Sec-Websocket-Protocol", "chat")
		w.Header().Add("Sec-Websocket-Extensions", "bar")
		w.Header().Add("Sec-Websocket-Extensions", "foo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if line, err := rw.ReadString('\n'); err == nil {
			io.WriteString(conn, line)
		}
	}))
	defer server.Close()

	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, Extensions: []string{"foo", "bar"}})
	var c session.Client
	headers, err := c.HandshakeHeaders(nil, req)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Origin", "http://app.example")
	ask.Header.Set("Connection", "keep-alive") // replaced
	for _, h := range headers {
		ask.Header.Set(h.Name, h.Value)
	}
	answer, err := server.Client().Transport.RoundTrip(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()

	r := parse.Response{Status: answer.StatusCode}
	for name, values := range answer.Header {
		for _, value := range values {
			r.Fields = append(r.Fields, parse.Field{Name: []byte(name), Value: []byte(value)})
		}
	}
	selected, subprotocol, err := c.EndHandshake(&r, make([]int, req.NumExtensions()))
	if err != nil || subprotocol != 0 || !slices.Equal(selected, []int{1, 0}) {
		t.Fatalf("%v, %d, %v\n%s", selected, subprotocol, err, c.Explain(err, &r))
	}
	conn := answer.Body.(io.ReadWriter)
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "hello\n" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
}
