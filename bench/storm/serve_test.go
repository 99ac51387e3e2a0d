package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

func TestServe(t *testing.T) {
	cmd := command(t, "serve")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "ws://127.0.0.1:") {
		t.Fatalf("first line is %q, want a URL", lines.Text())
	}
	c, _, err := websocket.DefaultDialer.Dial(lines.Text(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	stdin.Close()
	if !lines.Scan() || lines.Text() != "1 opened, 1 at once, 0 messages" {
		t.Errorf("last line is %q", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestEcho(t *testing.T) {
	s := newEchoServer()
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
	if got := s.counts(); got != (serverCounts{1, 1, 6}) {
		t.Errorf("the server counted %v", got)
	}
	c.Close()
}
