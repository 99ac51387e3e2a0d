package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestTemplate(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"{{conn}}", "7"},
		{"{{seq}}{{conn}}{{seq}}", "373"},
		{`{"id":"{{conn}}-{{seq}}"}`, `{"id":"7-3"}`},
		{"{{other}} {{conn", "{{other}} {{conn"},
	} {
		x := exchange{text: cutTemplate(row.text)}
		if got := string(x.append(nil, 7, 3)); got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
	}
}

func TestMessageDue(t *testing.T) {
	start := time.Unix(1000, 0)
	x := exchange{rate: 4}
	if got := x.due(start, 6).Sub(start); got != 1500*time.Millisecond {
		t.Errorf("the seventh message of four a second is due after %v", got)
	}
	if x.rate = 0; !x.due(start, 6).IsZero() {
		t.Error("due without a rate")
	}
}

func TestExchangeSettings(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("a\xff"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		args, want string // want: the flag at fault
	}{
		{"--size 10", "--messages"},
		{"--message-rate 10", "--messages"},
		{"--echo-check", "--messages"},
		{"--binary", "--messages"},
		{"--messages -1", "--messages"},
		{"--messages 1 --message-rate -1", "--message-rate"},
		{"--messages 1 --message-rate NaN", "--message-rate"},
		{"--messages 1000000 --message-rate 0.001", "--message-rate"},
		{"--messages 1 --size -1", "--size"},
		{"--messages 1 --size 33554433", "--size"},
		{"--messages 1 --size 5 --payload " + text, "--size"},
		{"--messages 1 --payload " + text, "--payload"},
		{"--messages 1 --payload " + text + ".none", "--payload"},
		{"--messages 1 --binary --payload " + text, ""},
		{"--ping-interval -1s", "--ping-interval"},
		{"--ping-interval 1s", ""},
	} {
		_, _, err := parseArgs(strings.Fields(row.args))
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.HasPrefix(err.Error(), row.want+":")) {
			t.Errorf("%s: %v", row.args, err)
		}
	}
}

// What is sent is counted as the server counts it, whatever the messages.
func TestExchange(t *testing.T) {
	payload := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(payload, []byte("{{conn}}, {{seq}}"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"--messages 10",
		"--messages 10 --size 100000 --binary",
		"--messages 10 --message-rate 1000",
		"--messages 10 --size 1000 --extension permessage-deflate",
		"--messages 10 --ping-interval 1ms --payload " + payload,
	} {
		s := newEchoServer()
		server := httptest.NewServer(s.Handler)
		p, _, err := parseArgs(append(strings.Fields("-n 5 --echo-check "+args), "ws"+strings.TrimPrefix(server.URL, "http")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.execute(t.Context(), os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		if counts := s.counts(); got.Messages != 50 || got.Answered != 50 || counts.Echoed != 50 || got.OctetsIn != got.OctetsOut || got.status() != 0 {
			t.Errorf("%s: %+v, server %v", args, got, counts)
		}
		if got.Message == nil || (got.MessageDue != nil) != strings.Contains(args, "rate") {
			t.Errorf("%s: %v, %v", args, got.Message, got.MessageDue)
		}
		server.Close()
	}
}

// A server that lies is found out, and one that closes is counted by its status.
func TestWrongReplies(t *testing.T) {
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		_, p, err := c.ReadMessage()
		if err != nil {
			return
		}
		if r.URL.Path == "/lie" {
			p[0]++
			c.WriteMessage(websocket.TextMessage, p)
			c.ReadMessage()
			return
		}
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1013, "later"))
		c.ReadMessage()
	}))
	defer server.Close()
	for _, row := range []struct {
		path string
		want func(*summary) bool
	}{
		{"/lie", func(s *summary) bool { return s.Wrongs["wrong reply"] == 3 && s.Answered == 0 }},
		{"/close", func(s *summary) bool {
			return s.Drops["closed with 1013"] == 3 && strings.Contains(s.Examples["closed with 1013"], "later")
		}},
	} {
		p, _, err := parseArgs([]string{"-n", "3", "--messages", "5", "--echo-check", "ws" + strings.TrimPrefix(server.URL, "http") + row.path})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.execute(t.Context(), os.Stderr)
		if err != nil || !row.want(s) || s.Messages != 3 || s.status() != exitFailed {
			t.Errorf("%s: %+v, %v", row.path, s, err)
		}
		var text bytes.Buffer
		if err := s.writeText(&text, "SETTINGS"); err != nil || slices.ContainsFunc(strings.Split(text.String(), "\n"), func(line string) bool { return len(line) > 200 }) {
			t.Errorf("%v:\n%s", err, text.String())
		}
	}
}

func TestProgressOfMessages(t *testing.T) {
	r := newRun(&plan{n: 2, exchange: exchange{messages: 50}})
	r.opened, r.opening, r.answered = 2, time.Second, 7
	if got, want := r.progressLine()(3*time.Second), "3 s: 7 of 100 messages answered: 2 open, 0 failed, 0 dropped"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
