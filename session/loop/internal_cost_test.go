package loop

// What a connection costs while it does nothing, as the slab has it.

import (
	"runtime"
	"testing"
	"unsafe"
)

func TestSizeOfConn(t *testing.T) {
	size := unsafe.Sizeof(conn{})
	t.Logf("%d octets", size)
	if size > 320 {
		t.Errorf("a connection has %d octets", size)
	}
	if size := unsafe.Sizeof(timer{}); size > 16 {
		t.Errorf("a timer has %d octets", size)
	}
}

// settled are the objects and octets that are alive.
func settled() (objects, octets int64) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapObjects), int64(m.HeapAlloc)
}

// A hundred thousand connections are not a hundred thousand objects, which the
// collector would have to look at one by one.
func TestSlabObjects(t *testing.T) {
	const n = 100_000
	objects, octets := settled()
	var s slab
	var timers timers
	for i := range n {
		c := s.add()
		c.phase = phaseOpen
		c.client.Init(nil)
		timers.set(&s, c, deadline, int64(i))
	}
	more, larger := settled()
	if per := float64(more-objects) / n; per > 0.01 {
		t.Errorf("%.3f objects for each connection", per)
	}
	if per := float64(larger-octets) / n; per > 360 { // the connection, its timer, and what is too much of the timers
		t.Errorf("%.0f octets for each connection", per)
	} else {
		t.Logf("%.0f octets, %.4f objects for each connection", per, float64(more-objects)/n)
	}
	for i := range int32(n) { // and nothing when they are gone
		c := s.at(i)
		timers.remove(&s, c, deadline)
		s.remove(c)
	}
	if s.n != 0 || len(timers) != 0 || len(s.chunks) > 1 {
		t.Errorf("%d connections, %d timers, %d chunks", s.n, len(timers), len(s.chunks))
	}
	if _, left := settled(); left-octets > larger-left {
		t.Errorf("%d octets are left of %d", left-octets, larger-octets)
	}
	runtime.KeepAlive(&s)
	runtime.KeepAlive(timers)
}

// The lowest place is taken first, so that the last chunks become free.
func TestSlabPlaces(t *testing.T) {
	var s slab
	for range 3 * chunkSize {
		s.add().phase = phaseOpen
	}
	for _, i := range []int32{300, 5, 200} {
		s.remove(s.at(i))
	}
	for _, want := range []int32{5, 200, 300, 3 * chunkSize} {
		c := s.add()
		c.phase = phaseOpen
		if c.index != want {
			t.Errorf("place %d is taken, want %d", c.index, want)
		}
		if s.get(c.handle()) != c {
			t.Errorf("its handle names another")
		}
	}
	seen := 0
	for c := range s.all() {
		if s.at(c.index) != c {
			t.Errorf("place %d is another's", c.index)
		}
		seen++
	}
	if seen != s.n || seen != 3*chunkSize+1 {
		t.Errorf("%d connections of %d", seen, s.n)
	}
}
