package loop_test

// The Handler of one loop of a monitor.
//
//	enter          what holds for every call
//	act, flood     what it does, at random
//	Opened ...     what it is told, and asserts of that
//	end            and of every connection's end

import (
	"errors"
	"slices"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// enter asserts what holds for every call, and notes that one is under way.
func (d *minder) enter(c loop.Conn, first bool) (x *minded, leave func()) {
	if d.inside {
		d.fault("connection %d: a call within another", c.Token)
	}
	if d.ended.Load() {
		d.fault("connection %d: a call behind the end of the Group", c.Token)
	}
	d.inside = true
	x = d.conns[c.Token]
	if x == nil {
		x = &minded{handle: c.Handle}
		if d.conns[c.Token] = x; !first {
			d.fault("connection %d, %s: a call before Opened or behind the end", c.Token, d.script(c))
		}
	}
	if x.handle != c.Handle {
		d.fault("connection %d has two handles", c.Token)
	}
	return x, func() { d.inside = false }
}

func (d *minder) script(c loop.Conn) string { return hostiles[c.Token&0xff].name }

func (d *minder) Opened(c loop.Conn, o *loop.Opening) {
	x, leave := d.enter(c, true)
	defer leave()
	if x.opened {
		d.fault("connection %d opened twice", c.Token)
	}
	x.opened = true
	if o.Response.Status != 101 {
		d.fault("status %d", o.Response.Status)
	}
	switch d.script(c) {
	case "window of zero", "pings, and never reads": // which must not be spared by a close
		d.flood(c, x)
		return
	case "echo", "head octet by octet", "interim responses": // which last
		d.loop.Wake(c.Handle, time.Now().Add(time.Duration(d.r.IntN(500))*time.Millisecond))
	}
	d.act(c, x)
}

// flood sends until the queue is full.
func (d *minder) flood(c loop.Conn, x *minded) {
	p := make([]byte, 64<<10)
	for range 200 {
		switch err := d.loop.Send(c.Handle, session.BinaryMessage, p); err {
		case nil:
		case loop.ErrQueueFull:
			x.full = true
			return
		default:
			d.fault("flood: %v", err)
		}
	}
}

// act does one thing, or none.
func (d *minder) act(c loop.Conn, x *minded) {
	var err error
	switch d.r.IntN(24) {
	case 0, 1:
		err = d.loop.Send(c.Handle, session.BinaryMessage, make([]byte, 4+d.r.IntN(5000)))
	case 2, 3:
		err = d.loop.Send(c.Handle, session.UTF8Message, []byte("text"))
	case 4:
		err = d.loop.Send(c.Handle, session.BinaryFragment, []byte("begun"))
	case 5:
		err = d.loop.Ping(c.Handle)
	case 6:
		if err = d.loop.Close(c.Handle, session.StatusSuccess, "enough"); err == nil {
			x.closed = true
		}
	case 7:
		if err = d.loop.Drop(c.Handle); err == nil {
			x.dropped = true
			if err := d.loop.Drop(c.Handle); err != loop.ErrGone {
				d.fault("a second Drop: %v", err)
			}
		}
	case 8:
		err = d.loop.Wake(c.Handle, time.Now().Add(time.Duration(d.r.IntN(50)-10)*time.Millisecond))
	case 9:
		if d.r.IntN(8) == 0 {
			script := d.r.IntN(len(hostiles))
			token := d.token(script)
			d.more.Add(1)
			h, err := d.loop.Dial(d.endpoints[script], token)
			if err == loop.ErrStopped && d.stops.Load() {
				return
			}
			if err != nil {
				d.fault("dial: %v", err)
			}
			if x := d.conns[token]; x != nil {
				d.fault("a call within Dial")
			} else if d.r.IntN(8) == 0 {
				d.conns[token] = &minded{handle: h, dropped: true}
				if err := d.loop.Drop(h); err != nil && err != loop.ErrGone { // it has failed at once
					d.fault("drop of what was just dialled: %v", err)
				}
			}
		}
	case 10:
		d.posting.Add(1)
		go func() {
			defer d.posting.Done()
			d.loop.Post(func() {
				d.loop.Send(c.Handle, session.UTF8Message, []byte("posted"))
				if x := d.conns[c.Token]; x == nil {
					if err := d.loop.Ping(c.Handle); err != loop.ErrGone {
						d.fault("a ping on what is over: %v", err)
					}
				}
			})
		}()
	}
	if err != nil && !errors.Is(err, session.ErrInvalidProtocolOperation) && !slices.Contains([]error{
		loop.ErrGone, loop.ErrPinging, loop.ErrQueueFull, session.ErrSendMessageOpen}, err) {
		d.fault("%s: %v", d.script(c), err)
	}
}

func (d *minder) Message(c loop.Conn, t session.BufferType, p []byte) {
	x, leave := d.enter(c, false)
	defer leave()
	switch name := d.script(c); {
	case name == "frames behind the head" || name == "messages":
		if n := len(p); t == session.BinaryMessage && n >= 4 && !d.fragments() && int(p[2])<<8|int(p[3]) != n {
			d.fault("%s: a message of %d octets says %x", name, n, p[:4])
		}
	}
	d.act(c, x)
}

func (d *minder) fragments() bool { return d.seed%3 == 0 }

func (d *minder) Pong(c loop.Conn, took time.Duration) {
	x, leave := d.enter(c, false)
	defer leave()
	if took <= 0 {
		d.fault("a pong took %v", took)
	}
	d.act(c, x)
}

func (d *minder) Drained(c loop.Conn) {
	x, leave := d.enter(c, false)
	defer leave()
	d.act(c, x)
}

func (d *minder) Wake(c loop.Conn) {
	x, leave := d.enter(c, true)
	defer leave()
	if d.script(c) == "window of zero" {
		return
	}
	if d.r.IntN(2) == 0 {
		x.closed = d.loop.Close(c.Handle, session.StatusSuccess, "") == nil || x.closed
	} else {
		x.dropped = d.loop.Drop(c.Handle) == nil || x.dropped
	}
}

func (d *minder) Failed(c loop.Conn, f *loop.Failure) {
	x, leave := d.enter(c, true)
	defer leave()
	row := hostiles[c.Token&0xff]
	if x.opened || !oneOf(f.Err, row.failed) && !(x.dropped && f.Err == loop.ErrDropped) && !(d.stops.Load() && f.Err == loop.ErrStopped) {
		d.fault("%s: failed with %v (%v)", row.name, f.Err, f.Phase)
	}
	d.end(c)
}

func (d *minder) Closed(c loop.Conn, e *loop.Ending) {
	x, leave := d.enter(c, false)
	defer leave()
	row := hostiles[c.Token&0xff]
	right := oneOf(e.Err, row.closed)
	right = right || x.dropped && e.Err == loop.ErrDropped
	right = right || x.closed && (e.Err == nil || e.Err == loop.ErrCloseTimeout)
	right = right || d.stops.Load() && (e.Err == nil || e.Err == loop.ErrCloseTimeout || e.Err == loop.ErrStopped)
	if !x.opened || !right {
		d.fault("%s: closed with %d %v (closed %v, dropped %v)", row.name, e.Status, e.Err, x.closed, x.dropped)
	}
	if e.Err == nil && e.Status == session.StatusAborted {
		d.fault("%s: no status and no error", row.name)
	}
	if row.name == "window of zero" && !x.full && !x.dropped && !x.closed && !d.stops.Load() {
		d.fault("the queue of a server that does not read was never full")
	}
	d.end(c)
}

// end notes that c is over. It dials, now and then, for a Handler may.
func (d *minder) end(c loop.Conn) {
	delete(d.conns, c.Token)
	for _, err := range []error{d.loop.Ping(c.Handle), d.loop.Drop(c.Handle)} {
		if err != loop.ErrGone {
			d.fault("%s: %v within the last call", d.script(c), err)
		}
	}
	if len(d.gone) < 1000 {
		d.gone = append(d.gone, c.Handle)
	}
	d.over.Add(1)
	select {
	case <-d.room:
	default: // one of those that Handlers dialled
	}
}

func oneOf(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool {
		return err == target || target != nil && errors.Is(err, target)
	})
}
