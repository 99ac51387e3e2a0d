package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"time"
)

// open makes nc the connection of c, or closes it.
func (d *Dialer) open(ctx context.Context, c *Conn, nc net.Conn, e *Endpoint, via *proxy) (*Conn, error) {
	stop := closeWhenDone(ctx, nc)
	phase, err := d.handshake(ctx, c, nc, e, via)
	switch {
	case !stop(): // nc is closed, or about to be
		err = interrupted(ctx, err)
	case err == nil:
		err = overdue(ctx, c.timing.Done)
	}
	if err != nil {
		nc.Close()
		return nil, &Error{phase, e.text, err}
	}
	return c, nil
}

// closeWhenDone closes nc when ctx is done. stop ends that, and returns false
// if it is too late.
func closeWhenDone(ctx context.Context, nc net.Conn) (stop func() bool) {
	if ctx.Done() == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(ctx, func() { nc.Close() })
}

// interrupted is the error of a handshake that the end of ctx broke off. It
// keeps what was already known of a refusal.
func interrupted(ctx context.Context, err error) error {
	if refused := (*RefusedError)(nil); errors.As(err, &refused) {
		return fmt.Errorf("%w while reading the body: %w", ctx.Err(), err)
	}
	return ctx.Err()
}

// overdue is the context's error if its deadline was over at done: its timer may
// run late where many connections are opened.
func overdue(ctx context.Context, done time.Time) error {
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(done) {
		return context.DeadlineExceeded
	}
	return nil
}

// handshake returns the phase that it ended in. It does not close nc.
func (d *Dialer) handshake(ctx context.Context, c *Conn, nc net.Conn, e *Endpoint, via *proxy) (Phase, error) {
	conn, phase, err := d.secure(ctx, nc, e, via, &c.timing)
	if err != nil {
		return phase, err
	}
	if phase, err := d.upgrade(c, nc, conn, e); err != nil {
		return phase, err
	}
	if d.HandshakeTimeout > 0 {
		return PhaseResponse, nc.SetDeadline(time.Time{})
	}
	return PhaseResponse, nil
}

// secure makes nc, which leads to the server or its proxy, ready for the request.
// It begins HandshakeTimeout.
func (d *Dialer) secure(ctx context.Context, nc net.Conn, e *Endpoint, via *proxy, t *Timing) (net.Conn, Phase, error) {
	if err := ctx.Err(); err != nil {
		return nil, PhaseConnect, err
	}
	if d.HandshakeTimeout > 0 {
		if err := nc.SetDeadline(time.Now().Add(d.HandshakeTimeout)); err != nil {
			return nil, PhaseConnect, err
		}
	}
	conn := nc
	if via != nil {
		var err error
		if conn, err = d.tunnel(ctx, conn, via, e.authority); err != nil {
			return nil, PhaseProxy, via.wrap(err)
		}
	}
	if e.tls != nil {
		secure := tls.Client(conn, e.tls)
		if err := handshakeTLS(ctx, secure); err != nil {
			return nil, PhaseTLS, err
		}
		t.TLSDone = time.Now()
		conn = secure
	}
	return conn, PhaseRequest, nil
}

// handshakeTLS tells the httptrace.ClientTrace in ctx, if there is one.
func handshakeTLS(ctx context.Context, c *tls.Conn) error {
	trace := httptrace.ContextClientTrace(ctx)
	if trace != nil && trace.TLSHandshakeStart != nil {
		trace.TLSHandshakeStart()
	}
	err := c.HandshakeContext(ctx)
	if trace != nil && trace.TLSHandshakeDone != nil {
		trace.TLSHandshakeDone(c.ConnectionState(), err)
	}
	return err
}

// upgrade sends the request over conn, which is nc or lies on it, and lets
// session judge the response.
func (d *Dialer) upgrade(c *Conn, nc, conn net.Conn, e *Endpoint) (Phase, error) {
	s := d.scratch()
	defer s.free()
	var err error
	if s.request, err = c.client.BeginHandshake(s.request[:0], e.request); err != nil {
		return PhaseRequest, err
	}
	c.timing.Written = time.Now() // not behind Write: the answer may be here by then
	// A refusal need not wait for all of the request: a write that fails is looked at
	// behind the answer.
	_, writeErr := conn.Write(s.request)

	br := readers.Get(conn)
	if c.timing.FirstByte, err = readHead(br, &s.response); err != nil {
		defer readers.Put(br)
		if writeErr != nil {
			return PhaseRequest, writeErr
		}
		return PhaseResponse, e.secrets.locate(err, br, &s.response)
	}
	selected := c.selected[:]
	if n := e.request.NumExtensions(); n > len(selected) {
		selected = make([]int, n)
	}
	extensions, subprotocol, err := c.client.EndHandshake(&s.response, selected)
	if err != nil {
		defer readers.Put(br)
		return PhaseResponse, refuse(nc, br, &s.response, err, e.secrets.explain(&c.client, err, &s.response))
	}
	if writeErr != nil {
		readers.Put(br)
		return PhaseRequest, writeErr
	}
	if d.KeepHeader { // while the views last
		c.header = copyHeader(&s.response)
	}
	c.stream.Conn = conn
	c.stream.keep(br)
	c.extensions = extensions
	if subprotocol >= 0 {
		c.subprotocol = e.offer.Subprotocols[subprotocol]
	}
	c.timing.Done = time.Now()
	return PhaseResponse, nil
}
