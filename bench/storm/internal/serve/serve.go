// Package serve is the echo server that storm brings along. It is made of another
// library than storm, and keeps counts of its own, so that the two can be
// compared.
package serve

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
)

// Server sends every message back. It takes the first subprotocol that is
// offered, and permessage-deflate. An idle connection has a goroutine and a small
// buffer to read into.
type Server struct {
	http.Server
	upgrader websocket.Upgrader

	refused, messages, pings atomic.Int64

	mu     sync.Mutex
	open   int64
	counts measure.Server // but for those above
}

// New returns a Server that does not listen yet.
func New() *Server {
	s := &Server{counts: measure.Server{Closes: map[uint16]int64{}}, upgrader: websocket.Upgrader{
		HandshakeTimeout:  10 * time.Second,
		ReadBufferSize:    512,
		WriteBufferSize:   4096,
		WriteBufferPool:   new(sync.Pool),
		EnableCompression: true,
		CheckOrigin:       func(*http.Request) bool { return true },
	}}
	s.Handler = http.HandlerFunc(s.upgrade)
	s.ReadHeaderTimeout = 10 * time.Second
	s.MaxHeaderBytes = 64 << 10
	return s
}

// upgrade counts a connection before the client can know that it is open. It
// leaves echo to another goroutine, so that what net/http holds is freed.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		s.refused.Add(1)
		http.Error(w, "this is a WebSocket server", http.StatusUpgradeRequired)
		return
	}
	h := http.Header{}
	if offered := websocket.Subprotocols(r); len(offered) > 0 {
		h.Set("Sec-WebSocket-Protocol", offered[0])
	}
	s.enter()
	c, err := s.upgrader.Upgrade(w, r, h)
	if err != nil { // and the client has been told
		s.refused.Add(1)
		s.mu.Lock()
		s.counts.Opened--
		s.mu.Unlock()
		s.leave()
		return
	}
	go s.echo(c)
}

func (s *Server) enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open++
	s.counts.Opened++
	s.counts.Peak = max(s.counts.Peak, s.open)
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// noClose is the status of a connection that ended without a close: RFC 6455
// section 7.1.5.
const noClose = 1006

// ended counts how a connection ends, before the client can know it.
func (s *Server) ended(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Closes[uint16(status)]++
}

// Counts are those so far.
func (s *Server) Counts() *measure.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.Closes = maps.Clone(c.Closes)
	c.Refused, c.Messages, c.Pings = s.refused.Load(), s.messages.Load(), s.pings.Load()
	return &c
}

func (s *Server) echo(c *websocket.Conn) {
	defer s.leave()
	defer c.Close()
	answerPing, answerClose := c.PingHandler(), c.CloseHandler()
	c.SetPingHandler(func(payload string) error {
		s.pings.Add(1)
		return answerPing(payload)
	})
	c.SetCloseHandler(func(status int, reason string) error {
		s.ended(status)
		return answerClose(status, reason)
	})
	err := s.copy(c)
	var closed *websocket.CloseError
	if !errors.As(err, &closed) || closed.Code == noClose { // which is gorilla's for an end of the stream
		s.ended(noClose)
	}
}

// copy sends messages back until the connection ends.
func (s *Server) copy(c *websocket.Conn) error {
	for {
		kind, message, err := c.NextReader()
		if err != nil {
			return err
		}
		w, err := c.NextWriter(kind)
		if err != nil {
			return err
		}
		if _, err = io.Copy(w, message); err != nil {
			return err
		}
		s.messages.Add(1) // before the client can know
		if err = w.Close(); err != nil {
			return err
		}
	}
}
