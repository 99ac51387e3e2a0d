//go:build unix

package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// within reports whether got is at most so much of want away from it.
func within(got, want time.Duration, part float64) bool {
	return (got - want).Abs().Seconds() <= want.Seconds()*part
}

// A real server is stopped for a second while a message is due each 10 ms: the one
// due j periods behind the begin waits 10j ms less than the stall lasts, so a tenth
// of all, which is 30, wait for longer than the stall without 300 ms. The service
// time has the stall once.
func TestStallOfARealServer(t *testing.T) {
	storm := start(t, "-n", "1", "--messages", "300", "--message-rate", "100", "--json", "-")
	server := storm.server(t)
	time.Sleep(time.Second)
	syscall.Kill(server, syscall.SIGSTOP)
	stopped := time.Now()
	time.Sleep(time.Second)
	syscall.Kill(server, syscall.SIGCONT)
	stall := time.Since(stopped)
	r := storm.end()
	r.want(t, 0)
	s := parseResult(t, r.stdout)
	due, service := s.Latency[measure.Message].OK, s.Latency[measure.MessageService].OK
	if !within(due.Max(), stall, .05) || !within(due.At(90), stall-300*time.Millisecond, .05) || !within(service.Max(), stall, .05) {
		t.Errorf("a stall of %v: message max %v, p90 %v, service max %v", stall, due.Max(), due.At(90), service.Max())
	}
	if service.At(90) > stall/10 || s.Counts.Answered != 300 || s.Server.Messages != 300 {
		t.Errorf("service p90 %v, %d answered, by the server %d", service.At(90), s.Counts.Answered, s.Server.Messages)
	}
}

// Arrivals are those of the plan, against a real server.
func TestArrivalsAreThePlans(t *testing.T) {
	r := runStorm(t, "-r", "500", "--duration", "4s", "--lifetime", "10ms", "--json", "-")
	r.want(t, 0)
	s := parseResult(t, r.stdout)
	took, planned := s.Marks.LastStart-s.Marks.FirstStart, 1999*time.Second/500
	if s.Counts.Started != 2000 || !within(took, planned, .005) || s.Server.Opened != 2000 || s.Server.Closes[1000] != 2000 {
		t.Errorf("%d started in %v, planned %v; server %+v", s.Counts.Started, took, planned, s.Server)
	}
}
