package main

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain lets the test binary be its own servers and clients.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "server" || os.Args[1] == "client") {
		main()
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	p := plan{connections: 601, processes: 2, sources: 4, hold: 600 * time.Millisecond, ping: 200 * time.Millisecond}
	if err := p.fits(); err != nil {
		t.Fatal(err)
	}
	if err := p.run(); err != nil {
		t.Error(err)
	}
}

// Servers without the connections that there should be are not passed over.
func TestCountWrong(t *testing.T) {
	p := plan{connections: 10, processes: 2, sources: 1, hold: time.Second, ping: time.Second}
	servers, err := p.start("server", func(int) []string { return nil })
	defer stop(servers)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if port, err := s.ask(""); err != nil || port == "" {
			t.Fatal(err)
		}
	}
	if err := p.count(servers); err == nil {
		t.Error("no connection is open, and nothing is said")
	}
}

func TestFits(t *testing.T) {
	p := plan{connections: 1 << 30, processes: 1 << 20}
	if err := p.fits(); err == nil {
		t.Errorf("%d connections fit", p.connections)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 512, Max: 1 << 12}); err != nil {
		t.Fatal(err)
	}
	p = plan{connections: 1 << 12, processes: 1}
	if err := p.fits(); err == nil {
		t.Errorf("%d connections fit into %d descriptors", p.connections, 1<<12)
	}
}
