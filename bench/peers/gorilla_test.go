package peers

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// gorillaDefault has the buffers that a Dialer makes by default: 4 KiB each way.
var gorillaDefault = gorillaPeer("gorilla", websocket.Dialer{})

// gorillaTuned is for many connections that are mostly idle, as the
// documentation advises: small buffers, and those for writing lent by a pool.
var gorillaTuned = gorillaPeer("gorilla-tuned", websocket.Dialer{
	ReadBufferSize:  512,
	WriteBufferSize: 512,
	WriteBufferPool: new(sync.Pool),
})

func gorillaPeer(name string, d websocket.Dialer) peer {
	return peer{
		name: name,
		handshake: func(f *fake, o heads.Offer) func() (answer, error) {
			d := d
			d.NetDialContext = func(context.Context, string, string) (net.Conn, error) { return f, nil }
			d.Subprotocols = o.Subprotocols
			d.EnableCompression = o.Extensions != nil
			return func() (answer, error) {
				c, resp, err := d.DialContext(context.Background(), wsURL, nil)
				if err != nil {
					return answer{}, err
				}
				return answer{c.Subprotocol(), selectsDeflate(resp.Header)}, nil
			}
		},
		open: func(url string) func() (conn, error) {
			return func() (conn, error) {
				c, _, err := d.DialContext(context.Background(), url, nil)
				return gorillaConn{c}, err
			}
		},
		secure: func(url string, config *tls.Config) func() (conn, error) {
			d := d
			d.TLSClientConfig = config
			return func() (conn, error) {
				c, _, err := d.DialContext(context.Background(), url, nil)
				return gorillaConn{c}, err
			}
		},
	}
}

type gorillaConn struct{ *websocket.Conn }

func (c gorillaConn) converse(p []byte, rounds int) error {
	in := make([]byte, len(p))
	for range rounds {
		if err := c.WriteMessage(websocket.BinaryMessage, p); err != nil {
			return err
		}
		_, r, err := c.NextReader()
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(r, in); err != nil {
			return err
		}
		if !bytes.Equal(in, p) {
			return errEcho
		}
	}
	return nil
}

func (c gorillaConn) wait()        { c.NextReader() }
func (c gorillaConn) close() error { return c.Close() }
