package peers

import (
	"bufio"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

var (
	errUpgrade     = errors.New("nethttp: not an upgrade to websocket")
	errAccept      = errors.New("nethttp: wrong accept value")
	errSubprotocol = errors.New("nethttp: subprotocol not offered")
	errExtension   = errors.New("nethttp: extension not offered")
)

// netHTTP is the client that one writes by hand around http.ReadResponse: the
// request appended to a buffer, one bufio.Reader used again and again, the
// response's headers compared. It has no messages.
var netHTTP = peer{
	name: "nethttp",
	handshake: func(f *fake, o heads.Offer) func() (answer, error) {
		h := newHTTPHandshake(o)
		return func() (answer, error) { return h.do(f) }
	},
	connect: func(url string) func() error {
		addr := strings.TrimSuffix(strings.TrimPrefix(url, "ws://"), path)
		lent := sync.Pool{New: func() any { return newHTTPHandshake(heads.Offer{}) }}
		var dialer net.Dialer
		return func() error {
			nc, err := dialer.Dial("tcp", addr)
			if err != nil {
				return err
			}
			defer nc.Close()
			h := lent.Get().(*httpHandshake)
			defer lent.Put(h)
			_, err = h.do(nc)
			return err
		}
	},
}

type httpHandshake struct {
	offer         heads.Offer
	before, after string // the key in the request
	request       []byte
	br            *bufio.Reader
}

func newHTTPHandshake(o heads.Offer) *httpHandshake {
	h := &httpHandshake{offer: o, br: bufio.NewReader(nil)}
	h.before = "GET " + path + " HTTP/1.1\r\nHost: " + host +
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
	h.after = "\r\n"
	if o.Subprotocols != nil {
		h.after += "Sec-WebSocket-Protocol: " + strings.Join(o.Subprotocols, ", ") + "\r\n"
	}
	if o.Extensions != nil {
		h.after += "Sec-WebSocket-Extensions: " + strings.Join(o.Extensions, ", ") + "\r\n"
	}
	h.after += "\r\n"
	return h
}

func (h *httpHandshake) do(rw io.ReadWriter) (answer, error) {
	var nonce [16]byte
	rand.Read(nonce[:])
	key := base64.StdEncoding.EncodeToString(nonce[:])
	h.request = append(append(append(h.request[:0], h.before...), key...), h.after...)
	if _, err := rw.Write(h.request); err != nil {
		return answer{}, err
	}
	h.br.Reset(rw)
	resp, err := http.ReadResponse(h.br, nil)
	if err != nil {
		return answer{}, err
	}
	resp.Body.Close()
	header := resp.Header
	if resp.StatusCode != http.StatusSwitchingProtocols ||
		!strings.EqualFold(header.Get("Upgrade"), "websocket") ||
		!strings.EqualFold(header.Get("Connection"), "Upgrade") {
		return answer{}, errUpgrade
	}
	sum := sha1.Sum([]byte(key + accept.GUID))
	if header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
		return answer{}, errAccept
	}
	got := answer{header.Get("Sec-WebSocket-Protocol"), selectsDeflate(header)}
	if got.subprotocol != "" && !slices.Contains(h.offer.Subprotocols, got.subprotocol) {
		return answer{}, errSubprotocol
	}
	if got.deflate && h.offer.Extensions == nil {
		return answer{}, errExtension
	}
	return got, nil
}

// selectsDeflate is as much as a program can see that gets the headers only.
func selectsDeflate(h http.Header) bool {
	return strings.HasPrefix(h.Get("Sec-WebSocket-Extensions"), "permessage-deflate")
}
