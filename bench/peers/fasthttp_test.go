package peers

import (
	"bytes"
	"context"
	"io"
	"net"

	"github.com/fasthttp/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// fasthttpDial is a fork of gorilla; the client is the same to use.
var fasthttpDial = fasthttpPeer("fasthttp", websocket.Dialer{})

func fasthttpPeer(name string, d websocket.Dialer) peer {
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
				return fasthttpConn{c}, err
			}
		},
	}
}

type fasthttpConn struct{ *websocket.Conn }

func (c fasthttpConn) converse(p []byte, rounds int) error {
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

func (c fasthttpConn) wait()        { c.NextReader() }
func (c fasthttpConn) close() error { return c.Close() }
