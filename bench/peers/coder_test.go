package peers

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"

	coder "github.com/coder/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// coderDial dials through an http.Client: it has no way to a connection that
// exists already but the DialContext of an http.Transport, which reads in one
// goroutine and writes in another.
var coderDial = peer{
	name: "coder",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		options := &coder.DialOptions{
			HTTPClient: &http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					return late{f, make(chan struct{})}, nil
				},
			}},
			Subprotocols: o.Subprotocols,
		}
		if o.Extensions != nil {
			options.CompressionMode = coder.CompressionNoContextTakeover
		}
		return func() (answer, error) {
			c, resp, err := coder.Dial(context.Background(), wsURL, options)
			if err != nil {
				return answer{}, err
			}
			defer c.CloseNow() // gives its buffers back
			return answer{c.Subprotocol(), selectsDeflate(resp.Header)}, nil
		}
	},
	open: func(url string) func() (conn, error) {
		options := &coder.DialOptions{HTTPClient: &http.Client{Transport: new(http.Transport)}}
		return func() (conn, error) {
			c, _, err := coder.Dial(context.Background(), url, options)
			return coderConn{c}, err
		}
	},
}

// A late connection is one for net/http, whose transport reads before it
// writes: Read waits until there is an answer. It serves one handshake.
type late struct {
	net.Conn
	answered chan struct{}
}

func (l late) Write(p []byte) (int, error) {
	select {
	case <-l.answered:
	default:
		defer close(l.answered)
	}
	return l.Conn.Write(p)
}

func (l late) Read(p []byte) (int, error) {
	<-l.answered
	return l.Conn.Read(p)
}

type coderConn struct{ *coder.Conn }

func (c coderConn) converse(p []byte, rounds int) error {
	ctx := context.Background()
	in := make([]byte, len(p))
	for range rounds {
		if err := c.Write(ctx, coder.MessageBinary, p); err != nil {
			return err
		}
		_, r, err := c.Reader(ctx)
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(r, in); err != nil {
			return err
		}
		if n, err := r.Read(in[:1]); n != 0 || err != io.EOF { // the next Reader asks for that
			return errEcho
		}
		if !bytes.Equal(in, p) {
			return errEcho
		}
	}
	return nil
}

func (c coderConn) wait()        { c.Reader(context.Background()) }
func (c coderConn) close() error { return c.CloseNow() }
