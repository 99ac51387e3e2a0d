package peers

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// zeroshakeByHand is what a program does that has connections: the Request is
// compiled once, all else that a handshake needs is lent and used again.
var zeroshakeByHand = peer{
	name: "zeroshake",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		h, err := newByHand(o)
		if err != nil {
			return func() (answer, error) { return answer{}, err }
		}
		var client session.Client
		return func() (answer, error) { return h.handshake(&client, f) }
	},
	connect: func(url string) func() error {
		addr, lent := byHandOver(url)
		var dialer net.Dialer
		return func() error {
			nc, err := dialer.Dial("tcp", addr)
			if err != nil {
				return err
			}
			defer nc.Close()
			h := lent.Get().(*byHand)
			defer lent.Put(h)
			_, err = h.handshake(&h.client, nc)
			return err
		}
	},
	open: func(url string) func() (conn, error) {
		addr, lent := byHandOver(url)
		var dialer net.Dialer
		return func() (conn, error) {
			nc, err := dialer.Dial("tcp", addr)
			if err != nil {
				return nil, err
			}
			h := lent.Get().(*byHand)
			defer lent.Put(h)
			c := &byHandConn{nc: nc}
			_, err = h.handshake(&c.client, nc)
			return c, err
		}
	},
}

// byHand is what one handshake takes.
type byHand struct {
	offer    heads.Offer
	request  *session.Request
	client   session.Client
	out, in  []byte
	response parse.Response
	selected []int
}

func newByHand(o heads.Offer) (*byHand, error) {
	request, err := session.NewRequest(offer(o))
	if err != nil {
		return nil, err
	}
	return &byHand{
		offer:    o,
		request:  request,
		out:      make([]byte, 0, request.Len()),
		in:       make([]byte, 4096),
		response: parse.Response{Fields: make([]parse.Field, 0, 32)},
		selected: make([]int, request.NumExtensions()),
	}, nil
}

// byHandOver lends a byHand for each handshake over TCP.
func byHandOver(url string) (addr string, lent *sync.Pool) {
	addr = strings.TrimSuffix(strings.TrimPrefix(url, "ws://"), path)
	return addr, &sync.Pool{New: func() any {
		h, err := newByHand(heads.Offer{})
		if err != nil {
			panic(err)
		}
		return h
	}}
}

var byHandConfig = session.Config{ReceiveBufferSize: 256}

func (h *byHand) handshake(client *session.Client, rw io.ReadWriter) (answer, error) {
	if err := client.Init(&byHandConfig); err != nil {
		return answer{}, err
	}
	var err error
	if h.out, err = client.BeginHandshake(h.out[:0], h.request); err != nil {
		return answer{}, err
	}
	if _, err := rw.Write(h.out); err != nil {
		return answer{}, err
	}
	if err := h.read(rw); err != nil {
		h.response.Reset()
		return answer{}, err
	}
	extensions, subprotocol, err := client.EndHandshake(&h.response, h.selected)
	if err != nil {
		return answer{}, err
	}
	got := answer{deflate: len(extensions) == 1}
	if subprotocol >= 0 {
		got.subprotocol = h.offer.Subprotocols[subprotocol]
	}
	return got, nil
}

// read needs no bufio.Reader: nothing comes behind the head before a message is
// sent.
func (h *byHand) read(r io.Reader) error {
	for have := 0; ; {
		n, err := r.Read(h.in[have:])
		if err != nil {
			return err
		}
		have += n
		n, err = h.response.Parse(h.in[:have])
		switch {
		case err == parse.ErrIncomplete && have < len(h.in):
		case err == nil && n < have:
			return errEcho
		default:
			return err
		}
	}
}

// byHandConn does what the actions say.
type byHandConn struct {
	nc     net.Conn
	client session.Client
}

func (c *byHandConn) converse(p []byte, rounds int) error {
	in := session.Op{Data: make([]byte, len(p))}
	for range rounds {
		if err := c.client.Send(&session.Op{Type: session.BinaryMessage, Data: p}); err != nil {
			return err
		}
		if _, err := c.act(session.SendQueue); err != nil {
			return err
		}
		if err := c.client.Receive(&in); err != nil {
			return err
		}
		n, err := c.act(session.ReceiveQueue)
		if err != nil {
			return err
		}
		if !bytes.Equal(in.Data[:n], p) {
			return errEcho
		}
	}
	return nil
}

// act acts until something is complete. It returns how many octets have come.
func (c *byHandConn) act(q session.ActionQueue) (n int, err error) {
	var a session.Action
	for {
		if err := c.client.GetAction(q, &a); err != nil {
			return 0, err
		}
		did := 0
		switch a.Kind {
		case session.SendToNetwork:
			written, err := a.WriteTo(c.nc)
			if err != nil {
				return 0, err
			}
			did = int(written)
		case session.ReceiveFromNetwork:
			if did, err = c.nc.Read(a.Buffers[0]); err != nil {
				return 0, err
			}
		}
		n = len(a.Buffers[0])
		if err := c.client.CompleteAction(&a, did); err != nil {
			return 0, err
		}
		if a.Kind == session.IndicateSendComplete || a.Kind == session.IndicateReceiveComplete {
			return n, nil
		}
	}
}

func (c *byHandConn) wait() {
	if c.client.Receive(new(session.Op)) == nil {
		c.act(session.ReceiveQueue)
	}
}

func (c *byHandConn) close() error { return c.nc.Close() }

// zeroshakeDial is what a program with a URL does.
var zeroshakeDial = peer{
	name: "zeroshake-dial",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		d := dial.Dialer{
			NetDial: func(context.Context, string, string) (net.Conn, error) { return f, nil },
			Offer:   offer(o),
			Config:  &session.Config{Deflate: &deflate.Codec{}},
		}
		return func() (answer, error) {
			c, err := d.Dial(context.Background(), wsURL)
			if err != nil {
				return answer{}, err
			}
			_, deflate := c.Deflate()
			return answer{c.Subprotocol(), deflate}, nil
		}
	},
	open: func(url string) func() (conn, error) {
		d := new(dial.Dialer)
		return func() (conn, error) {
			c, err := d.Dial(context.Background(), url)
			return dialConn{c}, err
		}
	},
	secure: func(url string, config *tls.Config) func() (conn, error) {
		d := &dial.Dialer{TLSConfig: config}
		return func() (conn, error) {
			c, err := d.Dial(context.Background(), url)
			return dialConn{c}, err
		}
	},
}

type dialConn struct{ *dial.Conn }

func (c dialConn) converse(p []byte, rounds int) error {
	in := make([]byte, 0, len(p))
	for range rounds {
		if err := c.WriteMessage(session.BinaryMessage, p); err != nil {
			return err
		}
		_, got, err := c.ReadMessage(in)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, p) {
			return errEcho
		}
	}
	return nil
}

func (c dialConn) wait()        { c.ReadMessage(nil) }
func (c dialConn) close() error { return c.CloseNow() }

func offer(o heads.Offer) session.Offer {
	return session.Offer{Target: path, Host: host, Subprotocols: o.Subprotocols, Extensions: o.Extensions}
}

// sessionRequest is the request of a handshake with the nonce that all heads
// answer.
func sessionRequest(o heads.Offer) ([]byte, error) {
	request, err := session.NewRequest(offer(o))
	if err != nil {
		return nil, err
	}
	client, err := session.NewClient(&session.Config{Rand: strings.NewReader(heads.Nonce)})
	if err != nil {
		return nil, err
	}
	return client.BeginHandshake(nil, request)
}
