package peers

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// BenchmarkEcho: one round is one message of 64 octets, sent and received
// again, on each of 1000 connections, to a server in another process.
// messages/cpu-s is how many of them a second of this process's CPU time does,
// kernel included.
func BenchmarkEcho(b *testing.B) {
	const conns = 1000
	message := bytes.Repeat([]byte("m"), 64)
	s := serve(b, heads.Get("129"))
	for _, e := range engines {
		if e.open == nil {
			continue
		}
		b.Run("impl="+e.name, func(b *testing.B) {
			c, err := e.open(s, conns)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := b.N * conns
			cpu := measure(b, "message", n, func() error { return c.exchange(message, b.N) })
			b.ReportMetric(float64(n)/max(cpu.Seconds(), 1e-9), "messages/cpu-s")
			if err := c.close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
