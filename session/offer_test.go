package session_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// 1.8 and 1.7: what an offer must not hold, and which entry is named.
func TestOfferRefused(t *testing.T) {
	for _, row := range []struct {
		name  string
		offer session.Offer
		field string
		index int
		err   error
	}{
		{parsetest.At("no host"), session.Offer{}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a host with a line end"), session.Offer{Host: "a\r\nX: y"}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a host with LF"), session.Offer{Host: "a\n"}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a host with NUL"), session.Offer{Host: "a\x00"}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a host with a space"), session.Offer{Host: "a b"}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a host that is a URL"), session.Offer{Host: "ws://a/"}, "Host", -1, session.ErrOfferHost},
		{parsetest.At("a target without slash"), session.Offer{Host: "a", Target: "chat"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target that is a URL"), session.Offer{Host: "a", Target: "ws://a/"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target of a query alone"), session.Offer{Host: "a", Target: "?a=b"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target with a fragment"), session.Offer{Host: "a", Target: "/a#b"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target with a space"), session.Offer{Host: "a", Target: "/a b"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target with a line end"), session.Offer{Host: "a", Target: "/ HTTP/1.1\r\nX: y"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target with DEL"), session.Offer{Host: "a", Target: "/\x7f"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("a target with a high octet"), session.Offer{Host: "a", Target: "/caf\xc3\xa9"}, "Target", -1, session.ErrOfferTarget},
		{parsetest.At("asterisk-form"), session.Offer{Host: "a", Target: "*"}, "Target", -1, session.ErrOfferTarget},

		{parsetest.At("an empty subprotocol"), session.Offer{Host: "a", Subprotocols: []string{"a", ""}}, "Subprotocols", 1, session.ErrOfferToken},
		{parsetest.At("two subprotocols in one entry"), session.Offer{Host: "a", Subprotocols: []string{"a, b"}}, "Subprotocols", 0, session.ErrOfferToken},
		{parsetest.At("a subprotocol with a slash"), session.Offer{Host: "a", Subprotocols: []string{"a/b"}}, "Subprotocols", 0, session.ErrOfferToken},
		{parsetest.At("a subprotocol in quotes"), session.Offer{Host: "a", Subprotocols: []string{"\"a\""}}, "Subprotocols", 0, session.ErrOfferToken},
		{parsetest.At("a subprotocol with a space"), session.Offer{Host: "a", Subprotocols: []string{" a"}}, "Subprotocols", 0, session.ErrOfferToken},
		{parsetest.At("a subprotocol with a line end"), session.Offer{Host: "a", Subprotocols: []string{"a", "b", "c\r\n"}}, "Subprotocols", 2, session.ErrOfferToken},
		{parsetest.At("a subprotocol with a high octet"), session.Offer{Host: "a", Subprotocols: []string{"\xe9"}}, "Subprotocols", 0, session.ErrOfferToken},
		{parsetest.At("a subprotocol twice"), session.Offer{Host: "a", Subprotocols: []string{"a", "b", "a"}}, "Subprotocols", 2, session.ErrOfferRepeated},

		{parsetest.At("an empty extension"), session.Offer{Host: "a", Extensions: []string{""}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("two extensions in one entry"), session.Offer{Host: "a", Extensions: []string{"a", "b, c"}}, "Extensions", 1, session.ErrOfferExtension},
		{parsetest.At("an extension and a comma"), session.Offer{Host: "a", Extensions: []string{"a,"}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("a comma and an extension"), session.Offer{Host: "a", Extensions: []string{",a"}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("an extension that breaks the grammar"), session.Offer{Host: "a", Extensions: []string{"a;b="}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("an extension with a semicolon"), session.Offer{Host: "a", Extensions: []string{"a;"}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("an extension with a line end"), session.Offer{Host: "a", Extensions: []string{"a\r\n"}}, "Extensions", 0, session.ErrOfferExtension},
		{parsetest.At("65 extensions"), session.Offer{Host: "a", Extensions: slices.Repeat([]string{"a"}, 65)}, "Extensions", -1, session.ErrOfferExtensions},
		{parsetest.At("deflate: unknown"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; foo"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: repeated"), session.Offer{Host: "a", Extensions: []string{"x", "permessage-deflate; client_max_window_bits; client_max_window_bits"}}, "Extensions", 1, session.ErrOfferDeflate},
		{parsetest.At("deflate: server_max_window_bits bare"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; server_max_window_bits"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: server_max_window_bits=7"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; server_max_window_bits=7"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: client_max_window_bits=16"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; client_max_window_bits=16"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: client_max_window_bits=08"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; client_max_window_bits=08"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: server_no_context_takeover=1"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; server_no_context_takeover=1"}}, "Extensions", 0, session.ErrOfferDeflate},
		{parsetest.At("deflate: client_no_context_takeover=1"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; client_no_context_takeover=1"}}, "Extensions", 0, session.ErrOfferDeflate},

		{parsetest.At("a header without name"), session.Offer{Host: "a", Header: []session.Header{{"A", "b"}, {"", "c"}}}, "Header", 1, session.ErrOfferHeaderName},
		{parsetest.At("a header name with a colon"), session.Offer{Host: "a", Header: []session.Header{{"A:", "b"}}}, "Header", 0, session.ErrOfferHeaderName},
		{parsetest.At("a header name with a line end"), session.Offer{Host: "a", Header: []session.Header{{"A: b\r\nC", "d"}}}, "Header", 0, session.ErrOfferHeaderName},
		{parsetest.At("a header value with a line end"), session.Offer{Host: "a", Header: []session.Header{{"A", "b\r\nC: d"}}}, "Header", 0, session.ErrOfferHeaderValue},
		{parsetest.At("a header value with LF"), session.Offer{Host: "a", Header: []session.Header{{"A", "b\nc"}}}, "Header", 0, session.ErrOfferHeaderValue},
		{parsetest.At("a header value with CR"), session.Offer{Host: "a", Header: []session.Header{{"A", "b\r"}}}, "Header", 0, session.ErrOfferHeaderValue},
		{parsetest.At("a header value with NUL"), session.Offer{Host: "a", Header: []session.Header{{"A", "b"}, {"C", "\x00"}}}, "Header", 1, session.ErrOfferHeaderValue},
		{parsetest.At("Content-Length"), session.Offer{Host: "a", Header: []session.Header{{"content-length", "0"}}}, "Header", 0, session.ErrOfferHeaderBody},
		{parsetest.At("Transfer-Encoding"), session.Offer{Host: "a", Header: []session.Header{{"A", "b"}, {"Transfer-Encoding", "chunked"}}}, "Header", 1, session.ErrOfferHeaderBody},
		{parsetest.At("Sec-WebSocket-Protocol beside an empty list"), session.Offer{Host: "a", Extensions: []string{"x"}, Header: []session.Header{{"Sec-Websocket-protocol", "chat"}}}, "Header", 0, session.ErrOfferHeaderOwned},
		{parsetest.At("Sec-WebSocket-Extensions beside an empty list"), session.Offer{Host: "a", Subprotocols: []string{"x"}, Header: []session.Header{{"A", "b"}, {"SEC-WEBSOCKET-EXTENSIONS", "x"}}}, "Header", 1, session.ErrOfferHeaderOwned},
		{parsetest.At("a replaced header with a line end"), session.Offer{Host: "a", Header: []session.Header{{"Connection", "a\r\nB: c"}}}, "Header", 0, session.ErrOfferHeaderValue},
	} {
		t.Run(row.name, func(t *testing.T) {
			req, err := session.NewRequest(row.offer)
			var o *session.OfferError
			if req != nil || !errors.As(err, &o) {
				t.Fatalf("%v, %v", req, err)
			}
			if o.Field != row.field || o.Index != row.index || o.Err != row.err {
				t.Errorf("%s %d %v, want %s %d %v", o.Field, o.Index, o.Err, row.field, row.index, row.err)
			}
			if !errors.Is(err, row.err) || classesOf(err) != "invalid argument" {
				t.Errorf("%v is of the classes %s", err, classesOf(err))
			}
			if !strings.Contains(err.Error(), row.field) || row.index >= 0 && !strings.Contains(err.Error(), fmt.Sprint(row.index)) {
				t.Errorf("%q does not name the entry", err)
			}
		})
	}
}

// Each octet at each place of an offer: let through or refused, and never the
// beginning of another line.
func TestOfferEveryOctet(t *testing.T) {
	for _, row := range []struct {
		name  string
		offer func(s string) session.Offer
		legal string // besides letters and digits
		high  bool   // 0x80 to 0xff are legal
	}{
		{parsetest.At("Target"), func(s string) session.Offer { return session.Offer{Host: "a", Target: "/" + s + "x"} }, "!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~", false},
		{parsetest.At("Subprotocols"), func(s string) session.Offer { return session.Offer{Host: "a", Subprotocols: []string{"x" + s}} }, "!#$%&'*+-.^_`|~", false},
		{parsetest.At("Extensions"), func(s string) session.Offer { return session.Offer{Host: "a", Extensions: []string{s + "x"}} }, "!#$%&'*+-.^_`|~", false},
		{parsetest.At("Header.Name"), func(s string) session.Offer {
			return session.Offer{Host: "a", Header: []session.Header{{"x" + s + "y", ""}}}
		}, "!#$%&'*+-.^_`|~", false},
		{parsetest.At("Header.Value"), func(s string) session.Offer {
			return session.Offer{Host: "a", Header: []session.Header{{"X", "a" + s + "b"}}}
		}, " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			for octet := range 256 {
				s := string([]byte{byte(octet)})
				alnum := '0' <= octet && octet <= '9' || 'a' <= octet && octet <= 'z' || 'A' <= octet && octet <= 'Z'
				want := alnum || strings.Contains(row.legal, s) || row.high && octet >= 0x80
				if _, err := session.NewRequest(row.offer(s)); (err == nil) != want {
					t.Errorf("%q: %v", s, err)
				}
			}
		})
	}
}

// Offers near to what is refused.
func TestOfferAccepted(t *testing.T) {
	for _, row := range []struct {
		name  string
		offer session.Offer
	}{
		{parsetest.At("subprotocols that differ in case"), session.Offer{Host: "a", Subprotocols: []string{"chat", "Chat"}}},
		{parsetest.At("64 extensions"), session.Offer{Host: "a", Extensions: slices.Repeat([]string{"a"}, 64)}},
		{parsetest.At("the same extension twice"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate", "permessage-deflate"}}},
		{parsetest.At("every parameter of permessage-deflate"), session.Offer{Host: "a", Extensions: []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=15"}}},
		{parsetest.At("permessage-deflate, quoted"), session.Offer{Host: "a", Extensions: []string{`permessage-deflate; server_max_window_bits="1\5"`}}},
		{parsetest.At("another extension with those names"), session.Offer{Host: "a", Extensions: []string{"x; server_max_window_bits; server_max_window_bits=99"}}},
		{parsetest.At("a name in another case is another extension"), session.Offer{Host: "a", Extensions: []string{"Permessage-Deflate; foo"}}},
		{parsetest.At("an extension with white space"), session.Offer{Host: "a", Extensions: []string{"a ; b = c"}}},
		{parsetest.At("a host with a port"), session.Offer{Host: "server.example:65535"}},
		{parsetest.At("an IPv6 host"), session.Offer{Host: "[fe80::1%25eth0]:80"}},
		{parsetest.At("two slashes"), session.Offer{Host: "a", Target: "//"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := session.NewRequest(row.offer); err != nil {
				t.Error(err)
			}
		})
	}
}
