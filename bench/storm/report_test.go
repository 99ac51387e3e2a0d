package main

import (
	"bytes"
	"strings"
	"testing"
)

var everything = summary{
	URL: "wss://host.example/chat", Engine: "net", N: 100, C: 8, Rate: 50, TimeoutS: 10, HoldS: 1.5, HeldS: 0.25, Interrupted: true,
	ElapsedS: 1.25, Opened: 60, Failed: 13, CutOff: 2, NotStarted: 25, Reached: 42.125, Late: 4, LateForC: 3, Dropped: 1,
	Failures: map[string]int{"status 403": 12, "connect: refused": 1},
	Drops:    map[string]int{"connection closed": 1},
	Examples: map[string]string{"status 403": "refused <with> 403", "connect: refused": "nobody there", "connection closed": "EOF", "wrong reply": "it is another"},

	Subprotocols: map[string]int{"mqtt": 60},
	Extensions:   map[string]int{"permessage-deflate": 59},
	Handshake:    &latency{1234, 2345, 3456, 4567, 5678},
	Upgrade:      &latency{123, 234, 345, 456, 567},
	Intended:     &latency{12345, 23456, 34567, 45678, 56789},
	Server:       &serverCounts{61, 60, 800},

	Messages: 900, Answered: 800, WrongReplies: 1, Wrongs: map[string]int{"wrong reply": 1},
	OctetsOut: 9 << 20, OctetsIn: 8 << 20, ExchangedS: 2,
	Message:    &latency{1, 2, 3, 4, 5},
	MessageDue: &latency{10, 20, 30, 40, 50},
	Ping:       &latency{100, 200, 300, 400, 500},
}

var nothing = summary{
	URL: "ws://127.0.0.1:1/", Engine: "net", N: 1, C: 1, TimeoutS: 10, Failed: 1,
	Failures:     map[string]int{"connect: refused": 1},
	Examples:     map[string]string{"connect: refused": "nobody there"},
	Drops:        map[string]int{},
	Subprotocols: map[string]int{},
	Extensions:   map[string]int{},
	Wrongs:       map[string]int{},
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		s    *summary
		want string
	}{
		{&everything, `wss://host.example/chat
SETTINGS, engine net

interrupted   2 cut off while being opened, 25 not started
opened        60 of 100 in 1.250 s, 48 a second
failed        13
        12  status 403
            refused <with> 403
         1  connect: refused
            nobody there
dropped       1 of the opened, by the server
         1  connection closed
            EOF
held          0.250 s of 1.5 s
arrivals      50 a second planned, 42.125 reached
late          4 by more than 10ms: 3 waited for -c, 1 for storm itself
messages      900 sent, 800 answered, 400 a second, 4.5 MiB/s out, 4 MiB/s in
wrong         1 replies
         1  wrong reply
            it is another
server        counted 61 opened, 60 at once, 800 messages
subprotocol   60 chose mqtt
extension     59 chose permessage-deflate

ms               p50       p90       p99     p99.9       max
handshake      1.234     2.345     3.456     4.567     5.678  dial to open
upgrade        0.123     0.234     0.345     0.456     0.567  request to verdict
intended      12.345    23.456    34.567    45.678    56.789  planned to open
message        0.001     0.002     0.003     0.004     0.005  write to reply
due            0.010     0.020     0.030     0.040     0.050  due to reply
ping           0.100     0.200     0.300     0.400     0.500  ping to pong
`},
		{&nothing, `ws://127.0.0.1:1/
SETTINGS, engine net

opened        0 of 1 in 0.000 s
failed        1
         1  connect: refused
            nobody there
`},
	} {
		var b bytes.Buffer
		if err := tt.s.writeText(&b, "SETTINGS"); err != nil {
			t.Error(err)
		}
		if got := b.String(); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestTextShowsTheMostFrequentReasons(t *testing.T) {
	s := nothing
	s.Failures = map[string]int{}
	for i, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		s.Failures[name] = i + 1
	}
	var b bytes.Buffer
	if err := s.writeText(&b, "SETTINGS"); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for name, want := range map[string]bool{"10  j\n": true, " 3  c\n": true, " 2  b\n": false, "2 more reasons": true} {
		if bytes.Contains(b.Bytes(), []byte(name)) != want {
			t.Errorf("%q in the text: %v, want %v:\n%s", name, !want, want, text)
		}
	}
}

func TestFold(t *testing.T) {
	long := strings.Repeat("x", 38)
	for _, tt := range []struct{ list, want string }{
		{"", ""},
		{"a, b", "a, b"},
		{long + ", " + long + ", a", long + ", " + long + ",\na"},
		{long + long + long + ", a", long + long + long + ",\na"},
		{"15000 connections, 500 arrivals a second, no limit in flight, timeout 10s, hold 1m30s, engine net",
			"15000 connections, 500 arrivals a second, no limit in flight, timeout 10s,\nhold 1m30s, engine net"},
	} {
		if got := fold(tt.list); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.list, got, tt.want)
		}
	}
}
