package peers

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// tlsFloor is what crypto/tls and a goroutine that reads hold, and nothing else:
// the request and the frames are fixed.
var tlsFloor = peer{
	name: "tls",
	secure: func(url string, config *tls.Config) func() (conn, error) {
		addr := url[len("wss://") : len(url)-len(path)]
		h := heads.Get("129")
		request, response, err := exchange(h)
		return func() (conn, error) {
			if err != nil {
				return nil, err
			}
			nc, err := tls.Dial("tcp", addr, config)
			if err != nil {
				return nil, err
			}
			c := tlsConn{nc}
			return c, c.exchange(request, response)
		}
	},
}.engine()

type tlsConn struct{ net.Conn }

func (c tlsConn) exchange(out, want []byte) error {
	if _, err := c.Write(out); err != nil {
		return err
	}
	in := make([]byte, len(want))
	if _, err := io.ReadFull(c, in); err != nil {
		return err
	}
	if !bytes.Equal(in, want) {
		return errEcho
	}
	return nil
}

// converse masks with a key of zeros.
func (c tlsConn) converse(p []byte, rounds int) error {
	const final, binary, masked = 0x80, 0x2, 0x80
	out := append([]byte{final | binary, masked | byte(len(p)), 0, 0, 0, 0}, p...)
	in := append([]byte{final | binary, byte(len(p))}, p...)
	for range rounds {
		if err := c.exchange(out, in); err != nil {
			return err
		}
	}
	return nil
}

func (c tlsConn) wait() { c.Read(make([]byte, 1)) }

func (c tlsConn) close() error { return c.Conn.Close() }
