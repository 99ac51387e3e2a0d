package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

func TestEmbeddedServer(t *testing.T) {
	r := runStorm(t, "-n", "50", "-c", "8", "--subprotocol", "b", "--subprotocol", "a",
		"--extension", "permessage-deflate; client_max_window_bits", "--extension", "permessage-deflate", "--json", "-")
	r.want(t, 0, "embedded server at ws://127.0.0.1:", "50 of 50")
	s := parseSummary(t, r.stdout)
	if s.Opened != 50 || s.Failed != 0 || s.Subprotocols["b"] != 50 || s.Extensions["permessage-deflate; client_max_window_bits"] != 50 ||
		s.Handshake == nil || s.Handshake.Max < s.Upgrade.P50 || s.Intended != nil || s.Engine != "net" || s.ElapsedS <= 0 {
		t.Errorf("got %s", r.stdout)
	}
	if *s.Server != (serverCounts{50, 50, 0}) {
		t.Errorf("the server counted %+v", *s.Server)
	}
}

func TestRateAndHold(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	r := runStorm(t, "-n", "20", "-r", "100", "--hold", "20ms", "--local-addr", "127.0.0.1", "--json", name)
	r.want(t, 0, "20 of 20", "intended")
	s := parseSummary(t, content(t, name))
	if s.Opened != 20 || s.Dropped != 0 || s.Intended == nil || s.Intended.Max < s.Handshake.P50 || s.ElapsedS < 0.19 || s.C != 0 {
		t.Errorf("got %+v", s)
	}
}

func TestRefusals(t *testing.T) {
	const secret = "token-that-nobody-may-see"
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusForbidden)
	}))
	defer refusing.Close()
	url := strings.Replace(refusing.URL, "http://", "ws://user:"+secret+"@", 1)
	for _, tt := range []struct {
		args    []string
		reason  string
		example string
	}{
		{[]string{url}, "status 403", "Forbidden"},
		{[]string{url, "-H", "Authorization: Bearer " + secret}, "status 403", "Forbidden"},
		{[]string{"ws://" + closedPort(t)}, "connect: refused", "dial tcp"},
		{[]string{"ws://" + answering(t, "")}, "handshake: connection closed", "EOF"},
		{[]string{"ws://" + answering(t, "HTTP/1.1 401 bad "+secret+"\r\n\r\n"), "-H", "Cookie: id=" + secret}, "status 401", "the answer is 401"},
		{[]string{"ws://me:xyz@" + answering(t, "HTTP/1.1 401 xyz of me\r\n\r\n")}, "status 401",
			`the server answered 401 "*** of ***" (it wants credentials: -H 'Authorization: ...', or USER:PASSWORD@`},
		{[]string{"ws://" + answering(t, "HTTP/1.1 101\r\n\r\n")}, "handshake: no Upgrade header", "Upgrade"},
		{[]string{"ws://" + answering(t, "HTTP/1.1 101 \n\n")}, "handshake: line ends in LF without CR", "LF"},
		{[]string{"wss://" + answering(t, "no TLS")}, "tls: server does not speak TLS", "TLS"},
	} {
		r := runStorm(t, append(tt.args, "-n", "3", "--json", "-")...)
		r.want(t, 3, tt.reason, tt.example)
		s := parseSummary(t, r.stdout)
		if s.Opened != 0 || s.Failed != 3 || s.Failures[tt.reason] != 3 || !strings.Contains(s.Examples[tt.reason], tt.example) || s.Handshake != nil {
			t.Errorf("%q: got %s", tt.args, r.stdout)
		}
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("%q: the credential is in %v", tt.args, r)
		}
	}
}

func TestTimeout(t *testing.T) {
	l := listen(t) // the kernel connects, nobody answers
	r := runStorm(t, "-n", "2", "--timeout", "100ms", "ws://"+l.Addr().String())
	r.want(t, 3, ": timeout", "no answer within --timeout 100ms")
}

func TestTLS(t *testing.T) {
	s := newEchoServer()
	server := httptest.NewUnstartedServer(s.Handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of every refusal
	server.StartTLS()
	defer server.Close()
	url := strings.Replace(server.URL, "https", "wss", 1)
	runStorm(t, "-n", "3", url).want(t, 3, "tls: certificate of an unknown authority", "--insecure")
	runStorm(t, "-n", "3", "--insecure", url).want(t, 0, "3 of 3")
	if s.counts().Opened != 3 {
		t.Errorf("the server counted %v", s.counts())
	}
}

func TestDrops(t *testing.T) {
	addr := answering(t, "101")
	runStorm(t, "-n", "3", "--hold", "1m", "ws://"+addr).want(t, 3, "3 of 3", "3 of the opened, by the server", "connection closed", " s of 60 s")
	runStorm(t, "-n", "3", "-r", "10", "ws://"+addr).want(t, 3, "3 of 3", "of the opened, by the server") // time to notice
}

func TestBadUsage(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none", "out.json")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-n", "0"}, "-n: "},
		{[]string{"http://127.0.0.1/"}, "scheme"},
		{[]string{"--json", none}, "--json: open " + none},
		{[]string{"serve", "-x"}, "serve: "},
		{[]string{"serve", "x"}, "serve: "},
	} {
		r := runStorm(t, tt.args...)
		r.want(t, 2, tt.want, "storm --help")
		if r.stdout != "" {
			t.Errorf("%q: got %v", tt.args, r)
		}
	}
	runStorm(t, "serve", "--addr", "nowhere").want(t, 1, "--addr: ")
	runStorm(t, "--help").want(t, 0, "Exit status")
	runStorm(t, "help").want(t, 0, "Exit status")
	runStorm(t, "--version").want(t, 0, "storm ")
	runStorm(t, "serve", "--help").want(t, 0, "echo server")
}
