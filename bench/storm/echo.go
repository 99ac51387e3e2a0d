package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// serverCounts are the server's own, of its connections.
type serverCounts struct {
	Opened int `json:"opened"`
	Peak   int `json:"peak"` // most open at once
	Echoed int `json:"echoed"`
}

const countsFormat = "%d opened, %d at once, %d messages"

func (c serverCounts) String() string { return fmt.Sprintf(countsFormat, c.Opened, c.Peak, c.Echoed) }

// An echoServer sends every message back. An idle connection has a goroutine
// and a small buffer to read into.
type echoServer struct {
	http.Server
	upgrader websocket.Upgrader

	mu     sync.Mutex
	open   int
	totals serverCounts
}

func newEchoServer() *echoServer {
	s := &echoServer{upgrader: websocket.Upgrader{
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

func (s *echoServer) counts() serverCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.totals
}

// upgrade counts a connection before the client can know that it is open. It
// leaves echo to another goroutine, so that what net/http holds is freed.
func (s *echoServer) upgrade(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		http.Error(w, "this is a WebSocket server", http.StatusUpgradeRequired)
		return
	}
	h := http.Header{}
	if offered := websocket.Subprotocols(r); len(offered) > 0 {
		h.Set("Sec-WebSocket-Protocol", offered[0])
	}
	s.mu.Lock()
	s.open++
	s.totals.Opened++
	s.totals.Peak = max(s.totals.Peak, s.open)
	s.mu.Unlock()
	c, err := s.upgrader.Upgrade(w, r, h)
	if err != nil { // and the client has been told
		s.mu.Lock()
		s.open--
		s.totals.Opened--
		s.mu.Unlock()
		return
	}
	go s.echo(c)
}

func (s *echoServer) echo(c *websocket.Conn) {
	defer func() {
		c.Close()
		s.mu.Lock()
		s.open--
		s.mu.Unlock()
	}()
	for {
		kind, message, err := c.NextReader()
		if err != nil {
			return
		}
		w, err := c.NextWriter(kind)
		if err != nil {
			return
		}
		if _, err = io.Copy(w, message); err != nil {
			return
		}
		s.mu.Lock()
		s.totals.Echoed++ // before the client can know
		s.mu.Unlock()
		if err = w.Close(); err != nil {
			return
		}
	}
}
