package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// said is what a tool says that it did.
type said struct {
	opened, answered int64
	p99, max         time.Duration // until a connection was open; p99 is 0 if it says none
}

func stormSaid(_ plan, dir string) (said, error) {
	f, err := os.Open(filepath.Join(dir, result))
	if err != nil {
		return said{}, err
	}
	defer f.Close()
	r, err := measure.Read(f)
	if err != nil {
		return said{}, err
	}
	handshake := r.Latency[measure.Handshake].OK
	return said{r.Counts.Opened, r.Counts.Answered, handshake.At(99), handshake.Max()}, nil
}

// k6Said takes sessions for opened: k6 has no other count.
func k6Said(_ plan, dir string) (said, error) {
	var r struct {
		Metrics struct {
			Sessions   struct{ Count int64 } `json:"ws_sessions"`
			Received   struct{ Count int64 } `json:"ws_msgs_received"`
			Connecting struct {
				P99 float64 `json:"p(99)"`
				Max float64
			} `json:"ws_connecting"`
		}
	}
	err := readResult(dir, &r)
	m := &r.Metrics
	return said{m.Sessions.Count, m.Received.Count, milliseconds(m.Connecting.P99), milliseconds(m.Connecting.Max)}, err
}

// tsungSaid reads a log that has a line "stats: NAME COUNT TOTAL" for each counter
// each ten seconds, and "stats: NAME COUNT MEAN DEVIATION MAX MIN ..." for each time,
// where COUNT is of these ten seconds, MAX of the run.
func tsungSaid(_ plan, dir string) (s said, err error) {
	logs, _ := filepath.Glob(filepath.Join(dir, "*", "tsung.log"))
	if len(logs) != 1 {
		return s, fmt.Errorf("%d logs of tsung, not one", len(logs))
	}
	text, err := os.ReadFile(logs[0])
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(text)) {
		var name string
		var n, max float64
		var skipped string
		switch {
		case strings.HasPrefix(line, "stats: websocket_succ "):
			_, err = fmt.Sscan(line, &skipped, &name, &n)
			s.opened += int64(n)
		case strings.HasPrefix(line, "stats: tr_message "):
			_, err = fmt.Sscan(line, &skipped, &name, &n)
			s.answered += int64(n)
		case strings.HasPrefix(line, "stats: tr_open "):
			_, err = fmt.Sscan(line, &skipped, &name, &n, &skipped, &skipped, &max)
			s.max = milliseconds(max)
		}
		if err != nil {
			return s, fmt.Errorf("%q: %w", line, err)
		}
	}
	return s, nil
}

// artillerySaid takes who completed for opened: artillery has no count of that.
func artillerySaid(p plan, dir string) (said, error) {
	var r struct {
		Aggregate struct {
			Counters struct {
				Completed int64 `json:"vusers.completed"`
				Received  int64 `json:"websocket.messages_received"`
			}
			Summaries struct {
				Session struct{ P99, Max float64 } `json:"vusers.session_length"`
			}
		}
	}
	err := readResult(dir, &r)
	c, session := &r.Aggregate.Counters, &r.Aggregate.Summaries.Session
	return said{c.Completed, c.Received, milliseconds(session.P99) - p.Hold, milliseconds(session.Max) - p.Hold}, err
}

func readResult(dir string, v any) error {
	text, err := os.ReadFile(filepath.Join(dir, result))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
