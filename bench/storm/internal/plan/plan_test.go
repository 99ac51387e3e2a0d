package plan

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// options are those of a URL, changed.
func options(change func(*Options)) Options {
	o := Defaults()
	o.URLs = []string{"ws://127.0.0.1:9001/"}
	if change != nil {
		change(&o)
	}
	return o
}

func mustPlan(t *testing.T, change func(*Options)) *Plan {
	t.Helper()
	p, err := New(options(change))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// file writes text to a file and returns its name.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// refused checks that New refuses the options with all of the texts in its error.
func refused(t *testing.T, change func(*Options), texts ...string) {
	t.Helper()
	_, err := New(options(change))
	var usage UsageError
	if !errors.As(err, &usage) {
		t.Errorf("%v; want a UsageError with %q", err, texts)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v; want %q in it", err, text)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a credential is in the error: %v", err)
	}
}

func TestRefusedLoad(t *testing.T) {
	type o = Options
	const s = time.Second
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *o) { o.Connections = 0 }, "-n: 0 connections; at least 1"},
		{func(o *o) { o.Connections = -3 }, "-n: -3 connections; at least 1"},
		{func(o *o) { o.Connections = 2e9 }, "-n: 2000000000 connections; at least 1, at most 1e9"},
		{func(o *o) { o.Concurrency = -1 }, "-c: -1 at work; at least 1, or 0 for no limit"},
		{func(o *o) { o.Rate = "-1" }, `-r: "-1" is out of range`},
		{func(o *o) { o.Rate = "0" }, "-r: at 0 there is no arrival; without -r, connections begin as fast as -c lets"},
		{func(o *o) { o.Rate = "0.0/m" }, "-r: at 0.0/m there is no arrival"},
		{func(o *o) { o.Rate = "NaN" }, `-r: "NaN" is out of range`},
		{func(o *o) { o.Rate = "Inf" }, `-r: "Inf" is out of range`},
		{func(o *o) { o.Rate = "x" }, `-r: "x" is no rate; want a number of arrivals, as in 500 or 500/s or 30/m`},
		{func(o *o) { o.Rate = "1e-9" }, "-r: at 1e-9, 2000 arrivals take more than a year"},
		{func(o *o) { o.Rate = "1e-300" }, "-r: at 1e-300, 2000 arrivals take more than a year"},
		{func(o *o) { o.Rate, o.Duration = "1", 1 }, "-r and --duration: there is no arrival within 1ns"},
		{func(o *o) { o.Rate, o.Duration, o.Poisson = "1", 1, true }, "-r and --duration: there is no arrival within 1ns"},
		{func(o *o) { o.Rate, o.Duration = "1e9", 2*s }, "-r and --duration: 2000000000 arrivals; at most 1e9"},
		{func(o *o) { o.Rate, o.Stages = "5", []string{"5:1s"} }, "-r and --stage: "},
		{func(o *o) { o.Stages = []string{" , "} }, "--stage: empty; want RATE:DURATION"},
		{func(o *o) { o.Stages = []string{"0:1s"} }, "--stage: there is no arrival in the stages"},
		{func(o *o) { o.Stages, o.Duration = []string{"0:1s"}, 2*s }, "--stage: there is no arrival in the stages"},
		{func(o *o) { o.Stages, o.Duration = []string{"0:1s,5:1s"}, s }, "--stage and --duration: there is no arrival within 1s"},
		{func(o *o) { o.Stages = []string{"1:5000h", "1:5000h"} }, "--stage: the stages take more than a year"},
		{func(o *o) { o.Stages = []string{"1e9:2s"} }, "--stage: 2000000000 arrivals; at most 1e9"},
		{func(o *o) { o.Stages, o.Poisson = []string{"1e8:2s"}, true }, "--poisson: 200000000 arrivals; at most 100 million"},
		{func(o *o) { o.Rate, o.Duration, o.Poisson = "1/h", s, true }, "--poisson: no arrival falls into the time"},
		{func(o *o) { o.Poisson = true }, "--poisson: there is no rate; give -r or --stage"},
		{func(o *o) { o.Duration = -s }, "--duration: -1s is not positive"},
		{func(o *o) { o.Rate, o.Duration = "5", 0 }, "--duration: 0s is not positive"},
		{func(o *o) { o.Duration = s }, "--duration: without -r or --stage, connections are opened as fast as the server lets"},
		{func(o *o) { o.Duration, o.Lifetime, o.Concurrency = s, 0, 0 }, "-c: 0 is no limit, and nothing else limits"},
		{func(o *o) { o.Warmup = -s }, "--warmup: -1s is negative"},
		{func(o *o) { o.Rate, o.Duration, o.Warmup = "5", s, s }, "--warmup: nothing begins behind 1s: arrivals cease after 1s"},
		{func(o *o) { o.Hold = -s }, "--hold: -1s is negative"},
		{func(o *o) { o.Lifetime = -s }, "--lifetime: -1s is negative"},
		{func(o *o) { o.StopOnFailures = "0%" }, `--stop-on-failures: "0%"; want a part of the connections, as in 5%, or a number of them`},
		{func(o *o) { o.StopOnFailures = "100%" }, "--stop-on-failures: "},
		{func(o *o) { o.StopOnFailures = "0" }, "--stop-on-failures: "},
		{func(o *o) { o.StopOnFailures = "x" }, "--stop-on-failures: "},
		{func(o *o) { o.Reconnect = "x" }, `--reconnect: "x"; want the first and the longest pause, as in 100ms:30s, or one pause`},
		{func(o *o) { o.Reconnect = "1s:x" }, "--reconnect: "},
		{func(o *o) { o.Reconnect = "2s:1s" }, "--reconnect: "},
		{func(o *o) { o.Reconnect = "0s" }, "--reconnect: "},
		{func(o *o) { o.CookieJar = true }, "--cookie-jar: "},
		{func(o *o) { o.Verbose = true }, "--verbose: shows one connection; give -n 1"},

		{func(o *o) { o.Timeout = 0 }, "--timeout: 0s is not positive"},
		{func(o *o) { o.Timeout = -s }, "--timeout: -1s is not positive"},
		{func(o *o) { o.CloseTimeout = 0 }, "--close-timeout: 0s is not positive"},
		{func(o *o) { o.ConnectTimeout = -s }, "--connect-timeout: -1s is not positive"},
		{func(o *o) { o.ConnectTimeout = 0 }, "--connect-timeout: 0s is not positive"},
		{func(o *o) { o.HandshakeTimeout = 0 }, "--handshake-timeout: 0s is not positive"},
		{func(o *o) { o.ConnectTimeout = 11 * s }, "--connect-timeout and --timeout: 11s is above 10s"},
		{func(o *o) { o.HandshakeTimeout = 11 * s }, "--handshake-timeout and --timeout: 11s is above 10s"},

		{func(o *o) { o.Verbose, o.Quiet, o.Connections = true, true, 1 }, "--verbose and --quiet: give one of them"},
		{func(o *o) { o.JSON, o.CSV = "-", "-" }, "--json and --csv: both to stdout"},
		{func(o *o) { o.CSV, o.Bench = "x", "x" }, "--csv and --bench: both to x"},
		{func(o *o) { o.JSON, o.HDR = "x", "x" }, "--json and --hdr: both to x"},
		{func(o *o) { o.JSON, o.HTML, o.HDR = "x", "y", "./x" }, "--json and --hdr: x and ./x are one file; give each a file of its own"},
		{func(o *o) { o.Thresholds = []string{"a<1", " "} }, "--threshold, number 2: empty"},
	} {
		refused(t, tt.change, tt.want)
	}
}

// Sums of durations stay within a time.Duration.
func TestDurationsAreBounded(t *testing.T) {
	names := 0
	for i, g := range Groups(new(Options)) {
		for j, f := range g.Flags {
			if _, ok := f.Value.(*time.Duration); !ok {
				continue
			}
			names++
			with := func(d time.Duration) func(*Options) {
				return func(o *Options) {
					o.Rate, o.Hold, o.PingInterval, o.Timeout, o.Messages = "1/h", time.Second, time.Second, longest, 1
					*Groups(o)[i].Flags[j].Value.(*time.Duration) = d
				}
			}
			most, says := longest, "a year at most"
			if f.Name == "keepalive" {
				most, says = 32767*time.Second, "9h6m7s at most"
			}
			mustPlan(t, with(most))
			for _, d := range []time.Duration{most + 1, math.MaxInt64} {
				refused(t, with(d), "--"+f.Name+": "+d.String()+"; ", says)
			}
		}
	}
	if names < 13 {
		t.Errorf("%d flags", names)
	}
	refused(t, func(o *Options) { o.Reconnect = "1s:8760h1ns" }, "--reconnect: ")
}

func TestRefusedMessages(t *testing.T) {
	type o = Options
	const s = time.Second
	latin := file(t, "gr\xfc\xdfe")
	dir := t.TempDir()
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *o) { o.Messages = -1 }, "--messages: -1 on each; at least 1"},
		{func(o *o) { o.Messages = 0 }, "--messages: 0 on each; at least 1"},
		{func(o *o) { o.Messages, o.Size, o.Lifetime = 0, 5, s }, "--messages: 0 on each; at least 1"},
		{func(o *o) { o.MessageRate = -1 }, "--message-rate: -1 a second; a positive number"},
		{func(o *o) { o.Messages, o.MessageRate = 1e9, 1 }, "--message-rate: at 1 a second, 1000000000 messages take more than a year"},
		{func(o *o) { o.MessageRate, o.Lifetime = 1e-300, s }, "--message-rate: at 1e-300 a second, the next message is due in more than a year"},
		{func(o *o) { o.MessageRate, o.Lifetime = 3.1e-8, s }, "--message-rate: at 3.1e-08 a second, the next"},
		{func(o *o) { o.Messages, o.MessageRate = 1, 1e-300 }, "--message-rate: at 1e-300 a second, the next"},
		{func(o *o) { o.Size = 5 }, "--messages: how many? Without a number they are sent as long as a connection is kept: say so with --hold or --lifetime"},
		{func(o *o) { o.Size = 0 }, "--messages: how many?"},
		{func(o *o) { o.MessageRate = 0 }, "--messages: how many?"},
		{func(o *o) { o.EchoCheck, o.Lifetime = true, 0 }, "--messages: how many?"},
		{func(o *o) { o.EchoCheck, o.Lifetime, o.Hold = true, 0, s }, "--messages: how many? With --lifetime 0s a connection is closed behind the last of them"},
		{func(o *o) { o.Messages, o.Size = 1, -1 }, "--size: -1 octets; at most 32 MiB"},
		{func(o *o) { o.Messages, o.Size = 1, 1<<25+1 }, "--size: 33554433 octets; at most 32 MiB"},
		{func(o *o) { o.Messages, o.Size, o.Payload = 1, 1, latin }, "--size and --payload: "},
		{func(o *o) { o.Messages, o.Size, o.Payload = 1, 0, latin }, "--size and --payload: "},
		{func(o *o) { o.Messages, o.Payload = 1, latin }, "file is not UTF-8; --binary sends anything"},
		{func(o *o) { o.Messages, o.Payload = 1, dir+"/none" }, "--payload: open "},
		{func(o *o) { o.Messages, o.Payload = 1, dir }, "--payload: read "},
		{func(o *o) { o.PingInterval = -s }, "--ping-interval: -1s is negative"},
		{func(o *o) { o.PingInterval = time.Microsecond }, "--ping-interval: 1µs; at least 1ms"},
		{func(o *o) { o.NoReply, o.EchoCheck, o.Messages = true, true, 1 }, "--no-reply and --echo-check: "},
		{func(o *o) { o.NoReply = true }, "--messages: how many?"},
		{func(o *o) { o.ReplyTimeout = s }, "--reply-timeout: there are no messages"},
		{func(o *o) { o.ReplyTimeout = 0 }, "--reply-timeout: 0s is not positive"},
		{func(o *o) { o.TimeLimit = -s }, "--time-limit: -1s is negative"},
		{func(o *o) { o.PingTimeout = -s }, "--ping-timeout: -1s is not positive"},
		{func(o *o) { o.PingInterval, o.PingTimeout = s, 0 }, "--ping-timeout: 0s is not positive"},
		{func(o *o) { o.PingTimeout = s }, "--ping-timeout: there is no --ping-interval"},
	} {
		refused(t, tt.change, tt.want)
	}
}

func TestRefusedRequests(t *testing.T) {
	type o = Options
	headers := func(lines ...string) func(*o) { return func(o *o) { o.Header = lines } }
	url := func(urls ...string) func(*o) { return func(o *o) { o.URLs = urls } }
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{headers("a: b", "secret"), "-H, number 2: no colon; want 'NAME: VALUE'"},
		{headers("a b: secret"), "-H, number 1: header name"},
		{headers("a: secret\r\nb: c"), "-H, number 1: control octet"},
		{headers("host: secret"), "-H, number 1: host is taken from the URL: use --host"},
		{headers("Content-Length: 7"), "-H, number 1: "},
		{headers("upgrade: secret"), "-H, number 1: upgrade is made by the handshake"},
		{headers("Connection: secret"), "-H, number 1: Connection is made by the handshake"},
		{headers("Sec-WebSocket-Key: secret"), "-H, number 1: Sec-WebSocket-Key is made by the handshake"},
		{headers("Sec-WebSocket-Version: 8"), "-H, number 1: Sec-WebSocket-Version is made by the handshake"},
		{headers("Sec-WebSocket-Protocol: x"), "use --subprotocol"},
		{headers("Sec-WebSocket-Extensions: x"), "use --extension"},
		{func(o *o) { o.Subprotocols = []string{"a", "b,c"} }, "--subprotocol, number 2: "},
		{func(o *o) { o.Subprotocols = []string{"a", "a"} }, "--subprotocol, number 2: "},
		{func(o *o) { o.SubprotocolOptional = true }, "--subprotocol-optional: there is no --subprotocol"},
		{func(o *o) { o.Extensions = []string{"x", "a, b"} }, "--extension, number 2: "},
		{func(o *o) { o.Extensions = []string{"permessage-deflate; x=1"} }, "--extension, number 1: "},
		{func(o *o) { o.Cookies = []string{"a=b", "secret"} }, "--cookie, number 2: want NAME=VALUE"},
		{func(o *o) { o.Cookies = []string{"a=secret\n"} }, "--cookie: control octet"},
		{func(o *o) { o.Cookies, o.Header = []string{"a=secret"}, []string{"cookie: b=secret"} }, "--cookie and -H Cookie: give one of them"},
		{func(o *o) { o.Origin, o.Header = "https://a", []string{"origin: https://b"} }, "--origin and -H Origin: give one of them"},
		{func(o *o) { o.Bearer, o.Header = "secret", []string{"authorization: secret"} }, "--bearer and -H Authorization: give one of them"},
		{func(o *o) { o.User, o.Header = "a:secret", []string{"authorization: secret"} }, "--user and -H Authorization: give one of them"},
		{func(o *o) { o.User, o.Bearer = "a:secret", "secret" }, "--user and --bearer: give one of them"},
		{func(o *o) { o.User = "secret" }, "--user: no colon; want NAME:PASSWORD"},

		{url(""), "URL: empty"},
		{url("ws://a/", ""), "URL, number 2: empty"},
		{url("ws://a/", "localhost:80"), "URL, number 2: scheme of the URL is not ws or wss; want ws://HOST:PORT/PATH or wss://..."},
		{url("https://secret@h/"), "URL: scheme"},
		{url("ws://"), "URL: URL has no host"},
		{url("ws://h:99999/"), "port"},
		{url("ws://u:secret@h:port/"), "URL: malformed"},
		{url("ws://u:secret@h/#f"), "fragment"},
		{func(o *o) { o.URLFile = "/nowhere/urls" }, "--url-file: open "},
		{func(o *o) { o.URLFile = file(t, "# none\n\n") }, "has no URL; want one a line"},
		{func(o *o) { o.URLFile = file(t, "ws://a/\n# b\n\nhttp://u:secret@c/\n") }, ", line 4: scheme"},
	} {
		refused(t, tt.change, tt.want)
	}
}

func TestRefusedNetwork(t *testing.T) {
	type o = Options
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *o) { o.LocalAddrs = []string{"127.0.0.1,x"} }, `--local-addr: "x" is neither an IP address nor a CIDR block`},
		{func(o *o) { o.Loops = -1 }, "--loops: -1; at most 1024"},
		{func(o *o) { o.KeepAlive = -1 }, "--keepalive: -1ns is negative"},
		{func(o *o) { o.Unix, o.ProxyURL = "/s", "http://p" }, "--unix and --proxy: give one of them"},
		{func(o *o) { o.Unix, o.LocalAddrs = "/s", []string{"::1"} }, "--unix and --local-addr: "},
		{func(o *o) { o.Unix = strings.Repeat("/s", 54) }, "--unix: a path of 108 octets; at most 107"},
		{func(o *o) { o.ProxyURL = "socks5://u:secret@p" }, "--proxy: want http://HOST:PORT, https://HOST:PORT or env"},
		{func(o *o) { o.ProxyURL = "http://u:secret@p:port" }, "--proxy: want "},
		{func(o *o) { o.ProxyURL = "http://{{conn}}" }, "--proxy: all connections have the same"},
		{func(o *o) { o.Engine = "epoll" }, `--engine: "epoll"; want loop or net`},
		{func(o *o) { o.Engine, o.URLs = "loop", []string{"ws://a/", "wss://a/"} }, "--engine: loop "},
		{func(o *o) { o.Engine, o.Unix = "loop", "/s" }, "--engine: loop "},
		{func(o *o) { o.Engine, o.ProxyURL = "loop", "http://p" }, "--engine: loop "},

		{func(o *o) { o.CACert, o.Insecure = "x", true }, "--cacert and --insecure: "},
		{func(o *o) { o.CACert = "/nowhere/ca.pem" }, "--cacert: open "},
		{func(o *o) { o.CACert = file(t, "secret") }, "has no certificate in PEM"},
		{func(o *o) { o.Cert = "x" }, "--cert: its private key is missing: --key FILE"},
		{func(o *o) { o.Key = "x" }, "--key: its certificate is missing: --cert FILE"},
		{func(o *o) { o.Cert, o.Key = file(t, "secret"), file(t, "secret") }, "--cert: tls: failed to find any PEM data"},
		{func(o *o) { o.TLSMin = "1.4" }, `--tls-min: "1.4"; want 1.0, 1.1, 1.2 or 1.3`},
		{func(o *o) { o.TLSMax = "ssl" }, `--tls-max: "ssl"; want `},
		{func(o *o) { o.TLSMin, o.TLSMax = "1.3", "1.2" }, "--tls-min and --tls-max: 1.3 is above 1.2"},
	} {
		refused(t, tt.change, tt.want)
	}
}

func TestWords(t *testing.T) {
	type o = Options
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *o) {}, "2000 connections, at most 64 at work, timeout 10s"},
		{func(o *o) { o.Connections = 1 }, "1 connection, at most 64 at work, timeout 10s"},
		{func(o *o) { o.Rate = "50" }, "2000 connections, arriving evenly spaced at 50/s, timeout 10s"},
		{func(o *o) { o.Rate, o.Concurrency, o.Connections = "30/m", 7, 9 },
			"9 connections, arriving evenly spaced at 0.5/s, at most 7 at work, timeout 10s"},
		{func(o *o) { o.Concurrency, o.Hold, o.Timeout = 0, 90*time.Second, 500*time.Millisecond },
			"2000 connections, all at once, hold 1m30s, timeout 500ms"},
		{func(o *o) { o.Stages, o.Poisson, o.Warmup = []string{"0:1000:30s,hold:1m"}, true, 10*time.Second },
			"75103 connections, arriving at random (seed 1) at 0/s to 1000/s over 30s, 1000/s for 1m, warm-up 10s, timeout 10s"},
		{func(o *o) { o.Stages, o.Duration = []string{"0:1000:30s,hold:1m"}, 15*time.Second },
			"3750 connections, arriving evenly spaced at 0/s to 500/s over 15s, timeout 10s"},
		{func(o *o) { o.Duration, o.Lifetime = time.Minute, 0 },
			"connections for 1m, at most 64 at work, each closed when it is open, timeout 10s"},
		{func(o *o) { o.Duration, o.Lifetime, o.Connections, o.Messages = time.Minute, 0, 5, 3 },
			"5 connections, for 1m at most, at most 64 at work, each closed when its messages are answered, timeout 10s\n" +
				"3 text messages of 64 octets on each"},
		{func(o *o) {
			o.Lifetime, o.Reconnect, o.StopOnFailures, o.MessageRate, o.Binary, o.EchoCheck, o.PingInterval =
				time.Second, "100ms:30s", "2.5%", 10, true, true, 5*time.Second
		}, "2000 connections, at most 64 at work, each closed after 1s, reconnecting after 100ms to 30s, stopping above 2.5 % failures, timeout 10s\n" +
			"binary messages of 64 octets on each until it is closed, 10/s, answered or not, replies compared, a ping every 5s"},
		{func(o *o) { o.Reconnect, o.StopOnFailures, o.Size, o.Messages = "1s", "1", 1, 1 },
			"2000 connections, at most 64 at work, reconnecting after 1s, stopping above 1 failure, timeout 10s\n1 text message of 1 octet on each"},
		{func(o *o) { o.Size, o.Messages = 0, 2 }, "2000 connections, at most 64 at work, timeout 10s\n2 text messages of 0 octets on each"},
		{func(o *o) { o.Size, o.Lifetime = 0, time.Second },
			"2000 connections, at most 64 at work, each closed after 1s, timeout 10s\ntext messages of 0 octets on each until it is closed"},
		{func(o *o) { o.MessageRate, o.Hold = 0, time.Second },
			"2000 connections, at most 64 at work, hold 1s, timeout 10s\ntext messages of 64 octets on each until it is closed"},
	} {
		if got := mustPlan(t, tt.change).String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestShow(t *testing.T) {
	t.Setenv("STORM_TEST", "secret")
	held := file(t, "secret.example")
	for _, tt := range []struct {
		urls []string
		want string
	}{
		{nil, ""},
		{[]string{"ws://u:secret@host/path?token=secret"}, "ws://host/path"},
		{[]string{"wss://[::1]:8443"}, "wss://[::1]:8443"},
		{[]string{"ws://u:{{conn}}@host/{{conn}}?x={{conn}}", "ws://a/", "ws://b/"}, "ws://host/{{conn}} and 2 more"},
		{[]string{"ws://host/{{env.STORM_TEST}}/x?a=b"}, "ws://host/{{env.STORM_TEST}}/x"},
		{[]string{"ws://{{ file." + held + " }}/{{conn}}"}, "ws://{{ file." + held + " }}/{{conn}}"},
	} {
		p := mustPlan(t, func(o *Options) { o.URLs = tt.urls })
		if got := p.Show(); got != tt.want || p.Embedded() != (tt.urls == nil) {
			t.Errorf("%q: %q, embedded %v; want %q", tt.urls, got, p.Embedded(), tt.want)
		}
	}
	p := mustPlan(t, func(o *Options) { o.URLs = nil })
	digest := p.Digest
	if err := p.SetURL("ws://127.0.0.1:4711/"); err != nil || p.Show() != "ws://127.0.0.1:4711/" || !p.Embedded() || p.Digest != digest || p.Engine == "" {
		t.Errorf("%v, %q, %v, engine %q", err, p.Show(), p.Embedded(), p.Engine)
	}
}

func TestFailureLimit(t *testing.T) {
	for _, tt := range []struct {
		limit         string
		failed, ended int
		want          bool
	}{
		{"", 1000, 1000, false},
		{"10", 10, 10, false},
		{"10", 11, 5000, true},
		{"5%", 1, 1, false},
		{"5%", 2, 2, true},
		{"5%", 5, 100, false},
		{"5%", 6, 100, true},
		{"0.1%", 1, 10, false},
		{"0.1%", 10, 10000, false},
		{"0.1%", 11, 10000, true},
	} {
		f, err := parseFailureLimit(tt.limit)
		if got := f.Exceeded(tt.failed, tt.ended); err != nil || got != tt.want {
			t.Errorf("%q: %d of %d: %v, %v", tt.limit, tt.failed, tt.ended, got, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	b, err := parseBackoff("100ms:30s")
	if err != nil {
		t.Fatal(err)
	}
	pauses := make(map[time.Duration]bool)
	for n := range 100 {
		most := min(100*time.Millisecond<<min(n, 20), 30*time.Second)
		for k := range 10 {
			pause := b.Pause(1, k, n)
			if pause > most || pause < most/2 || pause != b.Pause(1, k, n) {
				t.Errorf("pause %d of connection %d: %v, at most %v", n, k, pause, most)
			}
			pauses[pause] = true
		}
	}
	if len(pauses) < 990 {
		t.Errorf("%d different pauses", len(pauses))
	}
}

func TestMessageDue(t *testing.T) {
	start := time.Now()
	p := mustPlan(t, func(o *Options) { o.MessageRate, o.Hold = 3, time.Hour })
	for seq, want := range map[int]time.Duration{0: 0, 1: 333333333, 3: time.Second, 3000000: 1000000 * time.Second} {
		if got := p.MessageDue(start, seq).Sub(start); got != want {
			t.Errorf("message %d: due after %v, want %v", seq, got, want)
		}
	}
	for after, want := range map[time.Duration]int{0: 1, 333 * time.Millisecond: 1, 334 * time.Millisecond: 2, time.Second: 4, time.Hour: 10801} {
		if got := p.MessagesDue(start, start.Add(after)); got != want {
			t.Errorf("%d due after %v, want %d", got, after, want)
		}
	}
	if p = mustPlan(t, func(o *Options) { o.Messages = 5 }); !p.MessageDue(start, 1).IsZero() || p.MessagesDue(start, start.Add(time.Hour)) != 0 {
		t.Error("due without a rate")
	}
}

func TestLists(t *testing.T) {
	p := mustPlan(t, func(o *Options) {
		o.Header = []string{"A: b, c", "D:e:f"}
		o.Subprotocols = []string{"x", "y"}
		o.Extensions = []string{"permessage-deflate; client_max_window_bits"}
		o.LocalAddrs = []string{"127.0.0.4/31,127.0.0.9", "127.0.1.1"}
		o.Compress = true
	})
	e, err := p.Endpoint(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "[{A b, c} {D e:f}] [x y] [permessage-deflate; client_max_window_bits permessage-deflate; client_no_context_takeover; server_no_context_takeover] " +
		"[127.0.0.4 127.0.0.5 127.0.0.9 127.0.1.1]"
	o := e.Offer()
	if got := fmt.Sprint(o.Header, o.Subprotocols, o.Extensions, p.Locals); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
