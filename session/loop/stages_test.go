package loop_test

// What a connection may be about when its Group ends.
//
//	stage   how it gets there, and what is told then
//	visit   one connection that does
//	stages  all of them

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// A stage is what a connection is about when the Group ends.
type stage struct {
	name string
	// script is the server's. It calls v.reached, unless opened does.
	script func(p *peer, v *visit)
	opened func(l *loop.Loop, c loop.Conn, v *visit)
	config func(t *testing.T, cfg *loop.Config) (url string, free func()) // in place of a server
	scheme string                                                         // "": ws
	// What is told last if the context ends, and by Close, and the status that
	// the server is told, 0 for none.
	ordered, atOnce string
	told            uint16
}

// A visit is one connection's stay in a stage.
type visit struct {
	reached func()
	stops   chan struct{} // closed when the Group is told to end
	over    chan struct{} // closed when it has
	told    chan uint16   // the status that the server was told
}

// listen reads until the client is gone, and answers no close.
func (v *visit) listen(p *peer) {
	status := uint16(0)
	for {
		first, payload, err := p.next()
		if err != nil {
			v.told <- status
			return
		}
		if first == 0x88 && len(payload) >= 2 {
			status = uint16(payload[0])<<8 | uint16(payload[1])
		}
	}
}

// converse answers a close as well.
func (v *visit) converse(p *peer) {
	for {
		first, payload, err := p.next()
		switch {
		case err != nil:
			v.told <- 0
			return
		case first == 0x88 && len(payload) >= 2:
			p.Write(frame(0x88, payload))
			v.told <- uint16(payload[0])<<8 | uint16(payload[1])
			return
		}
	}
}

// reach says that the stage is reached once the connection is open.
func reach(_ *loop.Loop, _ loop.Conn, v *visit) { v.reached() }

// fill sends until the queue is full.
func fill(l *loop.Loop, c loop.Conn, v *visit) {
	message := make([]byte, 64<<10)
	for l.Send(c.Handle, session.BinaryMessage, message) == nil {
	}
	v.reached()
}

// unresolved is a name that is looked up for ever.
func unresolved(_ *testing.T, cfg *loop.Config) (string, func()) {
	cfg.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	return "ws://some.test/", func() {}
}

const (
	stoppedEarly = "loop: stopped by this side"
	stoppedOpen  = `closed 1006 "": loop: stopped by this side`
	unanswered   = `closed 1006 "": loop: no close from the server within the time for it`
)

var stages = []stage{
	{name: "resolving", config: unresolved, ordered: "failed: dns: " + stoppedEarly, atOnce: "failed: dns: " + stoppedEarly},
	{name: "connecting", config: stuck, ordered: "failed: connect: " + stoppedEarly, atOnce: "failed: connect: " + stoppedEarly},
	{name: "TLS", scheme: "wss", script: func(p *peer, v *visit) {
		p.br.ReadByte()
		v.reached()
		io.Copy(io.Discard, p.br)
		v.told <- 0
	}, ordered: "failed: tls: " + stoppedEarly, atOnce: "failed: tls: " + stoppedEarly},
	{name: "waiting for the head", script: func(p *peer, v *visit) {
		p.head()
		v.reached()
		v.listen(p)
	}, ordered: "failed: response: " + stoppedEarly, atOnce: "failed: response: " + stoppedEarly},
	{name: "in the head", script: func(p *peer, v *visit) {
		p.Write(p.head()[:20])
		v.reached()
		v.listen(p)
	}, ordered: "failed: response: " + stoppedEarly, atOnce: "failed: response: " + stoppedEarly},
	{name: "idle", script: func(p *peer, v *visit) {
		p.upgrade()
		v.converse(p)
	}, opened: reach, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "idle, the close is not answered", script: func(p *peer, v *visit) {
		p.upgrade()
		v.listen(p)
	}, opened: reach, ordered: unanswered, atOnce: stoppedOpen, told: 1001},
	{name: "half a message has come", script: func(p *peer, v *visit) {
		p.upgrade(frame(0x01, []byte("half"))...)
		p.Write(frame(0x89, nil))
		p.next()
		v.reached()
		v.converse(p)
	}, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "half is sent, and read late", script: func(p *peer, v *visit) {
		p.upgrade()
		<-v.stops
		time.Sleep(20 * time.Millisecond)
		v.converse(p)
	}, opened: fill, ordered: `closed 1001 "": <nil>`, atOnce: stoppedOpen, told: 1001},
	{name: "half is sent, and not read", script: func(p *peer, v *visit) {
		p.upgrade()
		<-v.over
		v.told <- 0
	}, opened: fill, ordered: unanswered, atOnce: stoppedOpen},
	{name: "closing", script: func(p *peer, v *visit) {
		p.upgrade()
		if first, payload, _ := p.next(); first != 0x88 || string(payload) != "\x0f\xa0" {
			return
		}
		v.reached()
		v.listen(p)
	}, opened: func(l *loop.Loop, c loop.Conn, v *visit) { l.Close(c.Handle, 4000, "") }, ordered: unanswered, atOnce: stoppedOpen},
	{name: "closed by the server, which waits", script: func(p *peer, v *visit) {
		p.upgrade(frame(0x88, []byte("\x0f\xa1why"))...)
		p.next()
		v.reached()
		v.listen(p)
	}, ordered: `closed 4001 "why": <nil>`, atOnce: `closed 4001 "why": <nil>`},
}
