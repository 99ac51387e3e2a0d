package loop_test

// A name server, and servers at every address of the machine that tell which it is.

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// names is a name server with one name. It answers questions for IPv4 addresses
// with addrs, or that there is no such name, and others with nothing.
type names struct {
	mu    sync.Mutex
	addrs []string
	asked int           // questions for IPv4 addresses
	wait  chan struct{} // if not nil, answers wait for it to be closed
}

func (n *names) set(addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addrs = addrs
}

func (n *names) questions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go n.serve(theirs)
		return ours, nil
	}}
}

// serve answers as over TCP: RFC 1035 section 4.2.2.
func (n *names) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		answer := n.answer(question)
		c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	}
}

func (n *names) answer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	a := slices.Clone(question[:end+5])
	copy(a[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if kind != 1 {
		return a
	}
	n.mu.Lock()
	n.asked++
	wait := n.wait
	n.mu.Unlock()
	if wait != nil {
		<-wait
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.addrs == nil {
		a[3] |= 3 // no such name
	}
	a[7] = byte(len(n.addrs))
	for _, addr := range n.addrs {
		ip := netip.MustParseAddr(addr).As4()
		a = append(append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4), ip[:]...)
	}
	return a
}

// everywhere is a server at every address of the machine, and its port.
func everywhere(t *testing.T, script func(*peer)) (port string) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go (&server{l, script}).accept()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// telling closes each connection with an address of its own, net.Conn.LocalAddr
// say.
func telling(which func(net.Conn) net.Addr) func(*peer) {
	return func(p *peer) {
		host, _, _ := net.SplitHostPort(which(p.Conn).String())
		p.upgrade(frame(0x88, []byte("\x0f\xa0"+host))...)
		p.next()
	}
}
