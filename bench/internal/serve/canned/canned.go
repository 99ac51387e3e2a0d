// Package canned is an echo server whose answer to the opening handshake is
// one head, filled in with the right accept value. It judges nothing, so that
// it costs little beside the client that is measured, and it runs in a process
// of its own, so that the client's CPU time and memory are the client's alone.
package canned

// The process (Child, Server), and what it says (responder). How it reads and
// writes is in serve_linux.go; for other systems, and over TLS, in serve_each.go.
// identity.go makes a certificate.

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// environment names the head to serve, in the process that does, and secure is set
// if it does over TLS.
const (
	environment = "ZEROSHAKE_CANNED_HEAD"
	secure      = "ZEROSHAKE_CANNED_TLS"
)

// Child serves, and does not return, in a process that Start has started. A
// program that calls Start calls Child first of all.
func Child() {
	name := os.Getenv(environment)
	if name == "" {
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	run := func() error { return serve(l.(*net.TCPListener), heads.Get(name)) }
	var certificate []byte
	if os.Getenv(secure) != "" {
		var config *tls.Config
		if config, certificate, err = identity(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		run = func() error { return serveEach(tls.NewListener(l, config), heads.Get(name)) }
	}
	go func() {
		fmt.Fprintln(os.Stderr, run())
		os.Exit(1)
	}()
	fmt.Printf("%s %x\n", l.Addr(), certificate)
	io.Copy(io.Discard, os.Stdin) // until the parent ends
	os.Exit(0)
}

// A Server is a process that serves.
type Server struct {
	Addr        string
	Certificate []byte // its own, if it serves over TLS: DER
	cmd         *exec.Cmd
	stdin       io.Closer
}

// Start starts this program once more, to serve a head.
func Start(h heads.Head) (*Server, error) { return start(h) }

// StartTLS is Start for a server over TLS.
func StartTLS(h heads.Head) (*Server, error) { return start(h, secure+"=1") }

func start(h heads.Head, environ ...string) (*Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: exec.Command(self)}
	s.cmd.Env = append(append(os.Environ(), environment+"="+h.Name), environ...)
	s.cmd.Stderr = os.Stderr
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.stdin.Close()
		return nil, fmt.Errorf("canned: no address: %w", errors.Join(err, s.cmd.Wait()))
	}
	addr, certificate, _ := strings.Cut(strings.TrimSpace(line), " ")
	s.Addr = addr
	s.Certificate, err = hex.DecodeString(certificate)
	return s, err
}

// Stop ends the process.
func (s *Server) Stop() error {
	s.stdin.Close()
	return s.cmd.Wait()
}

// A responder makes what the server says. It is shared by connections, one
// goroutine's.
type responder struct {
	head   []byte
	accept []byte // its place in head
	hasher accept.Hasher
	value  accept.Value
	out    []byte
}

func newResponder(h heads.Head) *responder {
	head := h.Bytes()[:h.Len]
	i := bytes.Index(head, []byte(heads.Accept))
	return &responder{head: head, accept: head[i : i+len(heads.Accept)]}
}

var (
	keyName = []byte("\r\nsec-websocket-key: ")
	headEnd = []byte("\r\n\r\n")

	errPeer = errors.New("canned: not what this server is for")
)

// request answers a request, once all of it is in p. n octets are consumed; out
// lives until the next call.
func (r *responder) request(p []byte) (n int, out []byte, err error) {
	end := bytes.Index(p, headEnd)
	if end < 0 {
		return 0, nil, nil
	}
	at := fold(p[:end], keyName) + len(keyName)
	if at < len(keyName) || end < at+len(accept.Key{}) {
		return 0, nil, errPeer
	}
	key := accept.Key(p[at:])
	r.hasher.Sum(&r.value, &key)
	copy(r.accept, r.value[:])
	return end + len(headEnd), r.head, nil
}

// fold is bytes.Index for a lower-case what, case ignored.
func fold(p, what []byte) int {
	for i := 0; i <= len(p)-len(what); i++ {
		if p[i] == what[0] && bytes.EqualFold(p[i:i+len(what)], what) {
			return i
		}
	}
	return -1
}

// frames echoes the whole masked frames in p, each of at most 125 octets.
func (r *responder) frames(p []byte) (n int, out []byte, err error) {
	const mask = 6 // octets before the payload
	r.out = r.out[:0]
	for len(p)-n >= mask {
		size := int(p[n+1] & 0x7f)
		if size > 125 {
			return n, nil, errPeer
		}
		if len(p)-n < mask+size {
			break
		}
		r.out = append(r.out, p[n], byte(size))
		for i, c := range p[n+mask : n+mask+size] {
			r.out = append(r.out, c^p[n+2+i&3])
		}
		n += mask + size
	}
	return n, r.out, nil
}
