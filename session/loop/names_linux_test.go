package loop_test

// Names, with a name server of the test's own.
//
//	TestNames                         each of its addresses, in turn
//	TestNamesRefresh, TestNamesSlow   looked up anew, and for a long time
//	TestNamesFallback                 an address that refuses
//	TestNamesTiming                   whose look-ups are timed
//	TestNamesSecure, TestNamesByProxy over net.Conn

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestNames(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := &names{}
		b := expect(0)
		cfg.Resolver, cfg.Refresh = n.resolver(), time.Hour
		g := group(t, b, cfg)
		url := "ws://many.test:" + everywhere(t, telling(net.Conn.LocalAddr)) + "/"

		if got := one(t, g, b, url); !strings.HasPrefix(got, "failed: dns: ") || !strings.Contains(got, "no such host") {
			t.Errorf("a name that there is not: %s", got)
		}
		n.set("127.0.0.1", "127.0.0.2", "127.0.0.3")
		var reached []string
		for range 6 {
			got := one(t, g, b, url)
			_, host, _ := strings.Cut(got, `closed 4000 "`)
			reached = append(reached, strings.TrimSuffix(host, `": <nil>`))
		}
		seen := slices.Compact(slices.Sorted(slices.Values(reached)))
		if !slices.Equal(seen, []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"}) || !slices.Equal(reached[:3], reached[3:]) {
			t.Errorf("reached %q in turn", reached)
		}
		if n.questions() != 2 {
			t.Errorf("the name was looked up %d times, want once for each answer", n.questions())
		}
	})
}

// An answer is used while it is looked up anew.
func TestNamesRefresh(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := &names{}
		n.set("127.0.0.1")
		b := expect(0)
		cfg.Resolver, cfg.Refresh = n.resolver(), time.Nanosecond
		g := group(t, b, cfg)
		url := "ws://moves.test:" + everywhere(t, telling(net.Conn.LocalAddr)) + "/"
		one(t, g, b, url)
		n.set("127.0.0.9")
		got := ""
		for limit := time.Now().Add(time.Minute); !strings.Contains(got, "127.0.0.9") && time.Now().Before(limit); {
			if got = one(t, g, b, url); !strings.Contains(got, "127.0.0.") {
				t.Fatal(got)
			}
		}
		if !strings.Contains(got, "127.0.0.9") {
			t.Fatalf("the new address is not used: %s", got)
		}
		n.set() // what is known stays so when a look-up fails
		for range 3 {
			if got := one(t, g, b, url); !strings.Contains(got, "127.0.0.9") {
				t.Error(got)
			}
		}
	})
}

// An address that refuses is passed over.
func TestNamesFallback(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		l, err := net.Listen("tcp4", "127.0.0.5:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go (&server{l, telling(net.Conn.LocalAddr)}).accept()
		n := &names{}
		n.set("127.0.0.4", "127.0.0.5", "127.0.0.6")
		b := expect(0)
		cfg.Resolver = n.resolver()
		g := group(t, b, cfg)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for range 3 {
			if got := one(t, g, b, "ws://some.test:"+port+"/"); !strings.Contains(got, "127.0.0.5") {
				t.Error(got)
			}
		}
		n.set("127.0.0.4", "127.0.0.6")
		b.failed = func(_ *loop.Loop, _ loop.Conn, f *loop.Failure) {
			if f.Phase != dial.PhaseConnect || !errors.Is(f.Err, syscall.ECONNREFUSED) || f.Timing.DNSDone.IsZero() {
				t.Errorf("%v %v, DNS done %v", f.Phase, f.Err, f.Timing.DNSDone)
			}
		}
		one(t, g, b, "ws://none.test:"+port+"/")
	})
}

// A look-up that takes long costs a connection its own time and no other's.
func TestNamesSlow(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := &names{wait: make(chan struct{})}
		n.set("127.0.0.1")
		b := expect(0)
		cfg.Resolver, cfg.ConnectTimeout = n.resolver(), 50*time.Millisecond
		g := group(t, b, cfg)
		url := "ws://slow.test:" + everywhere(t, telling(net.Conn.LocalAddr)) + "/"
		want := "failed: dns: loop: no connection within the time for it"
		for range 3 { // all wait for the same look-up
			if got := one(t, g, b, url); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if n.questions() != 1 {
			t.Errorf("asked %d times", n.questions())
		}
		close(n.wait)
		got := ""
		for limit := time.Now().Add(time.Minute); !strings.Contains(got, "127.0.0.1") && time.Now().Before(limit); {
			got = one(t, g, b, url)
		}
		if !strings.Contains(got, "127.0.0.1") {
			t.Error(got)
		}
	})
}

// Only who waited for a look-up has a time at which it was done.
func TestNamesTiming(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := &names{}
		n.set("127.0.0.1")
		b := expect(0)
		var done []bool
		b.opened = func(_ *loop.Loop, _ loop.Conn, o *loop.Opening) {
			at := o.Timing.DNSDone
			done = append(done, !at.IsZero())
			if !at.IsZero() && (at.Before(o.Timing.Start) || o.Timing.Connected.Before(at)) {
				t.Errorf("timing %+v", o.Timing)
			}
		}
		cfg.Resolver = n.resolver()
		g := group(t, b, cfg)
		url := "ws://timed.test:" + everywhere(t, telling(net.Conn.LocalAddr)) + "/"
		one(t, g, b, url)
		one(t, g, b, url)
		if !slices.Equal(done, []bool{true, false}) {
			t.Errorf("the look-up has a time: %v", done)
		}
	})
}

// A name is looked up by the loop for wss as well, and stays the one that the
// certificate has to be for.
func TestNamesSecure(t *testing.T) {
	server, trusting := certificate(t)
	s := serve(t, secure(server, telling(net.Conn.LocalAddr)))
	n := &names{}
	n.set("127.0.0.4", "127.0.0.1") // the first refuses
	b := expect(2)
	b.opened = func(_ *loop.Loop, _ loop.Conn, o *loop.Opening) {
		if tm := o.Timing; tm.DNSDone.IsZero() || tm.Connected.Before(tm.DNSDone) || tm.TLSDone.Before(tm.Connected) {
			t.Errorf("timing %+v", tm)
		}
	}
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver()})
	_, port, _ := net.SplitHostPort(s.Addr().String())
	for _, host := range []string{"example.com", "other.test"} {
		e := trustingEndpoint(t, "wss://"+host+":"+port+"/", trusting)
		g.Dial(e, 0)
	}
	b.wait(t)
	slices.Sort(b.lines)
	if len(b.lines) != 3 || b.lines[0] != `closed 4000 "127.0.0.1": <nil>` || !strings.HasPrefix(b.lines[1], "failed: tls: ") || b.lines[2] != "opened" {
		t.Errorf("told %q", b.lines)
	}
}

// A proxy is given the name: who connects by it need not know more.
func TestNamesByProxy(t *testing.T) {
	n := &names{}
	asked := make(chan string, 1)
	s := serve(t, func(p *peer) {
		if r, err := http.ReadRequest(p.br); err == nil {
			asked <- r.Method + " " + r.Host
		}
		io.WriteString(p, "HTTP/1.1 404 Not Found\r\n\r\n")
	})
	via, _ := url.Parse("http://" + s.Addr().String())
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver(), Proxy: func(*url.URL) (*url.URL, error) { return via, nil }})
	if got := one(t, g, b, "ws://inside.test/"); !strings.HasPrefix(got, "failed: proxy: ") {
		t.Error(got)
	}
	if got := <-asked; got != "CONNECT inside.test:80" || n.questions() != 0 {
		t.Errorf("the proxy was asked to %s, the name server %d times", got, n.questions())
	}
}

// An address of a family that is switched off, as IPv6 in many containers, is no reason
// not to try the other.
func TestFamilySwitchedOff(t *testing.T) {
	port := everywhere(t, telling(net.Conn.LocalAddr))
	n := &names{}
	n.set("127.0.0.1", "127.0.0.4")
	b := expect(0)
	cfg := loop.Config{Loops: 1, Resolver: n.resolver()}
	cfg.Handler = func(l *loop.Loop) loop.Handler {
		connects := 0
		l.Intercept(func(call string, p []byte) ([]byte, error) {
			if call == "connect" {
				if connects++; connects == 1 {
					return nil, syscall.EADDRNOTAVAIL
				}
			}
			return p, nil
		})
		return client{l, b}
	}
	g := groupOf(t, cfg)
	if got := one(t, g, b, "ws://both.test:"+port+"/"); !strings.HasPrefix(got, "opened") {
		t.Error(got)
	}
}
