package loop

import "time"

// poller waits until a loop has something to do.
type poller interface {
	// wait returns when the loop was woken, when something is due (Loop.next), or,
	// where there are sockets, after telling Loop.event of them; at once if
	// Loop.posted.
	wait(l *Loop)
	// wake ends wait, or the next one. Any goroutine may call it, until close.
	wake()
	close()
}

// channelPoller is the poller of a loop without sockets of its own.
type channelPoller struct {
	woken chan struct{}
	timer *time.Timer
}

func newChannelPoller() *channelPoller {
	return &channelPoller{make(chan struct{}, 1), time.NewTimer(time.Hour)}
}

func (p *channelPoller) wait(l *Loop) {
	if l.posted {
		return
	}
	var due <-chan time.Time
	if next := l.next(); next != 0 {
		p.timer.Reset(duration(next - l.now()))
		due = p.timer.C
	}
	select {
	case <-p.woken:
	case <-due:
	}
}

func (p *channelPoller) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

func (p *channelPoller) close() { p.timer.Stop() }
