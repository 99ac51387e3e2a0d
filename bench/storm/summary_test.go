package main

import (
	"bytes"
	"testing"
)

func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		s    *summary
		want string
	}{
		{&everything, `{
  "url": "wss://host.example/chat",
  "engine": "net",
  "n": 100,
  "c": 8,
  "rate": 50,
  "timeout_s": 10,
  "hold_s": 1.5,
  "held_s": 0.25,
  "interrupted": true,
  "elapsed_s": 1.25,
  "opened": 60,
  "failed": 13,
  "cut_off": 2,
  "not_started": 25,
  "reached_rate": 42.125,
  "late": 4,
  "late_for_c": 3,
  "dropped": 1,
  "failures": {
    "connect: refused": 1,
    "status 403": 12
  },
  "drops": {
    "connection closed": 1
  },
  "examples": {
    "connect: refused": "nobody there",
    "connection closed": "EOF",
    "status 403": "refused <with> 403",
    "wrong reply": "it is another"
  },
  "subprotocols": {
    "mqtt": 60
  },
  "extensions": {
    "permessage-deflate": 59
  },
  "handshake_us": {
    "p50": 1234,
    "p90": 2345,
    "p99": 3456,
    "p999": 4567,
    "max": 5678
  },
  "upgrade_us": {
    "p50": 123,
    "p90": 234,
    "p99": 345,
    "p999": 456,
    "max": 567
  },
  "intended_us": {
    "p50": 12345,
    "p90": 23456,
    "p99": 34567,
    "p999": 45678,
    "max": 56789
  },
  "messages": 900,
  "answered": 800,
  "wrong_replies": 1,
  "wrongs": {
    "wrong reply": 1
  },
  "octets_out": 9437184,
  "octets_in": 8388608,
  "exchanged_s": 2,
  "message_us": {
    "p50": 1,
    "p90": 2,
    "p99": 3,
    "p999": 4,
    "max": 5
  },
  "message_due_us": {
    "p50": 10,
    "p90": 20,
    "p99": 30,
    "p999": 40,
    "max": 50
  },
  "ping_us": {
    "p50": 100,
    "p90": 200,
    "p99": 300,
    "p999": 400,
    "max": 500
  },
  "server": {
    "opened": 61,
    "peak": 60,
    "echoed": 800
  }
}
`},
		{&nothing, `{
  "url": "ws://127.0.0.1:1/",
  "engine": "net",
  "n": 1,
  "c": 1,
  "rate": 0,
  "timeout_s": 10,
  "hold_s": 0,
  "held_s": 0,
  "interrupted": false,
  "elapsed_s": 0,
  "opened": 0,
  "failed": 1,
  "cut_off": 0,
  "not_started": 0,
  "reached_rate": 0,
  "late": 0,
  "late_for_c": 0,
  "dropped": 0,
  "failures": {
    "connect: refused": 1
  },
  "drops": {},
  "examples": {
    "connect: refused": "nobody there"
  },
  "subprotocols": {},
  "extensions": {},
  "handshake_us": null,
  "upgrade_us": null,
  "intended_us": null,
  "messages": 0,
  "answered": 0,
  "wrong_replies": 0,
  "wrongs": {},
  "octets_out": 0,
  "octets_in": 0,
  "exchanged_s": 0,
  "message_us": null,
  "message_due_us": null,
  "ping_us": null,
  "server": null
}
`},
	} {
		var b bytes.Buffer
		if err := tt.s.writeJSON(&b); err != nil {
			t.Error(err)
		}
		if got := b.String(); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		s    summary
		want int
	}{
		{summary{Opened: 5}, 0},
		{summary{Opened: 4, Failed: 1}, 3},
		{summary{Opened: 5, Dropped: 1}, 3},
	} {
		if got := tt.s.status(); got != tt.want {
			t.Errorf("%+v: status %d, want %d", tt.s, got, tt.want)
		}
	}
}
