package serve

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestEcho(t *testing.T) {
	s := New()
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	d := websocket.Dialer{Subprotocols: []string{"second", "first"}, EnableCompression: true}
	c, response, err := d.Dial(strings.Replace(server.URL, "http", "ws", 1), http.Header{"Origin": {"http://elsewhere.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Subprotocol() != "second" || !strings.HasPrefix(response.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
		t.Errorf("the server answered %v", response.Header)
	}
	for _, message := range []string{"", "x", strings.Repeat("0123456789", 10000)} {
		for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			if err := c.WriteMessage(kind, []byte(message)); err != nil {
				t.Fatal(err)
			}
			if k, got, err := c.ReadMessage(); err != nil || k != kind || string(got) != message {
				t.Fatalf("%d bytes of kind %d came back as %d of kind %d, %v", len(message), kind, len(got), k, err)
			}
		}
	}
	if r, err := http.Get(server.URL); err != nil || r.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("a request without upgrade gives %v, %v", r, err)
	} else {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	pongs := 0
	c.SetPongHandler(func(string) error { pongs++; return nil })
	for range 3 {
		if err := c.WriteControl(websocket.PingMessage, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1001, "")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, 1001) || pongs != 3 {
		t.Errorf("the server answers a close with %v, and %d pings", err, pongs)
	}
	c.Close()
	got := s.Counts()
	if got.Opened != 1 || got.Refused != 1 || got.Peak != 1 || got.Messages != 6 || got.Pings != 3 || !maps.Equal(got.Closes, map[uint16]int64{1001: 1}) {
		t.Errorf("the server counted %+v", got)
	}
}

// A connection that ends without a close is counted as that.
func TestDropped(t *testing.T) {
	s := New()
	server := httptest.NewServer(s.Handler)
	defer server.Close()
	c, _, err := websocket.DefaultDialer.Dial(strings.Replace(server.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.NetConn().Close()
	for range 1000 {
		if s.Counts().Closes[1006] == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the server counted %+v", s.Counts())
}
