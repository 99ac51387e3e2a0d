package peers

import (
	"net/netip"

	"github.com/zeroshake/zeroshake/bench/internal/epoll"
)

// floors are clients that do no more than they must.
var floors = []engine{{
	name: "epoll",
	handshakes: func(s server, n, width int) error {
		c, err := epollClient(s)
		if err != nil {
			return err
		}
		return c.Handshakes(n, width)
	},
	open: func(s server, n int) (crowd, error) {
		c, err := epollClient(s)
		if err != nil {
			return nil, err
		}
		conns, err := c.Open(n, width)
		return epollCrowd{conns, n}, err
	},
}}

func epollClient(s server) (*epoll.Client, error) {
	addr, err := netip.ParseAddrPort(s.addr)
	if err != nil {
		return nil, err
	}
	request, response, err := exchange(s.head)
	return &epoll.Client{Addr: addr, Request: request, Response: response}, err
}

type epollCrowd struct {
	*epoll.Conns
	n int
}

// exchange masks with a key of zeros: at no cost.
func (c epollCrowd) exchange(message []byte, rounds int) error {
	const final, binary, masked = 0x80, 0x2, 0x80
	size := byte(len(message))
	out := append([]byte{final | binary, masked | size, 0, 0, 0, 0}, message...)
	in := append([]byte{final | binary, size}, message...)
	return c.Exchange(c.n*rounds, out, in)
}

func (c epollCrowd) idle()        {}
func (c epollCrowd) close() error { return c.Close() }
