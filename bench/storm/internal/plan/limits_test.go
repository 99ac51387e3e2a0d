package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFits(t *testing.T) {
	type o = Options
	one, two, six := []string{"127.0.0.2"}, []string{"127.0.0.2,127.0.0.3"}, []string{"::1"}
	n := func(n int, urls ...string) func(*o) { return func(o *o) { o.Connections, o.URLs = n, urls } }
	from := func(n int, locals []string, urls ...string) func(*o) {
		return func(o *o) { o.Connections, o.LocalAddrs, o.URLs = n, locals, urls }
	}
	const ip4, ip6, other, name = "ws://127.0.0.1/", "ws://[::1]:80/", "ws://127.0.0.1:81/", "ws://several.example/"
	for _, tt := range []struct {
		change func(*o)
		l      Limits
		want   string // by | in the error; "" for none
	}{
		{n(68), Limits{Files: 100}, ""},
		{n(69), Limits{Files: 100}, "-n: 69 |101 |100: |ulimit -n 101|choose -n 68 at most"},
		{n(9), Limits{Files: 20}, "-n 0 at most"},
		{func(o *o) { o.Connections, o.Loops = 44, 10 }, Limits{Files: 100}, ""},
		{func(o *o) { o.Connections, o.Loops = 45, 10 }, Limits{Files: 100}, "-n: 45 |101 |choose -n 44 at most"},
		{n(1e9), Limits{}, ""},
		{n(5000), Limits{Ports: 1000}, ""}, // to the embedded server, from many addresses
		{n(1000, ip4), Limits{Ports: 1000}, ""},
		{n(1001, ip4), Limits{Ports: 1000}, "-n: 1001 |one server|1000 |--local-addr at least 2 addresses"},
		{from(1001, one), Limits{Ports: 1000}, "2 addresses"},
		{from(1001, two), Limits{Ports: 1000}, ""},
		{from(2001, two), Limits{Ports: 1000}, "2000 together|3 addresses"},
		{n(1001, ip6), Limits{Ports: 1000}, "2 addresses"},
		{n(1001, name), Limits{Ports: 1000}, ""},
		{n(1001, ip4, name), Limits{Ports: 1000}, ""},
		{n(2000, ip4, other), Limits{Ports: 1000}, ""}, // ports are taken for each server
		{n(2001, ip4, other), Limits{Ports: 1000}, "2 servers|2000 together|2 addresses"},
		{n(1001, "ws://127.0.0.{{conn}}/"), Limits{Ports: 1000}, ""},
		{func(o *o) { o.Connections, o.Unix = 1001, "/s" }, Limits{Ports: 1000}, ""},
		{func(o *o) { o.Connections, o.ProxyURL = 1001, "http://p" }, Limits{Ports: 1000}, ""},
		{from(1, six), Limits{}, "--local-addr: |::1|127.0.0.1"},
		{from(1, one, ip6), Limits{}, "--local-addr: |127.0.0.2|::1"},
		{from(1, six, ip6), Limits{}, ""},

		// With a lifetime they are not there all together.
		{func(o *o) { o.Connections, o.Lifetime = 1e6, 0 }, Limits{Files: 96}, ""},
		{func(o *o) { o.Connections, o.Lifetime = 1e6, 0 }, Limits{Files: 95}, "-n: 64 |choose a shorter --lifetime, or -c 63 at most"},
		{func(o *o) { o.Rate, o.Duration, o.Lifetime = "100", time.Hour, 5*time.Second }, Limits{Files: 532}, ""},
		{func(o *o) { o.Rate, o.Duration, o.Lifetime = "100", time.Hour, 5*time.Second }, Limits{Files: 531}, "-n: 500 "},

		{func(o *o) { o.Connections, o.Engine = 1000, "net" }, Limits{Memory: 20 << 20}, ""},
		{func(o *o) { o.Connections, o.Engine = 10000, "net" }, Limits{Memory: 20 << 20},
			"-n: 10000 |of memory|with the engine net|20.0 MiB are available|storm merge|choose -n "},
		{func(o *o) { o.Connections, o.Engine = 10000, "net" }, Limits{Memory: 20 << 20, Group: true}, "left to this control group (memory.max)"},
	} {
		p := mustPlan(t, func(o *o) { o.URLs, o.Loops = nil, 2; tt.change(o) })
		_, err := p.Fits(tt.l)
		if (err == nil) != (tt.want == "") {
			t.Errorf("%v in %+v: %v; want %q", p, tt.l, err, tt.want)
		}
		for text := range strings.SplitSeq(tt.want, "|") {
			if err != nil && !strings.Contains(err.Error(), text) {
				t.Errorf("%v in %+v: %v; want %q in it", p, tt.l, err, text)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	two := []string{"127.0.0.2", "127.0.0.3"}
	for _, tt := range []struct {
		search bool
		n      int
		url    string
		locals []string
		ports  int
		note   string // in it; "" for none
		then   string // local addresses from then on
	}{
		{true, 500, "", nil, 1000, "", "[]"},
		{true, 501, "", nil, 1000, "dialling from 127.0.0.1 to 127.0.0.2", "[127.0.0.1 127.0.0.2]"},
		{true, 1001, "", nil, 1000, "dialling from 127.0.0.1 to 127.0.0.3", "[127.0.0.1 127.0.0.2 127.0.0.3]"},
		{true, 1001, "", nil, 0, "", "[]"},
		{true, 1, "", nil, 1, "", "[]"},
		{true, 1001, "", two, 1000, "--local-addr with 3 addresses", "[127.0.0.2 127.0.0.3]"},
		{true, 1000, "", two, 1000, "", "[127.0.0.2 127.0.0.3]"},
		{true, 500, "ws://127.0.0.1/", nil, 1000, "", "[]"},
		{true, 501, "ws://127.0.0.1/", nil, 1000, "--local-addr with 2 addresses", "[]"},
		{true, 501, "ws://host.example/", nil, 1000, "--local-addr with 2 addresses", "[]"},

		{false, 875, "", nil, 1000, "", "[]"},
		{false, 876, "", nil, 1000, "dialling from 127.0.0.1 to 127.0.0.2", "[127.0.0.1 127.0.0.2]"},
		{false, 1751, "", nil, 1000, "to 127.0.0.3", "[127.0.0.1 127.0.0.2 127.0.0.3]"},
		{false, 1000, "ws://127.0.0.1/", nil, 1000, "", "[]"},
		{false, 2000, "", two, 1000, "", "[127.0.0.2 127.0.0.3]"},
	} {
		p := mustPlan(t, func(o *Options) {
			o.Connections, o.LocalAddrs, o.URLs = tt.n, tt.locals, nil
			if tt.url != "" {
				o.URLs = []string{tt.url}
			}
		})
		notes, err := p.Fits(Limits{Ports: tt.ports, Search: tt.search})
		note := strings.Join(notes, "; ")
		if err != nil || !strings.Contains(note, tt.note) || (note == "") != (tt.note == "") || fmt.Sprint(p.Locals) != tt.then {
			t.Errorf("%d to %q, %d ports: %q, %v, from %v", tt.n, tt.url, tt.ports, note, err, p.Locals)
		}
	}
}

func TestSearchesPorts(t *testing.T) {
	for release, want := range map[string]bool{
		"": false, "6": false, "5.15.0-91-generic": true, "6.1.0-18-amd64": true, "6.2.16": true,
		"6.3.0": false, "6.18.44-fc": false, "7.0.0": false, "4.19.0+": true,
	} {
		if got := searchesPorts(release); got != want {
			t.Errorf("%q: %v", release, got)
		}
	}
}

func TestTogether(t *testing.T) {
	type o = Options
	for _, tt := range []struct {
		change func(*o)
		want   int
	}{
		{func(o *o) {}, 2000},
		{func(o *o) { o.Rate, o.Concurrency = "10", 5 }, 2000}, // of them 5 are being opened
		{func(o *o) { o.Lifetime = time.Hour }, 64},
		{func(o *o) { o.Lifetime, o.Concurrency = 0, 0 }, 2000},
		{func(o *o) { o.Rate, o.Lifetime = "10", time.Hour }, 2000},
		{func(o *o) { o.Rate, o.Lifetime = "10", 7*time.Second }, 70},
		{func(o *o) { o.Rate, o.Lifetime, o.Concurrency = "10", 7*time.Second, 5 }, 5},
		{func(o *o) { o.Stages, o.Lifetime = []string{"1:10m,100:10s,1:10m"}, 10*time.Second }, 1000},
		{func(o *o) { o.Rate, o.Lifetime = "10", 0 }, 1},
	} {
		p := mustPlan(t, tt.change)
		if got := p.Together(); got < tt.want*9/10 || got > tt.want {
			t.Errorf("%v: %d, want %d", p, got, tt.want)
		}
	}
}

func TestReadingLimits(t *testing.T) {
	for text, want := range map[string]int{"32768\t60999\n": 28232, "1 1": 1, "": 0, "x": 0} {
		if got := countPorts(text); got != want {
			t.Errorf("%q: %d ports, want %d", text, got, want)
		}
	}
	for text, want := range map[string]uint64{"MemTotal:  9 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB\n": 2 << 20, "MemTotal: 9 kB\n": 0, "": 0, "MemAvailable: x kB\n": 0} {
		if got := availableMemory(text); got != want {
			t.Errorf("%q: %d octets, want %d", text, got, want)
		}
	}
	for _, tt := range []struct {
		limit, used string
		left        uint64
		ok          bool
	}{
		{"max\n", "5\n", 0, false}, {"", "", 0, false}, {"100\n", "30\n", 70, true}, {"100\n", "130\n", 0, true}, {"100\n", "", 100, true},
	} {
		if left, ok := groupMemory(tt.limit, tt.used); left != tt.left || ok != tt.ok {
			t.Errorf("%q, %q: %d, %v", tt.limit, tt.used, left, ok)
		}
	}
	for n, want := range map[uint64]string{5: "5 octets", 1: "1 octet", 1536: "1.5 KiB", 20 << 20: "20.0 MiB", 3 << 30: "3.0 GiB"} {
		if got := octets(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
