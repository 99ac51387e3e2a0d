package peers

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/lxzan/gws"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// gwsClient hands messages to a handler, from a loop that its user runs.
var gwsClient = peer{
	name: "gws",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		option := &gws.ClientOption{Addr: wsURL, RequestHeader: http.Header{}}
		if o.Subprotocols != nil {
			option.RequestHeader.Set("Sec-WebSocket-Protocol", strings.Join(o.Subprotocols, ", "))
		}
		option.PermessageDeflate.Enabled = o.Extensions != nil
		return func() (answer, error) {
			c, resp, err := gws.NewClientFromConn(gws.BuiltinEventHandler{}, option, f)
			if err != nil {
				return answer{}, err
			}
			return answer{c.SubProtocol(), selectsDeflate(resp.Header)}, nil
		}
	},
	open: func(url string) func() (conn, error) {
		return func() (conn, error) {
			c := new(gwsConn)
			var err error
			c.Conn, _, err = gws.NewClient(c, &gws.ClientOption{Addr: url})
			return c, err
		}
	},
}

type gwsConn struct {
	*gws.Conn
	gws.BuiltinEventHandler

	message []byte
	rounds  int // to come
	err     error
}

// converse lets the handler send the next message.
func (c *gwsConn) converse(p []byte, rounds int) error {
	if rounds == 0 {
		return nil
	}
	c.message, c.rounds = p, rounds
	if err := c.WriteMessage(gws.OpcodeBinary, p); err != nil {
		return err
	}
	c.ReadLoop()
	if c.rounds > 0 && c.err == nil {
		return errEcho
	}
	return c.err
}

func (c *gwsConn) OnMessage(_ *gws.Conn, m *gws.Message) {
	if !bytes.Equal(m.Bytes(), c.message) {
		c.err = errEcho
	}
	m.Close()
	if c.rounds--; c.rounds > 0 && c.err == nil {
		c.err = c.WriteMessage(gws.OpcodeBinary, c.message)
	}
	if c.rounds == 0 || c.err != nil {
		c.NetConn().Close() // ends ReadLoop
	}
}

func (c *gwsConn) wait()        { c.ReadLoop() }
func (c *gwsConn) close() error { return c.NetConn().Close() }
