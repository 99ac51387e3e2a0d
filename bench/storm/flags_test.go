package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestUsageErrorsNameTheFlag(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string // in the error
	}{
		{[]string{"-n", "0"}, "-n: "},
		{[]string{"-n", "x"}, `"-n, --connections"`},
		{[]string{"-c", "-1"}, "-c: "},
		{[]string{"-r", "-1"}, "-r: "},
		{[]string{"-r", "NaN"}, "-r: "},
		{[]string{"-r", "Inf"}, "-r: "},
		{[]string{"-r", "1e-9"}, "-r: "},
		{[]string{"--hold", "-1s"}, "--hold: "},
		{[]string{"--hold", "10"}, "--hold"},
		{[]string{"--timeout", "0"}, "--timeout: "},
		{[]string{"-H", "a: b", "-H", "secret"}, "-H, number 2: no colon"},
		{[]string{"-H", "a b: secret"}, "-H, number 1: header name"},
		{[]string{"-H", "a: secret\r\nb: c"}, "-H, number 1: control octet"},
		{[]string{"-H", "host: secret"}, "-H, number 1: host is taken from the URL"},
		{[]string{"-H", "Content-Length: 7"}, "-H, number 1: "},
		{[]string{"-H", "upgrade: secret"}, "-H, number 1: upgrade is made by the handshake"},
		{[]string{"-H", "Connection: secret"}, "-H, number 1: Connection is made by the handshake"},
		{[]string{"-H", "Sec-WebSocket-Key: secret"}, "-H, number 1: Sec-WebSocket-Key is made by the handshake"},
		{[]string{"-H", "Sec-WebSocket-Version: 8"}, "-H, number 1: Sec-WebSocket-Version is made by the handshake"},
		{[]string{"-H", "Sec-WebSocket-Protocol: x"}, "use --subprotocol"},
		{[]string{"--subprotocol", "y", "-H", "Sec-WebSocket-Protocol: x"}, "use --subprotocol"},
		{[]string{"-H", "Sec-WebSocket-Extensions: x"}, "use --extension"},
		{[]string{"--subprotocol", "a", "--subprotocol", "b,c"}, "--subprotocol, number 2: "},
		{[]string{"--subprotocol", "a", "--subprotocol", "a"}, "--subprotocol, number 2: "},
		{[]string{"--extension", "a, b"}, "--extension, number 1: "},
		{[]string{"--extension", "permessage-deflate; x=1"}, "--extension, number 1: "},
		{[]string{"--local-addr", "127.0.0.1,x"}, "--local-addr: "},
		{[]string{"--nonsense"}, "--nonsense"},
		{[]string{""}, "URL: "},
		{[]string{"ws://a/", "ws://b/"}, "URL: 2 arguments"},
		{[]string{"localhost:80"}, "scheme"},
		{[]string{"https://secret@h/"}, "scheme"},
		{[]string{"ws://"}, "host"},
		{[]string{"ws://h:99999/"}, "port"},
		{[]string{"ws://u:secret@h:port/"}, "port"},
		{[]string{"ws://u:secret@h/#f"}, "fragment"},
	} {
		_, _, err := parseArgs(tt.args)
		var usage usageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v; want a usage error with %q", tt.args, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error holds a credential: %v", tt.args, err)
		}
	}
}

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "2000 connections, 64 in flight, timeout 10s; "},
		{[]string{"-r", "50"}, "2000 connections, 50 arrivals a second, no limit in flight, timeout 10s; "},
		{[]string{"-r", "0.5", "-c", "7", "-n", "9"}, "9 connections, 0.5 arrivals a second, 7 in flight, timeout 10s; "},
		{[]string{"-c", "0", "--hold", "1m30s", "--timeout", "500ms"}, "2000 connections, no limit in flight, timeout 500ms, hold 1m30s; "},
		{[]string{"ws://u:secret@host/path?token=secret", "-n", "3"}, "3 connections, 64 in flight, timeout 10s; ws://host/path"},
		{[]string{"--", "wss://[::1]:8443"}, "2000 connections, 64 in flight, timeout 10s; wss://[::1]:8443"},
	} {
		p, _, err := parseArgs(tt.args)
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		show := p.show
		if p.url == "" {
			show = ""
		}
		if got := fmt.Sprintf("%v; %s", p, show); got != tt.want {
			t.Errorf("%q: %s; want %s", tt.args, got, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	p, _, err := parseArgs([]string{"-H", "A: b, c", "-H", "D:e:f", "--subprotocol", "x", "--subprotocol", "y",
		"--extension", "permessage-deflate; client_max_window_bits", "--local-addr", "127.0.0.4/31,127.0.0.9", "--local-addr", "127.0.1.1"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "[{A b, c} {D e:f}] [x y] [permessage-deflate; client_max_window_bits] [127.0.0.4 127.0.0.5 127.0.0.9 127.0.1.1]"
	if got := fmt.Sprint(p.offer.Header, p.offer.Subprotocols, p.offer.Extensions, p.locals); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHelp(t *testing.T) {
	p, help, err := parseArgs([]string{"--help"})
	if p != nil || err != nil {
		t.Errorf("got the plan %v, %v", p, err)
	}
	if p, again, err := parseArgs([]string{"help"}); p != nil || again != help || err != nil {
		t.Errorf("help differs from --help: %v, %q, %v", p, again, err)
	}
	lines := strings.Split(help, "\n")
	if len(lines) > 60 {
		t.Errorf("%d lines are more than two screens", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("wider than 80 columns: %s", line)
		}
	}
	for _, flag := range []string{"-n, ", "-c, ", "-r, ", "-H, ", "--hold ", "--timeout ", "--subprotocol ", "--extension ",
		"--insecure ", "--local-addr ", "--json ", "--version ", "--messages ", "--message-rate ", "--size ", "--payload ", "--binary ", "--echo-check ", "--ping-interval ", "storm serve"} {
		if !strings.Contains(help, flag) {
			t.Errorf("not in the help: %s", flag)
		}
	}
}
