package loop

import (
	"testing"
	"time"
	"unsafe"
)

// A time of the wall clock alone is as far away as that says now, though the clock was
// set since the loop began; equal times are equal.
func TestClockWasSet(t *testing.T) {
	for _, by := range []time.Duration{0, time.Hour, -time.Hour} {
		l := Loop{base: setBack(time.Now(), by)}
		for _, after := range []time.Duration{0, time.Minute, -time.Minute} {
			now := time.Now()
			const near = int64(time.Second)
			if got, want := l.at(now.Round(0).Add(after)), l.at(now.Add(after)); got < want-near || got > want+near {
				t.Errorf("set by %v: %v from now is at %v, want %v", by, after, duration(got), duration(want))
			}
		}
		at := time.Now().Round(0).Add(time.Minute)
		for first := l.at(at); !t.Failed(); {
			if got := l.at(at); got != first {
				t.Errorf("set by %v: one time is at %d and %d", by, first, got)
			}
			if time.Since(at) > -time.Minute+10*time.Millisecond {
				break
			}
		}
		far := time.Unix(1<<55, 0)
		if got := l.at(far); got < int64(longest)/2 {
			t.Errorf("set by %v: %v is at %v", by, far, duration(got))
		}
		if got := l.at(time.Time{}.Add(1)); got > 0 {
			t.Errorf("set by %v: long ago is at %v", by, duration(got))
		}
	}
}

// setBack is t as it would have been read if the wall clock, and not the monotonic
// one, had been by behind. A Time that has both has its seconds from bit 30 on.
func setBack(t time.Time, by time.Duration) time.Time {
	wall := (*uint64)(unsafe.Pointer(&t))
	before := t.Round(0)
	*wall -= uint64(by/time.Second) << 30
	if before.Sub(t.Round(0)) != by {
		panic("a Time is another one now")
	}
	return t
}
