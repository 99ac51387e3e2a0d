package loop_test

// Addresses to dial from.

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

func TestLocalAddrs(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, telling(net.Conn.RemoteAddr))
		b := expect(0)
		cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("::1"), netip.MustParseAddr("::ffff:127.0.0.3")}
		g := group(t, b, cfg)
		var came []string
		for range 4 {
			got := one(t, g, b, s.url())
			_, host, _ := strings.Cut(got, `closed 4000 "`)
			came = append(came, strings.TrimSuffix(host, `": <nil>`))
		}
		slices.Sort(came)
		if !slices.Equal(came, []string{"127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"}) {
			t.Errorf("came from %q", came)
		}
	})
}

// An address of the family of one of several is reached from that one, though it is
// known by name.
func TestLocalAddrsOfBothFamilies(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		n := &names{}
		n.set("127.0.0.1")
		b := expect(0)
		cfg.Resolver = n.resolver()
		cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.2")}
		g := group(t, b, cfg)
		url := "ws://both.test:" + everywhere(t, telling(net.Conn.RemoteAddr)) + "/"
		for range 4 {
			if got := one(t, g, b, url); !strings.Contains(got, "127.0.0.2") {
				t.Error(got)
			}
		}
	})
}

// Never is an address left out because there is none of its family.
func TestLocalAddrsOfAnotherFamily(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, telling(net.Conn.RemoteAddr))
		b := expect(0)
		cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr("::1")}
		g := group(t, b, cfg)
		want := "failed: dns: loop: no address to connect to"
		if got := one(t, g, b, s.url()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

// A proxy too is reached from an address of its family.
func TestLocalAddrsToProxy(t *testing.T) {
	proxy := serve(t, func(p *peer) {
		http.ReadRequest(p.br)
		io.WriteString(p, "HTTP/1.1 200 OK\r\n\r\n")
		telling(net.Conn.RemoteAddr)(p)
	})
	via, _ := url.Parse("http://" + proxy.Addr().String())
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Proxy: func(*url.URL) (*url.URL, error) { return via, nil },
		LocalAddrs: []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.2")}})
	for range 3 {
		if got := one(t, g, b, "ws://behind.test/"); !strings.Contains(got, "127.0.0.2") {
			t.Error(got)
		}
	}
}

// What fails within Dial is told later, not within.
func TestFailedNotWithinDial(t *testing.T) {
	n := &names{}
	n.set("127.0.0.1")
	forms(t, func(t *testing.T, cfg loop.Config) {
		b := expect(3)
		cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr("::1")}
		cfg.Resolver = n.resolver()
		within := false
		again := 2
		e := endpoint(t, "ws://four.test:1/", session.Offer{})
		b.failed = func(l *loop.Loop, _ loop.Conn, f *loop.Failure) {
			if within {
				t.Error("Failed within Dial")
			}
			if again--; again >= 0 {
				within = true
				l.Dial(e, 0)
				within = false
			}
		}
		g := group(t, b, cfg)
		g.Dial(e, 0)
		b.wait(t)
	})
}

func TestConfigAddressInvalid(t *testing.T) {
	cfg := loop.Config{Handler: func(*loop.Loop) loop.Handler { return loop.Ignore{} }, LocalAddrs: make([]netip.Addr, 1)}
	if _, err := loop.New(context.Background(), &cfg); !errors.Is(err, loop.ErrConfig) || !strings.HasSuffix(err.Error(), "LocalAddrs[0]") {
		t.Errorf("%v", err)
	}
}
