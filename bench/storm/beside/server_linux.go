package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/zeroshake/zeroshake/bench/storm/internal/measure"
	echo "github.com/zeroshake/zeroshake/bench/storm/internal/serve"
)

// counts are those of a server.
type counts struct {
	measure.Server
	First, Last time.Time // request
}

// rate is how many requests a second the server got.
func (c *counts) rate() float64 {
	return float64(c.Opened+c.Refused-1) / c.Last.Sub(c.First).Seconds()
}

// serve is the server's process: it prints its URL, and at the end of its standard
// input what it has counted.
func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	at := flags.Int("at", 0, "stall with request `N`")
	stall := flags.Duration("stall", 0, "for `D`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var requests int
	var first, last time.Time
	s := echo.New()
	upgrade := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		last = time.Now()
		if requests++; requests == 1 {
			first = last
		}
		if *stall > 0 && requests == *at {
			stop(*stall)
		}
		mu.Unlock()
		upgrade.ServeHTTP(w, r)
	})
	go s.Serve(l)
	fmt.Printf("ws://%s/\n", l.Addr())
	io.Copy(io.Discard, os.Stdin)
	return json.NewEncoder(os.Stdout).Encode(counts{*s.Counts(), first, last})
}

// stop stops this process for d.
func stop(d time.Duration) {
	wake := exec.Command("sh", "-c", fmt.Sprintf("sleep %f; kill -CONT %d", d.Seconds(), os.Getpid()))
	if err := wake.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "beside: serve:", err)
		os.Exit(1)
	}
	syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	go wake.Wait()
}

// A server is such a process.
type server struct {
	url    string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
}

// start starts a server that stalls in the middle of p.
func start(p plan) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: exec.Command(self, "serve", "-stall", p.stall.String(), "-at", fmt.Sprint(p.Connections/2))}
	s.cmd.Stderr = os.Stderr
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.stdout = bufio.NewReader(stdout)
	if err = s.cmd.Start(); err != nil {
		return nil, err
	}
	if s.url, err = s.stdout.ReadString('\n'); err != nil {
		s.stdin.Close()
		return nil, errors.Join(err, s.cmd.Wait())
	}
	s.url = strings.TrimSpace(s.url)
	return s, nil
}

// end ends the server and returns what it has counted.
func (s *server) end() (c counts, err error) {
	s.stdin.Close()
	err = json.NewDecoder(s.stdout).Decode(&c)
	return c, errors.Join(err, s.cmd.Wait())
}
