package metrics

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

// Server is where a Run is scraped.
type Server struct {
	listener net.Listener
	http     http.Server
}

const (
	// connections bounds those of scrapers: they take descriptors.
	connections = 8
	// scrape bounds what one takes.
	scrape = 10 * time.Second
	// lastScrape is how long Close waits for those under way.
	lastScrape = time.Second
)

// Listen takes the address, HOST:PORT. Who connects waits for Serve.
func Listen(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Server{listener: l}, nil
}

// URL is where the metrics are.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/metrics" }

// Serve shows r, and what storm itself takes of its machine, until Close.
func (s *Server) Serve(r *Run) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(r, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: scrape}))
	s.http = http.Server{
		Handler:           mux,
		ReadHeaderTimeout: scrape,
		ReadTimeout:       scrape,
		WriteTimeout:      2 * scrape,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // of what scrapers do wrong
	}
	go s.http.Serve(netutil.LimitListener(s.listener, connections))
}

// Close ends s, when scrapes that are under way have had a moment to end.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), lastScrape)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
	s.listener.Close() // if there was no Serve
}
