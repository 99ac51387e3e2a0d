//go:build unix

package main

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// within reports whether got is at most so much of want away from it.
func within(got, want time.Duration, part float64) bool {
	return (got - want).Abs().Seconds() <= want.Seconds()*part
}

// once passes if measure finds nothing wrong in one of a few runs: another process
// of the machine may take more of a run than is allowed here.
func once(t *testing.T, measure func() (wrong string)) {
	t.Helper()
	const runs = 5
	for i := range runs {
		wrong := measure()
		if wrong == "" {
			return
		}
		t.Logf("run %d: %s", i+1, wrong)
	}
	t.Errorf("wrong in each of %d runs", runs)
}

// A real server is stopped for a second while a message is due each 10 ms: the one
// due j periods behind the begin waits 10j ms less than the stall lasts, so a tenth
// of all, which is 30, wait for longer than the stall without 300 ms. They are sent
// all the same, so it is the service time as well.
func TestStallOfARealServer(t *testing.T) { once(t, func() string { return stall(t) }) }

func stall(t *testing.T) (wrong string) {
	storm := start(t, "-n", "1", "--messages", "300", "--message-rate", "100", "--json", "-")
	server := storm.server(t)
	time.Sleep(time.Second)
	syscall.Kill(server, syscall.SIGSTOP)
	stopped := time.Now()
	time.Sleep(time.Second)
	syscall.Kill(server, syscall.SIGCONT)
	took := time.Since(stopped)
	r := storm.end()
	r.want(t, 0)
	s := parseResult(t, r.stdout)
	due, service := s.Latency[measure.Message].OK, s.Latency[measure.MessageService].OK
	for _, h := range []*measure.Histogram{due, service} {
		if !within(h.Max(), took, .05) || !within(h.At(90), took-300*time.Millisecond, .05) {
			wrong += fmt.Sprintf("a stall of %v: max %v, p90 %v; ", took, h.Max(), h.At(90))
		}
	}
	if s.Counts.Answered != 300 || s.Server.Messages != 300 {
		t.Errorf("%d answered, by the server %d", s.Counts.Answered, s.Server.Messages)
	}
	return wrong
}

// Arrivals are those of the plan, against a real server.
func TestArrivalsAreThePlans(t *testing.T) { once(t, func() string { return arrivals(t) }) }

func arrivals(t *testing.T) (wrong string) {
	r := runStorm(t, "-r", "500", "--duration", "4s", "--lifetime", "10ms", "--json", "-")
	r.want(t, 0)
	s := parseResult(t, r.stdout)
	took, planned := s.Marks.LastStart-s.Marks.FirstStart, 1999*time.Second/500
	if s.Counts.Started != 2000 || s.Server.Opened != 2000 || s.Server.Closes[1000] != 2000 {
		t.Errorf("%d started; server %+v", s.Counts.Started, s.Server)
	}
	if !within(took, planned, .005) {
		return fmt.Sprintf("started in %v, planned %v", took, planned)
	}
	return ""
}
