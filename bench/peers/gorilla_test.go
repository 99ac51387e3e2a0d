package peers

import (
	"context"
	"net"

	"github.com/gorilla/websocket"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// gorillaDial uses a Dialer with the buffers that it makes by default.
func gorillaDial(f *fake, o heads.Offer) func() (answer, error) {
	d := websocket.Dialer{
		NetDialContext:    func(context.Context, string, string) (net.Conn, error) { return f, nil },
		Subprotocols:      o.Subprotocols,
		EnableCompression: o.Extensions != nil,
	}
	return func() (answer, error) {
		c, resp, err := d.DialContext(context.Background(), wsURL, nil)
		if err != nil {
			return answer{}, err
		}
		return answer{c.Subprotocol(), selectsDeflate(resp.Header)}, nil
	}
}
