package peers

import (
	"bufio"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

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
// response's headers compared.
func netHTTP(f *fake, o heads.Offer) func() (answer, error) {
	before := "GET " + path + " HTTP/1.1\r\nHost: " + host +
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
	after := "\r\n"
	if o.Subprotocols != nil {
		after += "Sec-WebSocket-Protocol: " + strings.Join(o.Subprotocols, ", ") + "\r\n"
	}
	if o.Extensions != nil {
		after += "Sec-WebSocket-Extensions: " + strings.Join(o.Extensions, ", ") + "\r\n"
	}
	after += "\r\n"

	var request []byte
	br := bufio.NewReader(nil)
	return func() (answer, error) {
		var nonce [16]byte
		rand.Read(nonce[:])
		key := base64.StdEncoding.EncodeToString(nonce[:])
		request = append(append(append(request[:0], before...), key...), after...)
		if _, err := f.Write(request); err != nil {
			return answer{}, err
		}
		br.Reset(f)
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			return answer{}, err
		}
		resp.Body.Close()
		h := resp.Header
		if resp.StatusCode != http.StatusSwitchingProtocols ||
			!strings.EqualFold(h.Get("Upgrade"), "websocket") ||
			!strings.EqualFold(h.Get("Connection"), "Upgrade") {
			return answer{}, errUpgrade
		}
		sum := sha1.Sum([]byte(key + accept.GUID))
		if h.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
			return answer{}, errAccept
		}
		got := answer{h.Get("Sec-WebSocket-Protocol"), selectsDeflate(h)}
		if got.subprotocol != "" && !slices.Contains(o.Subprotocols, got.subprotocol) {
			return answer{}, errSubprotocol
		}
		if got.deflate && o.Extensions == nil {
			return answer{}, errExtension
		}
		return got, nil
	}
}

// selectsDeflate is as much as a program can see that gets the headers only.
func selectsDeflate(h http.Header) bool {
	return strings.HasPrefix(h.Get("Sec-WebSocket-Extensions"), "permessage-deflate")
}
