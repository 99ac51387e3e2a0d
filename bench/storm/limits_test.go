package main

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestFits(t *testing.T) {
	one := []netip.Addr{netip.MustParseAddr("127.0.0.2")}
	two := append(one, netip.MustParseAddr("127.0.0.3"))
	six := []netip.Addr{netip.IPv6Loopback()}
	for _, tt := range []struct {
		plan plan
		l    limits
		want []string // in the error; nil for none
	}{
		{plan{n: 68}, limits{files: 100}, nil},
		{plan{n: 69}, limits{files: 100}, []string{"-n", "69", "101", "100", "ulimit -n 101", "-n 68"}},
		{plan{n: 9}, limits{files: 20}, []string{"-n 0 at most"}},
		{plan{n: 1 << 30}, limits{}, nil},
		{plan{n: 5000}, limits{ports: 1000}, nil}, // to the embedded server, from many addresses
		{plan{n: 1000, url: "ws://127.0.0.1/"}, limits{ports: 1000}, nil},
		{plan{n: 1001, url: "ws://127.0.0.1/"}, limits{ports: 1000}, []string{"-n", "1001", "1000", "--local-addr", "2 addresses"}},
		{plan{n: 1001, locals: one}, limits{ports: 1000}, []string{"2 addresses"}},
		{plan{n: 1001, locals: two}, limits{ports: 1000}, nil},
		{plan{n: 2001, locals: two}, limits{ports: 1000}, []string{"2000 together", "3 addresses"}},
		{plan{n: 1001, url: "ws://[::1]:80/"}, limits{ports: 1000}, []string{"2 addresses"}},
		{plan{n: 1001, url: "ws://several.example/"}, limits{ports: 1000}, nil},
		{plan{n: 1, locals: six}, limits{}, []string{"--local-addr", "::1", "127.0.0.1"}},
		{plan{n: 1, locals: one, url: "ws://[::1]/"}, limits{}, []string{"--local-addr", "127.0.0.2", "::1"}},
		{plan{n: 1, locals: six, url: "ws://[::1]/"}, limits{}, nil},
	} {
		_, err := tt.plan.fits(tt.l)
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%+v in %+v: %v", tt.plan, tt.l, err)
		}
		for _, text := range tt.want {
			if err != nil && !strings.Contains(err.Error(), text) {
				t.Errorf("%+v in %+v: %v; want %q in it", tt.plan, tt.l, err, text)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	two := []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}
	for _, tt := range []struct {
		plan   plan
		ports  int
		note   string // in it; "" for none
		locals string // from then on
	}{
		{plan{n: 500}, 1000, "", "[]"},
		{plan{n: 501}, 1000, "dialling from 127.0.0.1 to 127.0.0.2", "[127.0.0.1 127.0.0.2]"},
		{plan{n: 1001}, 1000, "dialling from 127.0.0.1 to 127.0.0.3", "[127.0.0.1 127.0.0.2 127.0.0.3]"},
		{plan{n: 1001}, 0, "", "[]"},
		{plan{n: 1}, 1, "", "[]"},
		{plan{n: 1001, locals: two}, 1000, "--local-addr with 3 addresses", "[127.0.0.2 127.0.0.3]"},
		{plan{n: 1000, locals: two}, 1000, "", "[127.0.0.2 127.0.0.3]"},
		{plan{n: 500, url: "ws://127.0.0.1/"}, 1000, "", "[]"},
		{plan{n: 501, url: "ws://127.0.0.1/"}, 1000, "--local-addr with 2 addresses", "[]"},
		{plan{n: 501, url: "ws://host.example/"}, 1000, "--local-addr with 2 addresses", "[]"},
	} {
		p := tt.plan
		note, err := p.fits(limits{ports: tt.ports})
		if err != nil || !strings.Contains(note, tt.note) || (note == "") != (tt.note == "") || fmt.Sprint(p.locals) != tt.locals {
			t.Errorf("%+v, %d ports: %q, %v, from %v", tt.plan, tt.ports, note, err, p.locals)
		}
	}
}

func TestCountPorts(t *testing.T) {
	for text, want := range map[string]int{"32768\t60999\n": 28232, "1 1": 1, "": 0, "x": 0} {
		if got := countPorts(text); got != want {
			t.Errorf("%q: %d ports, want %d", text, got, want)
		}
	}
}
