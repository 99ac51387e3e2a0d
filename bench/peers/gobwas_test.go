package peers

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/url"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// gobwasDial is what a program with a URL does.
var gobwasDial = peer{
	name: "gobwas",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		d := gobwasDialer(o)
		d.NetDial = func(context.Context, string, string) (net.Conn, error) { return f, nil }
		return func() (answer, error) {
			_, br, hs, err := d.Dial(context.Background(), wsURL)
			if br != nil {
				ws.PutReader(br)
			}
			return gobwasAnswer(hs), err
		}
	},
	connect: func(url string) func() error {
		d := new(ws.Dialer)
		return func() error {
			nc, err := gobwasOpen(d, url)
			if err != nil {
				return err
			}
			return nc.Close()
		}
	},
	open: func(url string) func() (conn, error) {
		d := new(ws.Dialer)
		return func() (conn, error) {
			nc, err := gobwasOpen(d, url)
			return &gobwasConn{nc: nc}, err
		}
	},
}

// gobwasOpen supposes that the server does not write first.
func gobwasOpen(d *ws.Dialer, url string) (net.Conn, error) {
	nc, br, _, err := d.Dial(context.Background(), url)
	if br != nil {
		ws.PutReader(br)
	}
	return nc, err
}

// gobwasUpgrade is what a program does that has connections and a parsed URL.
var gobwasUpgrade = peer{
	name: "gobwas-upgrade",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		d := gobwasDialer(o)
		u, err := url.Parse(wsURL)
		return func() (answer, error) {
			if err != nil {
				return answer{}, err
			}
			br, hs, err := d.Upgrade(f, u)
			if br != nil {
				ws.PutReader(br)
			}
			return gobwasAnswer(hs), err
		}
	},
	connect: func(rawURL string) func() error {
		u, err := url.Parse(rawURL)
		var (
			dialer net.Dialer
			d      ws.Dialer
		)
		return func() error {
			if err != nil {
				return err
			}
			nc, err := dialer.Dial("tcp", u.Host)
			if err != nil {
				return err
			}
			defer nc.Close()
			br, _, err := d.Upgrade(nc, u)
			if br != nil {
				ws.PutReader(br)
			}
			return err
		}
	},
}

func gobwasDialer(o heads.Offer) ws.Dialer {
	d := ws.Dialer{Protocols: o.Subprotocols}
	if o.Extensions != nil {
		d.Extensions = []httphead.Option{wsflate.Parameters{
			ServerNoContextTakeover: true,
			ClientNoContextTakeover: true,
		}.Option()}
	}
	return d
}

func gobwasAnswer(hs ws.Handshake) answer {
	return answer{
		subprotocol: hs.Protocol,
		deflate:     len(hs.Extensions) == 1 && string(hs.Extensions[0].Name) == wsflate.ExtensionName,
	}
}

// gobwasConn uses the functions for single frames, with buffers of its own: a
// frame is masked in a copy and written at once.
type gobwasConn struct{ nc net.Conn }

func (c *gobwasConn) converse(p []byte, rounds int) error {
	var (
		out bytes.Buffer
		in  = make([]byte, len(p))
		br  = bufio.NewReaderSize(c.nc, 512)
	)
	for range rounds {
		out.Reset()
		if err := ws.WriteFrame(&out, ws.MaskFrameInPlace(ws.NewBinaryFrame(append(in[:0], p...)))); err != nil {
			return err
		}
		if _, err := c.nc.Write(out.Bytes()); err != nil {
			return err
		}
		h, err := ws.ReadHeader(br)
		if err != nil {
			return err
		}
		if h.Length != int64(len(in)) {
			return errEcho
		}
		if _, err := io.ReadFull(br, in); err != nil {
			return err
		}
		if !bytes.Equal(in, p) {
			return errEcho
		}
	}
	return nil
}

func (c *gobwasConn) wait()        { ws.ReadHeader(c.nc) }
func (c *gobwasConn) close() error { return c.nc.Close() }
