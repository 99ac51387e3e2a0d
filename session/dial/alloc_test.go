//go:build !race

package dial_test

import (
	"context"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// Dialling a ws URL again allocates at most twice more than net.Dialer does, and
// at most five times more under a context that can be cancelled. Not run under
// the race detector, where sync.Pool forgets at random.
func TestAllocations(t *testing.T) {
	addr := startChild(t)
	url := "ws://" + addr + "/path?query"
	cancellable, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		more float64
	}{{"background", context.Background(), 2}, {"cancellable", cancellable, 5}} {
		var (
			nd net.Dialer
			d  dial.Dialer
		)
		floor := allocations(t, func() error {
			nc, err := nd.DialContext(tt.ctx, "tcp", addr)
			if err == nil {
				err = nc.Close()
			}
			return err
		})
		got := allocations(t, func() error {
			c, err := d.Dial(tt.ctx, url)
			if err == nil {
				err = c.CloseNow()
			}
			return err
		})
		t.Logf("%s: net.Dialer allocates %v times, Dialer %v more", tt.name, floor, got-floor)
		if got-floor > tt.more {
			t.Errorf("%s: net.Dialer allocates %v times, Dialer %v more: want at most %v", tt.name, floor, got-floor, tt.more)
		}
	}
}

// allocations counts those of the whole process, with the pools left alone.
func allocations(t *testing.T, f func() error) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	return testing.AllocsPerRun(200, func() {
		if err := f(); err != nil {
			t.Error(err)
		}
	})
}

// Messages allocate nothing, neither written nor read into a slice that is
// large enough.
func TestMessagesDoNotAllocate(t *testing.T) {
	var d dial.Dialer
	c, err := d.Dial(t.Context(), "ws://"+startChild(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	message, buf := make([]byte, 1000), make([]byte, 0, 8192)
	if n := allocations(t, func() error {
		if err := c.WriteMessage(session.BinaryMessage, message); err != nil {
			return err
		}
		_, _, err := c.ReadMessage(buf)
		return err
	}); n != 0 {
		t.Errorf("a message there and back allocates %v times", n)
	}
}

// A read that waits holds no buffer: the heap of a Conn is less than one.
func TestWaitingHoldsNoBuffer(t *testing.T) {
	const n, limit = 200, 3500
	d := dial.Dialer{}
	url := "ws://" + startChild(t)
	conns := make([]*dial.Conn, n)
	var all sync.WaitGroup
	before := heap()
	for i := range conns {
		c, err := d.Dial(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = c
		if err := c.WriteMessage(session.BinaryMessage, make([]byte, 3000)); err != nil {
			t.Fatal(err)
		}
		echoed := make(chan error, 1)
		all.Go(func() {
			_, p, err := c.ReadMessage(nil)
			if len(p) != 3000 {
				t.Errorf("%d octets, %v", len(p), err)
			}
			echoed <- err
			c.ReadMessage(nil)
		})
		if err := <-echoed; err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(50 * time.Millisecond) // most likely all of them wait by then
	each := (heap() - before) / n
	for _, c := range conns {
		c.CloseNow()
	}
	all.Wait()
	if t.Logf("%d octets of heap", each); each > limit {
		t.Errorf("a Conn that waits holds %d octets of heap, want at most %d", each, limit)
	}
}

// heap is what is alive.
func heap() int64 {
	for range 3 { // pools let go of what they have in two
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
