package peers

import (
	"context"
	"net"
	"net/url"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// gobwasDial is what a program with a URL does.
func gobwasDial(f *fake, o heads.Offer) func() (answer, error) {
	d := gobwasDialer(o)
	d.NetDial = func(context.Context, string, string) (net.Conn, error) { return f, nil }
	return func() (answer, error) {
		_, br, hs, err := d.Dial(context.Background(), wsURL)
		if br != nil {
			ws.PutReader(br)
		}
		return gobwasAnswer(hs), err
	}
}

// gobwasUpgrade is what a program does that has connections and a parsed URL.
func gobwasUpgrade(f *fake, o heads.Offer) func() (answer, error) {
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
