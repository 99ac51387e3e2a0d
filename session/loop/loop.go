package loop

// Loop: its goroutine, then what its owner may call; what any goroutine may is in
// post.go. How a connection opens is in open.go, how it receives, sends and ends in
// the files of those names.

import (
	"slices"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/dial"
)

// Loop is one goroutine's connections. But for Post and Index its methods are for
// that goroutine alone: for its Handler, and for functions given to Post and At.
type Loop struct {
	group   *Group
	config  *Config
	index   int
	handler Handler
	poll    poller
	sockets sockets
	base    time.Time // what the loop's times count from

	conns  slab
	timers timers
	calls  calls
	doomed []doom
	cork   cork

	// Shared by all connections, each for as long as it is looked at.
	buf       []byte // read into: heads, and what is thrown away
	left      []byte // octets that came behind a head
	response  *parse.Response
	selected  []int
	receiving session.Op
	sending   session.Op
	opened    Opening
	failure   Failure
	ending    Ending

	local    int // of Config.LocalAddrs, the next
	round    uint64
	stopping bool
	posted   bool // more of inbox is to be called

	mu    sync.Mutex
	inbox []func() // given to Post
	told  []func() // given to tell
	woken bool     // the poller was woken for them
	ended bool
}

// headBuffer is the size of what heads are read into: they are parsed there.
const headBuffer = 64 << 10

func newLoop(g *Group, index int) (*Loop, error) {
	l := &Loop{group: g, config: &g.config, index: index, base: time.Now(), cork: newCork(), buf: make([]byte, headBuffer)}
	l.response = l.newResponse()
	err := l.newPoller()
	return l, err
}

// now is the time since base, never 0.
func (l *Loop) now() int64 { return int64(time.Since(l.base)) + 1 }

// at is t as the time since base. The wall clock, which alone some times are of, may
// have been set since; by less than 10 ms is not told from the time between the
// readings of both, so that equal times stay equal.
func (l *Loop) at(t time.Time) int64 {
	d := min(t.Sub(l.base), longest)
	if t == t.Round(0) {
		now := time.Now()
		set := now.Sub(l.base) - now.Round(0).Sub(l.base.Round(0))
		d = max(d, -longest) + set.Round(10*time.Millisecond)
	}
	return int64(d) + 1
}

func (l *Loop) run() {
	defer l.poll.close()
	for ; ; l.round++ {
		l.posted = l.callPosted()
		l.expire()
		l.endRound()
		if l.stopping && l.conns.n == 0 {
			l.end()
			return
		}
		l.poll.wait(l)
		l.endRound()
	}
}

// endRound leaves nothing to be written or reaped.
func (l *Loop) endRound() {
	for len(l.doomed) > 0 || len(l.cork.runs) > 0 {
		l.reap()
		l.uncork()
	}
}

// stop closes what is open, and drops what is not.
func (l *Loop) stop() {
	l.stopping = true
	for c := range l.conns.all() {
		switch {
		case c.phase < phaseOpen:
			l.doom(c, ErrStopped)
		case c.phase == phaseOpen:
			if l.close(c, session.StatusEndpointUnavailable, nil) != nil {
				l.doom(c, ErrStopped)
			}
		}
	}
}

func (l *Loop) stopNow() {
	l.stopping = true
	for c := range l.conns.all() {
		l.doom(c, ErrStopped)
	}
}

// At has the loop call f at t, or soon if t is past. If t has no reading of the
// monotonic clock, it is as far away as the wall clock says now. A loop that is late
// does what is due in the order of its times, those of Wake included; what has one
// time, in that of the calls of At. What is left when the Group ends is not called.
func (l *Loop) At(t time.Time, f func()) { l.calls.push(l.later(t), f) }

// later is t, or the nearest time to come: what is due is done in rounds.
func (l *Loop) later(t time.Time) int64 { return max(l.at(t), l.now()+1) }

// Index is that of the loop in Group.Loops.
func (l *Loop) Index() int { return l.index }

// Len returns how many connections there are, opening, open or closing; the one
// that Failed or Closed is being called for is still among them.
func (l *Loop) Len() int { return l.conns.n }

// Dial opens a connection. What comes of it, the Handler is told. The error is
// ErrNoCodec, session.ErrInvalidArgument for a nil Endpoint, or ErrStopped if the
// Group is ending.
func (l *Loop) Dial(e *dial.Endpoint, token uint64) (Handle, error) {
	if l.stopping {
		return 0, ErrStopped
	}
	if err := l.config.allows(e); err != nil {
		return 0, err
	}
	return l.begin(e, token), nil
}

// allows: there is an endpoint, and an offer of permessage-deflate needs a codec.
func (c *Config) allows(e *dial.Endpoint) error {
	if e == nil {
		return session.ErrInvalidArgument
	}
	if c.Session == nil || c.Session.Deflate == nil {
		if slices.ContainsFunc(e.Offer().Extensions, isDeflate) {
			return ErrNoCodec
		}
	}
	return nil
}

func isDeflate(offer string) bool {
	x := parse.ScanExtensions([]byte(offer))
	return x.Next() && string(x.Name()) == "permessage-deflate"
}

// open returns the connection of h if something can be sent.
func (l *Loop) open(h Handle) (*conn, error) {
	c := l.conns.get(h)
	switch {
	case c == nil || c.phase >= phaseFlushing || c.phase == phaseReceiving || c.doomed:
		return nil, ErrGone
	case c.phase < phaseOpen:
		return c, ErrNotOpen
	}
	return c, nil
}

// Send sends a message, a part of one, an UnsolicitedPong or a session.RawFrame.
// p is the caller's again when Send returns. If it is small it is written a moment
// later, when the loop has told what it knows, and before it waits. What the system
// does not take is queued. If something is queued and p would make it more than
// Config.MaxQueued, Send returns ErrQueueFull and does nothing, and the Handler is
// told when the queue is empty. Other errors are ErrGone, ErrNotOpen, and those of
// session.Client.Send.
//
// That the server is gone is told to the Handler, not here: Send returns nil until a
// write has failed and ErrGone from then on, while what the server had said is still
// received. If the server has ended its stream, Send returns ErrGone, while what was
// sent before is still written: a close does not overtake it, and a server may end
// its stream and read on (RFC 9293 section 3.6). Then comes Closed.
func (l *Loop) Send(h Handle, t session.BufferType, p []byte) error {
	if len(l.cork.octets)+len(p) > l.config.MaxQueued {
		l.uncork() // what is held may be to be queued
	}
	c, err := l.open(h)
	switch {
	case err != nil:
		return err
	case t == session.CloseMessage, t == session.PingPong:
		return session.ErrSendType
	case c.queued() > 0 && c.queued()+len(p) > l.config.MaxQueued:
		c.extra.full = true
		return ErrQueueFull
	}
	l.sending = session.Op{Type: t, Data: p}
	return l.send(c)
}

// Ping sends a ping, at once. The Handler is told of its pong. ErrPinging: the one
// before is not answered.
func (l *Loop) Ping(h Handle) error {
	c, err := l.open(h)
	switch {
	case err != nil:
		return err
	case c.pinged != 0:
		return ErrPinging
	}
	return l.ping(c)
}

// Close begins the closing handshake of RFC 6455 section 7.1.2, at once, behind what
// was sent. The Handler is told when it is over, and until then of messages and its
// Wake. status 0 sends none. Errors are those of session.Client.Send, and ErrGone. A
// connection that is not open yet is dropped.
func (l *Loop) Close(h Handle, status session.CloseStatus, reason string) error {
	c, err := l.open(h)
	switch {
	case err == ErrNotOpen:
		l.doom(c, ErrDropped)
		return nil
	case err != nil:
		return err
	}
	return l.close(c, status, []byte(reason))
}

// Drop ends a connection at once, without a closing handshake: what is queued is
// lost. Its Failed or Closed comes soon.
func (l *Loop) Drop(h Handle) error {
	c := l.conns.get(h)
	if c == nil || c.phase == phaseOver || c.doomed {
		return ErrGone
	}
	l.doom(c, ErrDropped)
	return nil
}

// Wake has the Handler's Wake called for a connection at t, once, in place of an
// earlier t. The zero Time: not at all.
func (l *Loop) Wake(h Handle, t time.Time) error {
	c := l.conns.get(h)
	if c == nil || c.phase == phaseOver || c.doomed {
		return ErrGone
	}
	if t.IsZero() {
		l.timers.remove(&l.conns, c, wake)
	} else {
		l.timers.set(&l.conns, c, wake, l.later(t))
	}
	return nil
}

// Deflate returns the parameters of permessage-deflate of an open connection.
func (l *Loop) Deflate(h Handle) (session.DeflateParams, bool) {
	c := l.conns.get(h)
	if c == nil || c.phase < phaseOpen || c.phase == phaseOver {
		return session.DeflateParams{}, false
	}
	return c.client.Deflate()
}
