package peers

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

var idleConns = flag.Int("idle", 500, "how many connections BenchmarkIdle holds")

// BenchmarkIdle: one round opens connections (-idle 500) from a process that
// does nothing else, and measures when each waits for messages, what there is
// more than before: memory of the process that is not backed by a file (Linux
// only), live heap, stacks, objects, goroutines, all for one connection. What
// the kernel holds is left out.
func BenchmarkIdle(b *testing.B) { benchmarkIdle(b, engines, serve(b, heads.Get("129"))) }

// BenchmarkIdleTLS is the same over wss.
func BenchmarkIdleTLS(b *testing.B) { benchmarkIdle(b, secured, serveTLS(b, heads.Get("129"))) }

func benchmarkIdle(b *testing.B, engines []engine, s server) {
	for _, e := range engines {
		if e.open == nil {
			continue
		}
		b.Run("impl="+e.name, func(b *testing.B) {
			var sum footprint
			for range b.N {
				one, err := idleIn(e, s, *idleConns)
				if err != nil {
					b.Fatal(err)
				}
				sum = sum.plus(one, 1)
			}
			conns := float64(b.N * *idleConns)
			for i, unit := range footprintUnits {
				if unit != "B/conn" || runtime.GOOS == "linux" {
					b.ReportMetric(float64(sum[i])/conns, unit)
				}
			}
			b.ReportMetric(0, "ns/op") // it says nothing
		})
	}
}

// A footprint is what a process holds, in the order of footprintUnits.
type footprint [5]int64

var footprintUnits = [...]string{"B/conn", "heap-B/conn", "stack-B/conn", "objects/conn", "goroutines/conn"}

func (f footprint) plus(g footprint, sign int64) footprint {
	for i := range f {
		f[i] += sign * g[i]
	}
	return f
}

// settled measures this process when there is nothing more to collect: stacks
// shrink by half at each collection.
func settled() (f footprint, err error) {
	for range 6 {
		time.Sleep(20 * time.Millisecond)
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f = footprint{0, int64(m.HeapAlloc), int64(m.StackInuse), int64(m.HeapObjects), int64(runtime.NumGoroutine())}
	if runtime.GOOS == "linux" {
		f[0], err = anonymous()
	}
	return f, err
}

// anonymous is the memory of this process that is not backed by a file.
func anonymous() (octets int64, err error) {
	p, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(p) {
		if rest, ok := bytes.CutPrefix(line, []byte("Anonymous:")); ok {
			_, err := fmt.Sscanf(string(rest), "%d kB", &octets)
			return octets << 10, err
		}
	}
	return 0, errors.New("peers: no Anonymous in smaps_rollup")
}

// The process that idleChild is.
const (
	idleEngine = "ZEROSHAKE_IDLE_ENGINE"
	idleAddr   = "ZEROSHAKE_IDLE_ADDR"
	idleHead   = "ZEROSHAKE_IDLE_HEAD"
	idleTrust  = "ZEROSHAKE_IDLE_TRUST" // the certificate in hexadecimal; empty: not over TLS
	idleCount  = "ZEROSHAKE_IDLE_COUNT"
)

// idleIn measures in a process of its own: what the runtime once has, it keeps
// for the next.
func idleIn(e engine, s server, n int) (f footprint, err error) {
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), idleEngine+"="+e.name, idleAddr+"="+s.addr, idleHead+"="+s.head.Name,
		idleTrust+"="+hex.EncodeToString([]byte(s.certificate)), idleCount+"="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return f, err
	}
	_, err = fmt.Sscan(string(out), &f[0], &f[1], &f[2], &f[3], &f[4])
	return f, err
}

// idleChild measures, and does not return, in a process that idleIn has started.
func idleChild() {
	name := os.Getenv(idleEngine)
	if name == "" {
		return
	}
	n, err := strconv.Atoi(os.Getenv(idleCount))
	certificate, bad := hex.DecodeString(os.Getenv(idleTrust))
	all := slices.Concat(engines, secured)
	i := slices.IndexFunc(all, func(e engine) bool { return e.name == name })
	if err = errors.Join(err, bad); err == nil && i >= 0 {
		var f footprint
		if f, err = idle(all[i], server{os.Getenv(idleAddr), heads.Get(os.Getenv(idleHead)), string(certificate)}, n); err == nil {
			fmt.Println(f[0], f[1], f[2], f[3], f[4])
			os.Exit(0)
		}
	}
	fmt.Fprintln(os.Stderr, "idle:", name, err)
	os.Exit(1)
}

func idle(e engine, s server, n int) (f footprint, err error) {
	if err := e.handshakes(s, 4, 1); err != nil { // what is made once
		return f, err
	}
	before, err := settled()
	if err != nil {
		return f, err
	}
	c, err := e.open(s, n)
	if err != nil {
		return f, err
	}
	c.idle()
	after, err := settled()
	if err != nil {
		return f, err
	}
	return after.plus(before, -1), c.close()
}
