package run

import (
	"slices"
	"testing"
	"time"
	"unsafe"
)

// What is pushed is popped in order, wherever in the ring it is and whenever that
// grows; and what an empty one keeps is little.
func TestUnderway(t *testing.T) {
	var u underway
	var want []time.Duration
	next := time.Duration(0)
	for round := range 40 {
		for range 1 + round*7%19 {
			u.push(next)
			want = append(want, next)
			next++
		}
		for range min(1+round*5%17, len(want)) {
			if got := u.pop(); got != want[0] {
				t.Fatalf("popped %d, want %d", got, want[0])
			}
			want = slices.Delete(want, 0, 1)
		}
		if int(u.n) != len(want) {
			t.Fatalf("holds %d, want %d", u.n, len(want))
		}
	}
	for u.n > 0 {
		u.pop()
	}
	if len(u.sent) > keptUnderway {
		t.Errorf("room for %d while empty", len(u.sent))
	}
}

// A connection that has one message under way at a time makes room for it once.
func TestUnderwayOfOne(t *testing.T) {
	var u underway
	if n := testing.AllocsPerRun(100, func() { u.push(1); u.pop() }); n != 0 || len(u.sent) != 1 {
		t.Errorf("%v allocations, room for %d", n, len(u.sent))
	}
	if got := unsafe.Sizeof(exchange{}) + unsafe.Sizeof(u.sent[0]); got > 64 {
		t.Errorf("%d octets for each connection", got)
	}
}
