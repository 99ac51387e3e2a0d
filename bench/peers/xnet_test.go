package peers

import (
	"bytes"
	"io"
	"net"

	"golang.org/x/net/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// xnetClient cannot offer an extension, and refuses every response that has
// one. It must have an Origin, and it writes the subprotocol that was chosen
// into its Config, so that each connection needs one of its own.
var xnetClient = peer{
	name:         "xnet",
	noExtensions: true,
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		config, err := websocket.NewConfig(wsURL, "http://"+host)
		return func() (answer, error) {
			if err != nil {
				return answer{}, err
			}
			own := *config
			own.Protocol = o.Subprotocols
			if _, err := websocket.NewClient(&own, f); err != nil {
				return answer{}, err
			}
			if o.Subprotocols == nil {
				return answer{}, nil
			}
			return answer{subprotocol: own.Protocol[0]}, nil
		}
	},
	connect: func(url string) func() error {
		open := xnetOpen(url)
		return func() error {
			c, err := open()
			if err != nil {
				return err
			}
			return c.nc.Close()
		}
	},
	open: func(url string) func() (conn, error) {
		open := xnetOpen(url)
		return func() (conn, error) {
			c, err := open()
			return &c, err
		}
	},
}

// xnetOpen keeps the net.Conn: Close of a websocket.Conn sends a close.
func xnetOpen(url string) func() (xnetConn, error) {
	config, err := websocket.NewConfig(url, "http://"+host)
	var dialer net.Dialer
	return func() (c xnetConn, _ error) {
		if err != nil {
			return c, err
		}
		var err error
		if c.nc, err = dialer.Dial("tcp", config.Location.Host); err != nil {
			return c, err
		}
		own := *config
		if c.Conn, err = websocket.NewClient(&own, c.nc); err != nil {
			c.nc.Close()
		}
		return c, err
	}
}

type xnetConn struct {
	*websocket.Conn
	nc net.Conn
}

func (c *xnetConn) converse(p []byte, rounds int) error {
	c.PayloadType = websocket.BinaryFrame
	in := make([]byte, len(p))
	for range rounds {
		if _, err := c.Write(p); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, in); err != nil {
			return err
		}
		if !bytes.Equal(in, p) {
			return errEcho
		}
	}
	return nil
}

func (c *xnetConn) wait()        { c.Read(make([]byte, 1)) }
func (c *xnetConn) close() error { return c.nc.Close() }
