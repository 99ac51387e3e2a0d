package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestStages(t *testing.T) {
	for _, tt := range []struct {
		list string // by spaces
		want string // the stages; ! for an error that holds the rest
	}{
		{"1000/s:1m", "1000/s:1m"},
		{"1000:1m", "1000/s:1m"},
		{"0:1000/s:30s", "0:1000/s:30s"},
		{"0:1000/s:30s,hold:1m,:0:10s", "0:1000/s:30s 1000/s:1m 1000:0/s:10s"},
		{"30/m:1h 10:60/m:90s", "0.5/s:1h 0.16666666666666666:1/s:1m30s"},
		{":10:1s", "0:10/s:1s"},
		{"5:5:1s", "5/s:1s"},
		{"0:2s 7/h:1s", "0/s:2s 7/h:1s"},
		{"1e3:100ms", "1000/s:100ms"},
		{"0.1:1s", "0.1/s:1s"},

		{"1000/s", "!number 1: \"1000/s\": want RATE:DURATION, FROM:TO:DURATION or hold:DURATION, as in 0:1000/s:30s"},
		{"1:2:3:4s", "!number 1: \"1:2:3:4s\": want RATE"},
		{"30s:1000", `!number 1: "30s:1000": "1000" is no duration; want RATE`},
		{"30s:1000:1s", `!"30s" is no rate; want a number of arrivals, as in 500 or 500/s or 30/m`},
		{"1:1s,x:1s", `!number 2: "x:1s": "x" is no rate`},
		{":1s", `!"" is no rate`},
		{"5/d:1s", `!"/d" is no unit of a rate; want /s, /m or /h`},
		{"5:0s", "!longer than 0"},
		{"5:-1s", "!longer than 0"},
		{"5:9000h", "!a year at most"},
		{"-5:1s", `!"-5" is out of range`},
		{"NaN:1s", `!"NaN" is out of range`},
		{"Inf:1s", `!"Inf" is out of range`},
		{"1e999:1s", `!"1e999" is out of range`},
		{"2e9:1s", "!at most 1e9 a second"},
		{"hold:1s", "!there is no stage before whose rate could be held"},
		{"1:1s 1:hold:1s", "!hold takes a duration only"},
	} {
		stages, err := parseStages(strings.Fields(tt.list))
		if text, bad := strings.CutPrefix(tt.want, "!"); bad {
			if err == nil || !strings.HasPrefix(err.Error(), "--stage, number ") || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: %v, %v; want an error with %q", tt.list, stages, err, text)
			}
			continue
		}
		if got := strings.Trim(fmt.Sprint(stages), "[]"); err != nil || got != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.list, got, err, tt.want)
		}
	}
}

// What a stage says it is can be read again, and is the same.
func FuzzStage(f *testing.F) {
	for _, seed := range []string{"0:1000/s:30s", "hold:1m", ":0:10s", "30/m:1h", "7/h:1ns", "1e-300:8760h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, problem := parseStage(text, 3, false)
		if problem != "" {
			return
		}
		again, problem := parseStage(s.String(), 0, true)
		if problem != "" || again != s {
			t.Errorf("%q: %v, and again %v, %s", text, s, again, problem)
		}
		if n := s.arrivals(s.length); !(n >= 0) || s.after(n) > s.length {
			t.Errorf("%q: %v arrivals, the last after %v", text, n, s.after(n))
		}
	})
}

func TestDurationText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Minute: "1m", time.Hour: "1h", 90 * time.Second: "1m30s", 10 * time.Second: "10s",
		time.Hour + time.Second: "1h0m1s", 20 * time.Minute: "20m", 1500 * time.Millisecond: "1.5s",
	} {
		if got := durationText(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
