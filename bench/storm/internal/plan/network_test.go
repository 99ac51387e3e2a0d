package plan

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestLocalAddrs(t *testing.T) {
	for _, tt := range []struct {
		list string // by spaces
		n    int
		want string // as fmt has it; ! for an error that holds the rest
	}{
		{"", 5, "[]"},
		{"127.0.0.1", 5, "[127.0.0.1]"},
		{"127.0.0.1 ::1 fe80::1%lo", 5, "[127.0.0.1 ::1 fe80::1%lo]"},
		{"::ffff:127.0.0.1", 5, "[127.0.0.1]"},
		{"10.0.0.0/29", 9, "[10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6]"},
		{"10.0.0.5/29", 2, "[10.0.0.1 10.0.0.2]"},
		{"10.0.0.4/31", 9, "[10.0.0.4 10.0.0.5]"},
		{"10.0.0.4/32", 9, "[10.0.0.4]"},
		{"10.0.0.0/30,10.0.1.0/30", 3, "[10.0.0.1 10.0.0.2 10.0.1.1]"},
		{"0.0.0.0/0", 2, "[0.0.0.1 0.0.0.2]"},
		{"255.255.255.252/30", 9, "[255.255.255.253 255.255.255.254]"},
		{"2001:db8::/64", 3, "[2001:db8:: 2001:db8::1 2001:db8::2]"},
		{"localhost", 5, `!--local-addr: "localhost"`},
		{"10.0.0.0/33", 5, `!--local-addr: "10.0.0.0/33"`},
	} {
		got, err := localAddrs(strings.Fields(tt.list), tt.n)
		if text, bad := strings.CutPrefix(tt.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v, %v; want error with %q", tt.list, got, err, text)
			}
		} else if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.list, got, err, tt.want)
		}
	}
	if all, err := localAddrs([]string{"10.0.0.0/8"}, Unlimited); err != nil || len(all) != mostShared {
		t.Errorf("a large block, without an end to the connections: %d addresses, %v", len(all), err)
	}
}

func TestEngine(t *testing.T) {
	type o = Options
	loop := "net"
	if runtime.GOOS == "linux" {
		loop = "loop"
	}
	for _, tt := range []struct {
		change func(*o)
		want   string
	}{
		{func(o *o) {}, loop},
		{func(o *o) { o.Engine = "net" }, "net"},
		{func(o *o) { o.Unix = "/s" }, "net"},
		{func(o *o) { o.ProxyURL = "env" }, "net"},
		{func(o *o) { o.URLs = []string{"ws://a/", "wss://b/"} }, "net"},
		{func(o *o) { o.URLs = []string{"ws://a/{{conn}}", "wss://b/"} }, "net"},
		{func(o *o) { o.URLs = []string{"ws://a/{{conn}}", "ws://b/"} }, loop},
		{func(o *o) { o.URLs = nil }, ""}, // until there is one
	} {
		if p := mustPlan(t, tt.change); p.Engine != tt.want {
			t.Errorf("%v: %q, want %q", p.Settings, p.Engine, tt.want)
		} else if asked := slices.ContainsFunc(p.Settings, func(s Setting) bool { return s.Name == "engine" }); p.Net != asked {
			t.Errorf("%v: all over net.Conn: %v", p.Settings, p.Net)
		}
	}
	if runtime.GOOS == "linux" {
		refused(t, func(o *o) { o.Engine, o.URLs = "loop", []string{"wss://a/"} }, "--engine: loop cannot speak TLS; --engine net can")
		refused(t, func(o *o) { o.Engine, o.Unix = "loop", "/s" }, "--engine: loop cannot dial a unix socket")
		refused(t, func(o *o) { o.Engine, o.ProxyURL = "loop", "env" }, "--engine: loop cannot go through a proxy")
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := mustPlan(t, func(o *Options) { o.Unix = path })
	c, err := p.NetDial(context.Background(), "tcp", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestProxy(t *testing.T) {
	t.Setenv("STORM_TEST", "p%40ss")
	p := mustPlan(t, func(o *Options) { o.ProxyURL = "https://u:{{env.STORM_TEST}}@proxy.example:3128" })
	got, err := p.Proxy(&url.URL{Scheme: "https", Host: "h"})
	if password, _ := got.User.Password(); err != nil || got.Host != "proxy.example:3128" || password != "p@ss" {
		t.Errorf("%v, %v", got, err)
	}
	if p = mustPlan(t, nil); p.Proxy != nil || p.NetDial != nil {
		t.Error("a proxy, or another dial, that nobody asked for")
	}
}

func TestTLS(t *testing.T) {
	type o = Options
	for _, tt := range []struct {
		change func(*o)
		want   *tls.Config
		resume bool
	}{
		{func(o *o) {}, &tls.Config{}, false},
		{func(o *o) { o.Insecure, o.SNI = true, "name" }, &tls.Config{InsecureSkipVerify: true, ServerName: "name"}, false},
		{func(o *o) { o.TLSMin, o.TLSMax = "1.2", "1.3" }, &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13}, false},
		{func(o *o) { o.TLSMax = "1.1" }, &tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, false}, // below the default
		{func(o *o) { o.TLSMax = "1.2" }, &tls.Config{MaxVersion: tls.VersionTLS12}, false},
		{func(o *o) { o.TLSMin, o.TLSResume = "1.0", true }, &tls.Config{MinVersion: tls.VersionTLS10}, true},
	} {
		p := mustPlan(t, tt.change)
		c := p.TLS
		if c.InsecureSkipVerify != tt.want.InsecureSkipVerify || c.ServerName != tt.want.ServerName || c.MinVersion != tt.want.MinVersion ||
			c.MaxVersion != tt.want.MaxVersion || (c.ClientSessionCache != nil) != tt.resume || c.KeyLogWriter != nil {
			t.Errorf("%v: %+v", p.Settings, c)
		}
	}
	name := filepath.Join(t.TempDir(), "keys")
	t.Setenv("SSLKEYLOGFILE", name)
	if p := mustPlan(t, nil); p.TLS.KeyLogWriter == nil {
		t.Error("SSLKEYLOGFILE: no log")
	}
	t.Setenv("SSLKEYLOGFILE", t.TempDir())
	refused(t, nil, "SSLKEYLOGFILE: open ")
}
