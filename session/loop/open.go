package loop

// How a connection opens: begin, to a socket here or in netconn.go; then the
// request and the response, the same for both.

import (
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session/dial"
)

// opening is what a connection has until it is open.
type opening struct {
	endpoint *dial.Endpoint
	timing   dial.Timing
	until    int64 // when ConnectTimeout is over; 0: never

	addrs        []netip.Addr // to be tried, from the one at first on
	first, tried int
	literal      [1]netip.Addr // what addrs is if the host is an address

	request  []byte
	sent     int             // octets of it
	writeErr error           // why the rest cannot be
	head     []byte          // what has come of a head that is not whole,
	response *parse.Response // and how far it was parsed
}

var openings = sync.Pool{New: func() any { return new(opening) }}

func (l *Loop) newResponse() *parse.Response {
	return &parse.Response{Fields: make([]parse.Field, 0, 32), MaxBytes: l.config.MaxBytes, MaxFields: l.config.MaxFields}
}

func (c *conn) freeOpening() {
	o := c.opening
	if o == nil {
		return
	}
	c.opening = nil
	*o = opening{request: small(o.request), head: small(o.head)}
	openings.Put(o)
}

func (l *Loop) begin(e *dial.Endpoint, token uint64) Handle {
	c := l.conns.add()
	c.token, c.fd = token, -1
	c.client.Init(l.config.Session) // which New has tried
	c.opening = openings.Get().(*opening)
	o := c.opening
	o.endpoint, o.timing.Start = e, time.Now()
	if l.config.NetDial != nil || l.config.Proxy != nil {
		c.phase = phaseConnecting
		l.startNet(c, l.group.dialers.connect)
		return c.handle()
	}
	if d := l.config.ConnectTimeout; d > 0 {
		o.until = l.at(o.timing.Start.Add(d))
	}
	name, ip := e.Host()
	c.phase = phaseResolving
	if ip.IsValid() {
		o.literal[0] = ip.Unmap()
		l.connectTo(c, o.literal[:], 0)
		return c.handle()
	}
	l.limit(c, o.until)
	l.group.names.lookup(l, c, name)
	return c.handle()
}

// limit sets the deadline of c, 0 for none.
func (l *Loop) limit(c *conn, when int64) {
	if c.net != nil {
		c.net.extended = 0
	}
	if when == 0 {
		l.timers.remove(&l.conns, c, deadline)
	} else {
		l.timers.set(&l.conns, c, deadline, when)
	}
}

// connectTo connects to one of addrs, each the one to begin with in its turn.
func (l *Loop) connectTo(c *conn, addrs []netip.Addr, turn uint32) {
	o := c.opening
	if o.addrs = l.fitting(addrs); len(o.addrs) == 0 {
		l.doom(c, ErrNoAddress)
		return
	}
	o.first = int(turn % uint32(len(o.addrs)))
	c.phase = phaseConnecting
	l.connect(c)
}

// fitting are the addresses that can be reached from one of Config.LocalAddrs.
func (l *Loop) fitting(addrs []netip.Addr) []netip.Addr {
	if len(l.config.LocalAddrs) == 0 {
		return addrs
	}
	fits := func(a netip.Addr) bool {
		return slices.ContainsFunc(l.config.LocalAddrs, func(local netip.Addr) bool { return local.Is4() == a.Is4() })
	}
	if i := slices.IndexFunc(addrs, func(a netip.Addr) bool { return !fits(a) }); i < 0 {
		return addrs
	}
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return !fits(a) })
}

// address is the one to connect to now.
func (o *opening) address() netip.Addr { return o.addrs[(o.first+o.tried)%len(o.addrs)] }

// localAddr is the next of Config.LocalAddrs from which to can be reached.
func (l *Loop) localAddr(to netip.Addr) (a netip.Addr, ok bool) {
	all := l.config.LocalAddrs
	for range all {
		a = all[l.local]
		l.local = (l.local + 1) % len(all)
		if a.Is4() == to.Is4() {
			return a, true
		}
	}
	return a, false
}

// connect connects to the next address, unless that fails at once.
func (l *Loop) connect(c *conn) {
	o := c.opening
	limit := o.until // 0: none
	if left := int64(len(o.addrs) - o.tried); limit != 0 && left > 1 {
		now := l.now() // the time is shared by the addresses that are left
		limit = now + max(limit-now, 1)/left
	}
	if l.config.overNet(o.endpoint) {
		l.limit(c, 0)
		l.startNet(c, l.direct(c, limit))
		return
	}
	l.limit(c, limit)
	if phase, err := l.openSocket(c); err != nil {
		l.refusedBy(c, phase, err)
		return
	}
	l.request(c)
}

// refusedBy: the address could not be connected to. The next one is tried, unless
// it is something of this machine's own.
func (l *Loop) refusedBy(c *conn, p dial.Phase, err error) {
	o := c.opening
	if o.tried++; o.tried >= len(o.addrs) || !isRemote(err) {
		l.doomAt(c, p, err)
		return
	}
	l.disconnect(c)
	l.connect(c)
}

// request writes the request, or the rest of it. Whether c is connected, a write
// tells.
func (l *Loop) request(c *conn) {
	o := c.opening
	if len(o.request) == 0 {
		var err error
		if o.request, err = c.client.BeginHandshake(o.request, o.endpoint.Request()); err != nil {
			l.doomAt(c, dial.PhaseRequest, err)
			return
		}
	}
	start := time.Now() // not behind the write: the answer may be here by then
	n, err := l.write(c, o.request[o.sent:])
	if err == errAgain && n == 0 {
		l.watch(c, true)
		return
	}
	failed := err != nil && err != errAgain
	if failed && n == 0 && c.phase == phaseConnecting {
		l.refusedBy(c, dial.PhaseConnect, err)
		return
	}
	if c.phase == phaseConnecting {
		l.connected(c, start)
	}
	if failed {
		l.unsendable(c, err)
		return
	}
	o.sent += n
	if o.sent < len(o.request) {
		l.setNoDelay(c)
		c.phase = phaseRequesting
		l.watch(c, true)
		return
	}
	o.timing.Written = start
	c.phase = phaseResponding
	l.watch(c, false)
}

// unsendable: the request could not be written to its end. The server may have
// refused it before, and that is received yet; else it is the write that failed.
func (l *Loop) unsendable(c *conn, err error) {
	c.opening.writeErr = err
	c.phase = phaseResponding
	if c.net != nil {
		c.net.consume(c) // what comes is told, also that nothing more does
		return
	}
	l.doomed = append(l.doomed, doom{handle: c.handle(), later: true})
}

// connected: from now on HandshakeTimeout counts.
func (l *Loop) connected(c *conn, at time.Time) {
	o := c.opening
	if o.timing.Connected.IsZero() {
		o.timing.Connected = at
	}
	if d := l.config.HandshakeTimeout; d > 0 {
		l.limit(c, l.at(o.timing.Connected.Add(d)))
	} else {
		l.limit(c, 0)
	}
}

// respond reads the response. A head that comes whole is parsed where it was read
// to; one that does not is kept until it is.
func (l *Loop) respond(c *conn) {
	o, r, p := c.opening, l.response, l.buf
	if o.response != nil {
		r = o.response
		o.head = slices.Grow(o.head, 4<<10)
		p = o.head[len(o.head):cap(o.head)]
	}
	n, err := l.read(c, p)
	switch {
	case err != nil && o.writeErr != nil && (err != errAgain || c.net == nil):
		l.fail(c, dial.PhaseRequest, o.writeErr)
		return
	case err == errAgain:
		return
	case err == io.EOF && o.response == nil:
		l.fail(c, dial.PhaseResponse, ErrNoAnswer)
		return
	case err == io.EOF:
		l.fail(c, dial.PhaseResponse, io.ErrUnexpectedEOF)
		return
	case err != nil:
		l.fail(c, dial.PhaseResponse, err)
		return
	}
	if o.response == nil {
		o.timing.FirstByte = time.Now()
		p = p[:n]
	} else {
		o.head = o.head[:len(o.head)+n]
		p = o.head
	}
	n, err = r.Parse(p)
	switch {
	case err == parse.ErrIncomplete:
		if o.response == nil {
			o.head = append(o.head, p...)
			o.response, l.response = r, l.newResponse()
		}
	case err != nil:
		f := l.failed(c, dial.PhaseResponse, err)
		f.malformed, f.head = r, p
		l.tellFailure(c)
	default:
		l.judge(c, r, p[n:])
	}
	if c.opening == nil && r == l.response {
		r.Reset()
	}
}

// judge has the session judge the response r, behind which left had come.
func (l *Loop) judge(c *conn, r *parse.Response, left []byte) {
	o := c.opening
	if n := o.endpoint.Request().NumExtensions(); n > len(l.selected) {
		l.selected = make([]int, n)
	}
	extensions, subprotocol, err := c.client.EndHandshake(r, l.selected)
	if err == nil && o.writeErr != nil {
		l.fail(c, dial.PhaseRequest, o.writeErr)
		return
	}
	if err != nil {
		f := l.failed(c, dial.PhaseResponse, err)
		f.Response, f.Body = r, left
		l.tellFailure(c)
		return
	}
	o.timing.Done = time.Now()
	l.opened = Opening{Response: r, Extensions: extensions, Subprotocol: subprotocol, Timing: o.timing, conn: c}
	c.phase = phaseOpen
	l.scheduleFirstPing(c)
	l.handler.Opened(c.conn(), &l.opened)
	l.opened = Opening{}
	h := c.handle()
	l.left = left
	for len(l.left) > 0 && l.conns.get(h) != nil && c.phase < phaseLingering && !c.doomed {
		l.receive(c)
	}
	l.left = nil
	if l.conns.get(h) != nil { // its head was looked at until now
		c.freeOpening()
	}
}
