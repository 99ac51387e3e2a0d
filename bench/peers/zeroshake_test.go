package peers

import (
	"context"
	"net"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
	"github.com/zeroshake/zeroshake/session/dial"
)

// zeroshakeSession is what a program does that has connections: the Request
// is compiled once, all else that a handshake needs is lent and used again.
func zeroshakeSession(f *fake, o heads.Offer) func() (answer, error) {
	request, err := session.NewRequest(offer(o))
	if err != nil {
		return func() (answer, error) { return answer{}, err }
	}
	var (
		client   session.Client
		readers  parse.Pool
		out      = make([]byte, 0, request.Len())
		response = parse.Response{Fields: make([]parse.Field, 0, 32)}
		selected = make([]int, request.NumExtensions())
	)
	return func() (answer, error) {
		if err := client.Init(nil); err != nil {
			return answer{}, err
		}
		out, err := client.BeginHandshake(out[:0], request)
		if err != nil {
			return answer{}, err
		}
		if _, err := f.Write(out); err != nil {
			return answer{}, err
		}
		br := readers.Get(f)
		defer readers.Put(br)
		response.Reset()
		if err := parse.ReadResponse(br, &response); err != nil {
			return answer{}, err
		}
		extensions, subprotocol, err := client.EndHandshake(&response, selected)
		if err != nil {
			return answer{}, err
		}
		got := answer{deflate: len(extensions) == 1}
		if subprotocol >= 0 {
			got.subprotocol = o.Subprotocols[subprotocol]
		}
		return got, nil
	}
}

// zeroshakeDial is what a program with a URL does.
func zeroshakeDial(f *fake, o heads.Offer) func() (answer, error) {
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
}

func offer(o heads.Offer) session.Offer {
	return session.Offer{Target: path, Host: host, Subprotocols: o.Subprotocols, Extensions: o.Extensions}
}

// sessionRequest is the request of one handshake.
func sessionRequest(o heads.Offer) ([]byte, error) {
	request, err := session.NewRequest(offer(o))
	if err != nil {
		return nil, err
	}
	client, err := session.NewClient(nil)
	if err != nil {
		return nil, err
	}
	return client.BeginHandshake(nil, request)
}
