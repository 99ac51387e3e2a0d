package loop_test

// Names, with a name server of the test's own, and addresses to dial from.

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
	"github.com/zeroshake/zeroshake/session/loop"
)

// names is a name server with one name. It answers questions for IPv4 addresses
// with addrs, or that there is no such name, and others with nothing.
type names struct {
	mu    sync.Mutex
	addrs []string
	asked int           // questions for IPv4 addresses
	wait  chan struct{} // if not nil, answers wait for it to be closed
}

func (n *names) set(addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addrs = addrs
}

func (n *names) questions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go n.serve(theirs)
		return ours, nil
	}}
}

// serve answers as over TCP: RFC 1035 section 4.2.2.
func (n *names) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		answer := n.answer(question)
		c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	}
}

func (n *names) answer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	a := slices.Clone(question[:end+5])
	copy(a[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if kind != 1 {
		return a
	}
	n.mu.Lock()
	n.asked++
	wait := n.wait
	n.mu.Unlock()
	if wait != nil {
		<-wait
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.addrs == nil {
		a[3] |= 3 // no such name
	}
	a[7] = byte(len(n.addrs))
	for _, addr := range n.addrs {
		ip := netip.MustParseAddr(addr).As4()
		a = append(append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4), ip[:]...)
	}
	return a
}

// everywhere is a server at every address of the machine, and its port.
func everywhere(t *testing.T, script func(*peer)) (port string) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go (&server{l, script}).accept()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// telling closes each connection with the address that it came to.
func telling(p *peer) {
	host, _, _ := net.SplitHostPort(p.LocalAddr().String())
	p.upgrade(frame(0x88, []byte("\x0f\xa0"+host))...)
	p.next()
}

func TestNames(t *testing.T) {
	n := &names{}
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver(), Refresh: time.Hour})
	url := "ws://many.test:" + everywhere(t, telling) + "/"

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
}

// An answer is used while it is looked up anew.
func TestNamesRefresh(t *testing.T) {
	n := &names{}
	n.set("127.0.0.1")
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver(), Refresh: time.Nanosecond})
	url := "ws://moves.test:" + everywhere(t, telling) + "/"
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
}

// An address that refuses is passed over.
func TestNamesFallback(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.5:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go (&server{l, telling}).accept()
	n := &names{}
	n.set("127.0.0.4", "127.0.0.5", "127.0.0.6")
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver()})
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
}

// A look-up that takes long costs a connection its own time and no other's.
func TestNamesSlow(t *testing.T) {
	n := &names{wait: make(chan struct{})}
	n.set("127.0.0.1")
	b := expect(0)
	g := group(t, b, loop.Config{Loops: 1, Resolver: n.resolver(), ConnectTimeout: 50 * time.Millisecond})
	url := "ws://slow.test:" + everywhere(t, telling) + "/"
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
}

// from closes each connection with the address that it came from.
func from(p *peer) {
	host, _, _ := net.SplitHostPort(p.RemoteAddr().String())
	p.upgrade(frame(0x88, []byte("\x0f\xa0"+host))...)
	p.next()
}

func TestLocalAddrs(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, from)
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

// Never is an address left out because there is none of its family.
func TestLocalAddrsOfAnotherFamily(t *testing.T) {
	forms(t, func(t *testing.T, cfg loop.Config) {
		s := serve(t, from)
		b := expect(0)
		cfg.LocalAddrs = []netip.Addr{netip.MustParseAddr("::1")}
		g := group(t, b, cfg)
		want := "failed: dns: loop: no address to connect to"
		if got := one(t, g, b, s.url()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
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
	if _, err := loop.New(context.Background(), &cfg); err != loop.ErrConfig {
		t.Errorf("%v", err)
	}
}
