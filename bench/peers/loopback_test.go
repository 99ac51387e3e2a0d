package peers

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// BenchmarkLoopback measures connect, handshake and close over TCP, 64 at a
// time, against a server in another process. Nothing is offered. cpu-ns/op is
// the CPU time of this process, kernel included; ns/op holds the server's too,
// where the two share a machine's cores.
//
// Each has a server of its own: the ports of connections that it closes first are kept
// for a while, and Linux searches long for a free one when there are 14,000 of them. So
// b.N should be less than that, as with -benchtime 5000x.
func BenchmarkLoopback(b *testing.B) {
	for _, head := range []string{"129", "551"} {
		for _, e := range engines {
			b.Run(fmt.Sprintf("head=%s/impl=%s", head, e.name), func(b *testing.B) {
				s := serve(b, heads.Get(head))
				if err := e.handshakes(s, width, width); err != nil { // pools are filled
					b.Fatal(err)
				}
				b.ReportAllocs()
				measure(b, "op", b.N, func() error { return e.handshakes(s, b.N, width) })
			})
		}
	}
}

// measure reports the CPU time and the GC cycles of this process while f does
// something n times.
func measure(b *testing.B, unit string, n int, f func() error) (cpu time.Duration) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, err := cpuTime()
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	end, err := cpuTime()
	if err != nil {
		b.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64((end-start).Nanoseconds())/float64(n), "cpu-ns/"+unit)
	b.ReportMetric(float64(after.NumGC-before.NumGC)/float64(n), "GCs/"+unit)
	return end - start
}
