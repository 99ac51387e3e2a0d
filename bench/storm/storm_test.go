package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	"github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

func TestEmbeddedServer(t *testing.T) {
	r := runStorm(t, "-n", "50", "-c", "8", "--subprotocol", "b", "--subprotocol", "a",
		"--extension", "permessage-deflate; client_max_window_bits", "--extension", "permessage-deflate", "--json", "-")
	r.want(t, 0, "embedded server at ws://127.0.0.1:", "50 of 50")
	s := parseResult(t, r.stdout)
	c, l := s.Counts, s.Latency
	if c.Opened != 50 || c.Failed != 0 || s.Subprotocols["b"] != 50 || s.Extensions["permessage-deflate; client_max_window_bits"] != 50 ||
		l[measure.Service].OK.Max() < l[measure.Upgrade].OK.At(50) || s.Settings.Engine != engineFor("ws") || s.Marks.LastOpening <= 0 {
		t.Errorf("got %s", r.stdout)
	}
	if s.Server == nil || s.Server.Opened != 50 || s.Server.Peak != 50 || s.Server.Closes[1000] != 50 {
		t.Errorf("the server counted %+v", s.Server)
	}
}

// engineFor is the engine that a scheme gets by default.
func engineFor(scheme string) string {
	if scheme == "ws" && runtime.GOOS == "linux" {
		return "loop"
	}
	return "net"
}

// With either engine what is sent is counted as the server counts it, whatever the
// messages.
func TestExchange(t *testing.T) {
	payload := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(payload, []byte("{{conn}}, {{seq}}"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"",
		"--size 100000 --binary",
		"--message-rate 1000",
		"--size 0",
		"--size 0 --extension permessage-deflate",
		"--size 1000 --extension permessage-deflate",
		"--ping-interval 2ms --ping-timeout 10s --message-rate 100 --payload " + payload,
	} {
		for _, engine := range []string{engineFor("ws"), "net"} {
			r := runStorm(t, append(strings.Fields("-n 5 --messages 10 --echo-check --json - --engine "+engine), strings.Fields(args)...)...)
			r.want(t, 0)
			s := parseResult(t, r.stdout)
			c := s.Counts
			if c.Sent != 50 || c.Answered != 50 || s.Server.Messages != 50 || c.OctetsIn != c.OctetsOut || c.Pings != s.Server.Pings ||
				(c.Pings > 0) != strings.Contains(args, "ping") || s.Settings.Engine != engine {
				t.Errorf("%s: %s: %+v, server %+v", engine, args, c, s.Server)
			}
		}
	}
}

// A server that lies is found out, and one that closes is counted by its status.
func TestWrongReplies(t *testing.T) {
	url := upgrading(t, func(c *websocket.Conn, r *http.Request) {
		_, p, err := c.ReadMessage()
		if r.URL.Path == "/lie" {
			for ; err == nil; _, p, err = c.ReadMessage() {
				p[0]++
				c.WriteMessage(websocket.TextMessage, p)
			}
			return
		}
		if err != nil {
			return
		}
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1013, "later"))
		c.ReadMessage()
	})
	r := runStorm(t, "-n", "3", "--messages", "5", "--echo-check", "--json", "-", url+"/lie")
	r.want(t, 3, "wrong reply")
	s := parseResult(t, r.stdout)
	if n, _ := count(s.Wrongs, "wrong reply"); n != 15 || s.Counts.Answered != 0 || s.Counts.Sent != 15 || s.Counts.Closed != 3 {
		t.Errorf("got %+v", s.Counts)
	}
	r = runStorm(t, "-n", "3", "--messages", "5", "--echo-check", "--json", "-", url+"/close")
	r.want(t, 3, "closed with 1013")
	s = parseResult(t, r.stdout)
	if n, example := count(s.Drops, "closed with 1013"); n != 3 || !strings.Contains(example, "later") || s.Counts.Unanswered != 3 {
		t.Errorf("%q, %+v", example, s.Counts)
	}
}

func TestRateAndHold(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.json")
	r := runStorm(t, "-n", "20", "-r", "100", "--hold", "20ms", "--local-addr", "127.0.0.1", "--json", name)
	r.want(t, 0, "20 of 20", "arrivals")
	s := parseResult(t, content(t, name))
	if c := s.Counts; c.Opened != 20 || c.Dropped != 0 || s.Marks.LastStart < 189*time.Millisecond || s.Held != 20*time.Millisecond {
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
		{[]string{"ws://" + closedPort(t)}, "connect: refused", "refused"},
		{[]string{"ws://" + answering(t, "")}, "handshake: connection closed", "closed without an answer"},
		{[]string{"ws://" + answering(t, "HTTP/1.1 401 bad "+secret+"\r\n\r\n"), "-H", "Cookie: id=" + secret}, "status 401", "the answer is 401"},
		{[]string{"ws://me:xyz@" + answering(t, "HTTP/1.1 401 xyz of me\r\n\r\n")}, "status 401",
			`the server answered 401 "*** of ***" (it wants credentials: --user NAME:PASSWORD, --bearer TOKEN`},
		{[]string{"ws://" + answering(t, "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")},
			"handshake: Sec-WebSocket-Accept does not fit the key", "Sec-WebSocket-Accept"},
		{[]string{"ws://" + answering(t, "101Sec-WebSocket-Protocol: mqtt\r\n")}, "handshake: Sec-WebSocket-Protocol though none was offered", "--subprotocol offers it"},
		{[]string{"ws://" + answering(t, "HTTP/1.1 101\r\n\r\n")}, "handshake: no Upgrade header", "Upgrade"},
		{[]string{"ws://" + answering(t, "HTTP/1.1 101 \n\n")}, "handshake: line ends in LF without CR", "LF"},
		{[]string{"wss://" + answering(t, "no TLS")}, "tls: server does not speak TLS", "TLS"},
	} {
		page := filepath.Join(t.TempDir(), "page.html")
		r := runStorm(t, append(tt.args, "-n", "3", "--json", "-", "--html", page)...)
		r.want(t, 3, tt.reason, tt.example)
		html := content(t, page)
		s := parseResult(t, r.stdout)
		n, example := count(s.Failures, tt.reason)
		if c := s.Counts; c.Opened != 0 || c.Failed != 3 || n != 3 || !strings.Contains(example, tt.example) || s.Latency[measure.Handshake].OK.Count() != 0 {
			t.Errorf("%q: got %s", tt.args, r.stdout)
		}
		if strings.Contains(r.stdout+r.stderr+html, secret) {
			t.Errorf("%q: the credential is in %v\n%s", tt.args, r, html)
		}
		if !strings.Contains(html, "<strong>"+tt.reason+"</strong>") {
			t.Errorf("%q: the page lacks the reason:\n%s", tt.args, html)
		}
	}
}

// What a server that is overloaded says is kept: when to come again, and how its
// body begins.
func TestOverloaded(t *testing.T) {
	const secret = "token-that-nobody-may-see"
	addr := answering(t, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 120\r\nContent-Length: 51\r\n\r\nbackend\r\n is overloaded, "+secret+"\n")
	r := runStorm(t, "-n", "3", "--json", "-", "--bearer", secret, "ws://"+addr)
	r.want(t, 3, `the server answered 503 "Service Unavailable", Retry-After: 120`, "backend is overloaded, ***")
	s := parseResult(t, r.stdout)
	if len(s.Failures) != 1 || s.Failures[0].Reason != "status 503" || s.Failures[0].Count != 3 {
		t.Fatalf("failures %+v", s.Failures)
	}
	x := s.Failures[0].Example
	if x.Status != 503 || x.Body != "backend is overloaded, ***" || !slices.Contains(x.Header, measure.Header{Name: "Retry-After", Value: "120"}) ||
		strings.Contains(r.stdout+r.stderr, secret) {
		t.Errorf("the example is %+v, in %v", x, r)
	}
	runStorm(t, "-v", "-n", "1", "--bearer", secret, "ws://"+addr).want(t, 3, `< body begins "backend\r\n is overloaded, ***\n" ...`)
}

// Where a redirect leads is kept, without what may be a credential, in every form of
// the report.
func TestRedirect(t *testing.T) {
	const secret = "token-that-nobody-may-see"
	for _, row := range []struct{ status, location, want string }{
		{"301 Moved Permanently", "wss://u:" + secret + "@host.example/chat?ticket=" + secret + "#at=" + secret, "wss://***@host.example/chat?ticket=***#at=***"},
		{"302 Found", "/login?next=/chat", "/login?next=***"},
		{"307 Temporary Redirect", "//u:" + secret + "@host.example/a", "//***@host.example/a"},
		{"308 Permanent Redirect", "/chat/", "/chat/"},
	} {
		addr := answering(t, "HTTP/1.1 "+row.status+"\r\nLocation: "+row.location+"\r\nContent-Length: 0\r\n\r\n")
		html := filepath.Join(t.TempDir(), "page.html")
		r := runStorm(t, "-n", "1", "--json", "-", "--html", html, "ws://"+addr)
		r.want(t, 3, ", Location: "+row.want+"\n")
		x := parseResult(t, r.stdout).Failures[0].Example
		if !strings.HasSuffix(x.Text, ", Location: "+row.want) || !slices.Contains(x.Header, measure.Header{Name: "Location", Value: row.want}) {
			t.Errorf("%s: the example is %+v", row.status, x)
		}
		page := content(t, html)
		if !strings.Contains(page, "<code>Location</code></dt><dd><code>"+row.want+"</code>") || !strings.Contains(page, ", Location: "+row.want+"</p>") {
			t.Errorf("%s: the page has not %s:\n%s", row.status, row.want, page)
		}
		if strings.Contains(r.stdout+r.stderr+page, secret) {
			t.Errorf("%s: a credential is in %v", row.status, r)
		}
	}
	addr := answering(t, "HTTP/1.1 302 Found\r\nLocation: /login?next="+secret+"\r\n\r\n")
	runStorm(t, "-v", "-n", "1", "ws://"+addr).want(t, 3, "< Location: /login?next=*** ")
}

func TestTimeout(t *testing.T) {
	l := listen(t) // the kernel connects, nobody answers
	r := runStorm(t, "-n", "2", "--timeout", "100ms", "ws://"+l.Addr().String())
	r.want(t, 3, ": timeout", "handshake: timeout")
}

func TestDrops(t *testing.T) {
	addr := answering(t, "101")
	runStorm(t, "-n", "3", "--hold", "1m", "ws://"+addr).want(t, 3, "3 of 3", "3 of 3 that were open", "connection closed", " s of 1m0s")
	runStorm(t, "-n", "3", "-r", "10", "ws://"+addr).want(t, 3, "3 of 3", "of 3 that were open") // time to notice
}

// A server that is there and says nothing ends no run, but in time.
func TestMuteServer(t *testing.T) {
	url := mute(t)
	r := runStorm(t, "-n", "3", "--messages", "20", "--reply-timeout", "200ms", url)
	r.want(t, 3, "3 of 3 that were open", "no reply to a message", "--no-reply", "57 messages were not sent, and 3 not answered", "unanswered    3 messages, 100%")
	r = runStorm(t, "-n", "3", "--messages", "20", "--no-reply", "--json", "-", url)
	r.want(t, 0, "60 sent, no reply awaited")
	if s := parseResult(t, r.stdout); s.Counts.Sent != 60 || s.Counts.Unanswered != 0 || !s.Settings.NoReply {
		t.Errorf("got %+v", s.Counts)
	}
	runStorm(t, "-n", "3", "--message-rate", "10", "--hold", "50ms", url).want(t, 3, "unanswered    3 messages, 100%")
	runStorm(t, "-n", "3", "--message-rate", "10", "--hold", "1h", "--time-limit", "300ms", url).want(t, 3, "its time was over", "unanswered")
}

// A server that reads as fast as messages are sent keeps no loop from its other
// connections, nor from the end of the run.
func TestNoReplyAsFastAsItGoes(t *testing.T) {
	for _, rate := range []string{"0", "100000000"} {
		for _, size := range []string{"0", "64"} {
			r := runStorm(t, "-n", "20", "--lifetime", "100ms", "--no-reply", "--size", size, "--message-rate", rate, "--json", "-", mute(t))
			r.want(t, 0, "20 of 20")
			if s := parseResult(t, r.stdout); s.Counts.Sent < 20*16 || s.Elapsed > 20*time.Second {
				t.Errorf("rate %s, %s octets: %d sent in %v", rate, size, s.Counts.Sent, s.Elapsed)
			}
		}
	}
}

// mute is the URL of a server that reads, and answers nothing but a close.
func mute(t *testing.T) (url string) {
	t.Helper()
	return upgrading(t, func(c *websocket.Conn, _ *http.Request) {
		for err := error(nil); err == nil; {
			_, _, err = c.ReadMessage()
		}
	})
}

// upgrading is the URL of a server that does what serve does with each connection.
func upgrading(t *testing.T, serve func(c *websocket.Conn, r *http.Request)) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{Subprotocols: websocket.Subprotocols(r)}
		if c, err := up.Upgrade(w, r, nil); err == nil {
			defer c.Close()
			serve(c, r)
		}
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

// Nobody is there: those that are dialled again are given up with their lifetime.
func TestReconnectToNobody(t *testing.T) {
	r := runStorm(t, "-r", "10", "--duration", "500ms", "--lifetime", "300ms", "--reconnect", "50ms", "--json", "-", "ws://"+closedPort(t))
	r.want(t, 3, "5, 100%; and ", "attempts to dial again", "0 of ")
	if c := parseResult(t, r.stdout).Counts; c.Failed != 5 || c.Reconnect.Failed < 5 {
		t.Errorf("got %+v", c)
	}
}

// An answer to the close that breaks the protocol is no close of the server's.
func TestBadAnswerToTheClose(t *testing.T) {
	url := upgrading(t, func(c *websocket.Conn, _ *http.Request) {
		c.SetCloseHandler(func(int, string) error { // 999 is not for the wire: RFC 6455 section 7.4.1
			_, err := c.NetConn().Write([]byte{0x88, 2, 3, 0xe7})
			return err
		})
		c.ReadMessage()
	})
	r := runStorm(t, "-n", "3", "--json", "-", url)
	r.want(t, 3, "3 of 3 that were open")
	if s := parseResult(t, r.stdout); len(s.CloseCodes) != 0 || s.Counts.Dropped != 3 {
		t.Errorf("closed with %v, %+v", s.CloseCodes, s.Counts)
	}
}

// What stops a run within its warm-up is shown, and is a failure; so is one that has
// nothing else.
func TestStopInTheWarmUp(t *testing.T) {
	runStorm(t, "-r", "20", "-n", "3", "--warmup", "5s", "--hold", "1ms", "ws://"+closedPort(t)).want(t, 3, "0 opened, 3 failed", "3  connect: refused")
	runStorm(t, "-r", "100", "-n", "1000", "--warmup", "5s", "--stop-on-failures", "3", "ws://"+closedPort(t)).
		want(t, 3, "--stop-on-failures", "0 opened, 4 failed", "4  connect: refused")
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
		{[]string{"serve", "-x"}, "unknown flag -x"},
		{[]string{"serve", "x"}, "serve: "},
	} {
		r := runStorm(t, tt.args...)
		r.want(t, 2, tt.want, "storm --help")
		if r.stdout != "" {
			t.Errorf("%q: got %v", tt.args, r)
		}
	}
	runStorm(t, "serve", "--addr", "nowhere").want(t, 1, "--addr: ")
	runStorm(t, "--help").want(t, 0, "storm merge", "Examples:")
	runStorm(t, "help").want(t, 0, "storm merge", "Examples:")
	runStorm(t, "help", "status").want(t, 0, "Exit status")
	runStorm(t, "--version").want(t, 0, "storm ")
	runStorm(t, "serve", "--help").want(t, 0, "echo server")
}

// What is broken comes before what failed.
func TestThresholds(t *testing.T) {
	closed := "ws://" + closedPort(t)
	for _, tt := range []struct {
		status int
		args   string
	}{
		{0, "-n 3 --threshold opened==3 --threshold failed<1%"},
		{99, "-n 3 --threshold opened==3 --threshold opened==4 --threshold message.p99<1s"},
		{4, "-n 3 --threshold opened==3 --threshold message.p99<1s"},
		{99, "-n 3 --threshold failed<1% " + closed},
		{0, "-n 3 --threshold failed<=100% " + closed},
		{4, "-n 3 --threshold handshake.p99<1s " + closed},
		{3, "-n 3 " + closed},
		{2, "-n 3 --threshold nonsense<1"},
	} {
		runStorm(t, strings.Fields(tt.args)...).want(t, tt.status)
	}
}

func TestMerge(t *testing.T) {
	server := httptest.NewServer(serve.New().Handler)
	defer server.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	dir := t.TempDir()
	a, b, other := filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json"), filepath.Join(dir, "other.json")
	for name, n := range map[string]string{a: "5", b: "5", other: "6"} {
		runStorm(t, "-n", n, "--json", name, url).want(t, 0)
	}
	page := filepath.Join(dir, "page.html")
	r := runStorm(t, "merge", a, b, "--json", "-", "--html", page, "--threshold", "opened==10")
	r.want(t, 0, "10 of 10")
	if html := content(t, page); !strings.Contains(html, "2 runs merged") || !strings.Contains(html, "opened==10") {
		t.Errorf("the page is %s", html)
	}
	if s := parseResult(t, r.stdout); s.Counts.Opened != 10 || s.Runs != 2 || s.Latency[measure.Handshake].OK.Count() != 10 {
		t.Errorf("got %+v", s.Counts)
	}
	copied := filepath.Join(dir, "copied.json")
	if err := os.WriteFile(copied, []byte(content(t, a)), 0o666); err != nil {
		t.Fatal(err)
	}
	runStorm(t, "merge", a, b, copied).want(t, 2, "merge: "+a+" and "+copied+" are of the same run, which counts once")
	runStorm(t, "merge", a, other).want(t, 2, "other.json", "merge: ")
	runStorm(t, "merge", a, filepath.Join(dir, "none")).want(t, 2, "none")
}
