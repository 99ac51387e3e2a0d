package run

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A processor says whether this process has had the processors that it may use. If
// it was late and had not, others had them, or the machine was stopped.
type processor struct{ share atomic.Int64 } // of them, in percent, most lately

const (
	lookEvery = 100 * time.Millisecond
	busyShare = 75
)

// busy reports whether storm has kept them busy by itself. What cannot be known is
// its own fault.
func (p *processor) busy() bool {
	share := p.share.Load()
	return share == unknown || share >= busyShare
}

const unknown = 0

// watch looks at it now and then, until stop is called.
func (p *processor) watch() (stop func()) {
	used, ok := processorTime()
	if !ok {
		return func() {}
	}
	quit := make(chan struct{})
	go func() {
		t := time.NewTicker(lookEvery)
		defer t.Stop()
		for then := time.Now(); ; {
			select {
			case <-quit:
				return
			case <-t.C:
			}
			now := time.Now()
			u, _ := processorTime()
			p.share.Store(1 + int64(u-used)*100/int64(now.Sub(then))/int64(runtime.GOMAXPROCS(0)))
			used, then = u, now
		}
	}()
	return func() { close(quit) }
}
