package main

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestVerbose(t *testing.T) {
	r := runStorm(t, "-v", "-n", "1", "--messages", "1", "--size", "5", "-H", "Authorization: Bearer very-secret", "--cookie", "id=very-secret")
	r.want(t, 0, "> GET / HTTP/1.1", "> Authorization: Bearer ***", "> Cookie: id=***", "< HTTP/1.1 101 ", "[ok]", `text           FIN mask            5 octets  "abcde"`, `text           FIN                 5 octets  "abcde"`, "close          FIN                 2 octets  1000")
	if strings.Contains(r.stdout+r.stderr, "very-secret") {
		t.Errorf("a credential is in %v", r)
	}
	runStorm(t, "-v", "-n", "1", "ws://"+answering(t, "HTTP/1.1 101 S\r\nUpgrade: h2c\r\nServer: x\r\n\r\n")).
		want(t, 3, `[broken: Upgrade is not "websocket"`, "[ignored]", "Connection", "[missing]")
	t.Setenv("STORM_TEST_SECRET", "very-secret")
	r = runStorm(t, "-v", "-n", "1", "ws://"+answering(t, "HTTP/1.1 404 Not Found\r\n\r\n")+"/{{env.STORM_TEST_SECRET}}/x")
	r.want(t, 3, "/{{env.STORM_TEST_SECRET}}/x", "> GET /***/x HTTP/1.1")
	if strings.Contains(r.stdout+r.stderr, "very-secret") {
		t.Errorf("what is of the environment is in %v", r)
	}
	runStorm(t, "-v", "-n", "2").want(t, 2, "--verbose: ")
}

// Some servers take a credential in a subprotocol. What is of the environment or of a
// table is sent, and shown in its braces.
func TestSecretSubprotocol(t *testing.T) {
	t.Setenv("STORM_TEST_SECRET", "very-secret")
	table := filepath.Join(t.TempDir(), "users.csv")
	if err := os.WriteFile(table, []byte("token\nvery-secret-1\nvery-secret-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := make(chan string, 5)
	url := upgrading(t, func(c *websocket.Conn, _ *http.Request) {
		names <- c.Subprotocol()
		c.ReadMessage()
	})
	for name, want := range map[string]map[string]int{
		"bearer.{{env.STORM_TEST_SECRET}}": {"bearer.very-secret": 5},
		"bearer.{{csv.token}}":             {"bearer.very-secret-1": 3, "bearer.very-secret-2": 2},
	} {
		r := runStorm(t, "-n", "4", "--csv-data", table, "--subprotocol", name, "--subprotocol", "mqtt", "--json", "-", url)
		r.want(t, 0, "4 chose "+name)
		if s := parseResult(t, r.stdout); s.Subprotocols[name] != 4 {
			t.Errorf("chosen: %v", s.Subprotocols)
		}
		one := runStorm(t, "-v", "-n", "1", "--csv-data", table, "--subprotocol", name, "--subprotocol", "mqtt", url)
		one.want(t, 0, "> Sec-WebSocket-Protocol: ", "***, mqtt\n", "< Sec-WebSocket-Protocol: ")
		offered := map[string]int{}
		for range 5 {
			offered[<-names]++
		}
		if !maps.Equal(offered, want) {
			t.Errorf("%s: offered %v, want %v", name, offered, want)
		}
		for _, r := range []result{r, one} {
			if strings.Contains(r.stdout+r.stderr, "very-secret") {
				t.Errorf("%s: a credential is in %v", name, r)
			}
		}
	}
}

// What carries the connection is shown, and the certificate though it is refused.
func TestVerboseTLS(t *testing.T) {
	a := newAuthority(t)
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	for _, tt := range []struct {
		server x509.Certificate
		args   string
		status int
		want   []string
	}{
		{x509.Certificate{IPAddresses: here, Subject: pkix.Name{CommonName: "a server\x1b[2J"}, NotAfter: time.Now().Add(50 * time.Hour)}, "--cacert " + a.file, 0,
			[]string{"* TLS 1.3            TLS_", ", ALPN http/1.1\n", `* certificate        CN=a server?[2J, verified` + "\n", "*   issued by        CN=an authority\n", " UTC, 2 days left\n"}},
		{x509.Certificate{DNSNames: []string{"a.example", "b.example"}, NotAfter: time.Now().Add(-time.Hour)}, "--insecure --tls-max 1.2", 0,
			[]string{"* TLS 1.2            TLS_ECDHE_", "* certificate        a.example, b.example, not verified\n", " UTC, expired\n"}},
		{x509.Certificate{IPAddresses: here, Subject: pkix.Name{CommonName: "a server"}, NotAfter: time.Now().Add(time.Hour)}, "", 3,
			[]string{"* certificate        CN=a server, not verified\n", "*   issued by        CN=an authority\n", " UTC, 0 days left\n", "* tls: certificate of an unknown authority: "}},
	} {
		_, url := a.secureServer(t, &tt.server)
		r := runStorm(t, append(strings.Fields(tt.args), "-v", "-n", "1", url)...)
		r.want(t, tt.status, tt.want...)
		addr := strings.TrimSuffix(strings.TrimPrefix(url, "wss://"), "/")
		if from := regexp.MustCompile(`(?m)^\* from               127\.0\.0\.1:\d+ to ` + regexp.QuoteMeta(addr) + "$"); from.MatchString(r.stdout) != (tt.status == 0) {
			t.Errorf("%q: addresses in %v", tt.args, r)
		}
	}
}

// Every frame is shown, with either engine and over TLS, but for what is secret.
func TestVerboseFrames(t *testing.T) {
	t.Setenv("STORM_TEST_SECRET", "very-secret")
	payload := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(payload, []byte("I am {{env.STORM_TEST_SECRET}}"), 0o666); err != nil {
		t.Fatal(err)
	}
	up := websocket.Upgrader{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		c.ReadMessage()
		c.NetConn().Write([]byte("\x89\x02hi" + "\x01\x06a very" + "\x80\x07-secret" + "\x82\x02\x00\xff" + "\x88\x0d\x03\xe9very-secret"))
		c.ReadMessage()
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	for _, args := range []string{
		"--engine " + engineFor("ws") + strings.Replace(plain.URL, "http", " ws", 1),
		"--engine net" + strings.Replace(plain.URL, "http", " ws", 1),
		"--insecure" + strings.Replace(secure.URL, "https", " wss", 1),
	} {
		r := runStorm(t, append(strings.Fields(args), "-v", "-n", "1", "--hold", "1m", "--messages", "1", "--payload", payload)...)
		r.want(t, 3)
		var got []string
		for line := range strings.Lines(r.stdout) {
			if sign, rest, ok := strings.Cut(line, " ms  "); ok && (line[0] == '<' || line[0] == '>') && len(sign) == len("<     0.896") {
				got = append(got, line[:1]+" "+strings.Join(strings.Fields(rest), " "))
			}
		}
		want := []string{
			`> text FIN mask 16 octets "I am ***"`,
			`< ping FIN 2 octets "hi"`,
			`< text 6 octets`,
			`< continuation FIN 7 octets`,
			`< binary FIN 2 octets 00 ff`,
			`< close FIN 13 octets 1001 "***"`,
			`> pong FIN mask 2 octets "hi"`,
			`< text message 13 octets "a ***"`,
			`> close FIN mask 2 octets 1001`,
		}
		slices.Sort(got) // the order of what came and what it led to is that of the reads
		slices.Sort(want)
		if !slices.Equal(got, want) || strings.Contains(r.stdout+r.stderr, "very-secret") {
			t.Errorf("%s: frames %q, want %q, in\n%v", args, got, want, r)
		}
	}
}
