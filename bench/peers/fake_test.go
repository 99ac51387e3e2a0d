package peers

import (
	"bytes"
	"errors"
	"io"
	"net"
	"time"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// A fake is a connection to a server that lies in memory: it answers every
// upgrade request with its head, in which it puts the accept value that the
// request's key asks for. It allocates nothing, and can be used for one
// handshake after the other.
type fake struct {
	head   []byte
	accept []byte // the place of the accept value in head
	unread []byte // what Read has to give
	wrong  bool   // give an accept value that is not the right one

	keyAt  int // where the key was in the last request
	hasher accept.Hasher
	key    accept.Key
	value  accept.Value
}

func newFake(head []byte) *fake {
	f := &fake{head: head}
	i := bytes.Index(head, []byte(heads.Accept))
	f.accept = head[i : i+len(heads.Accept)]
	return f
}

var (
	keyName  = []byte("\r\nSec-WebSocket-Key: ")
	httpName = []byte("\r\nSec-Websocket-Key: ") // as net/http spells it
	headEnd  = []byte("\r\n\r\n")

	errRequest = errors.New("fake: not one whole upgrade request in one Write")
)

// Write takes one request.
func (f *fake) Write(p []byte) (int, error) {
	if len(p) < f.keyAt || !bytes.HasSuffix(p[:f.keyAt], keyName) && !bytes.HasSuffix(p[:f.keyAt], httpName) {
		f.keyAt = max(bytes.Index(p, keyName), bytes.Index(p, httpName)) + len(keyName)
	}
	if f.keyAt < len(keyName) || len(p) < f.keyAt+len(f.key)+len(headEnd) || !bytes.HasSuffix(p, headEnd) {
		return 0, errRequest
	}
	copy(f.key[:], p[f.keyAt:])
	f.hasher.Sum(&f.value, &f.key)
	copy(f.accept, f.value[:])
	if f.wrong {
		f.accept[0] ^= 1
	}
	f.unread = f.head
	return len(p), nil
}

// Read gives the head, once for each request.
func (f *fake) Read(p []byte) (int, error) {
	if len(f.unread) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.unread)
	f.unread = f.unread[n:]
	return n, nil
}

func (f *fake) Close() error                     { return nil }
func (f *fake) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (f *fake) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (f *fake) SetDeadline(time.Time) error      { return nil }
func (f *fake) SetReadDeadline(time.Time) error  { return nil }
func (f *fake) SetWriteDeadline(time.Time) error { return nil }
