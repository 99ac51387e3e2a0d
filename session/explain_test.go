package session_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// What a stranger needs to read, and what nobody may.
func TestExplain(t *testing.T) {
	for _, row := range []struct {
		name     string
		offer    session.Offer
		r        *parse.Response
		contains []string
	}{
		{parsetest.At("request headers, as Begin made them"), session.Offer{},
			response("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
			[]string{"request headers", "Sec-WebSocket-Key", "Sec-WebSocket-Accept", "server's response"}},
		{parsetest.At("404"), session.Offer{}, &parse.Response{Status: 404, Reason: []byte("Not Found")}, []string{"404", "Not Found", "path"}},
		{parsetest.At("401"), session.Offer{}, &parse.Response{Status: 401}, []string{"401", "Authorization"}},
		{parsetest.At("403"), session.Offer{}, &parse.Response{Status: 403}, []string{"403", "Origin"}},
		{parsetest.At("407"), session.Offer{}, &parse.Response{Status: 407}, []string{"407", "proxy"}},
		{parsetest.At("426"), session.Offer{}, &parse.Response{Status: 426}, []string{"426", "Upgrade"}},
		{parsetest.At("200"), session.Offer{}, &parse.Response{Status: 200}, []string{"200", "path"}},
		{parsetest.At("429"), session.Offer{}, &parse.Response{Status: 429}, []string{"429", "Retry-After"}},
		{parsetest.At("503"), session.Offer{}, &parse.Response{Status: 503}, []string{"503", "Retry-After"}},
		{parsetest.At("301"), session.Offer{}, &parse.Response{Status: 301}, []string{"301", "redirect"}},
		{parsetest.At("another version"), session.Offer{}, &parse.Response{Status: 426, Fields: []parse.Field{field("Sec-WebSocket-Version", "8, 7")}}, []string{"426", "8, 7"}},
		{parsetest.At("a CR"), session.Offer{}, response(append(own, "Server", "x\r")...), []string{"Server", "octet 1", "0x0d", "CR"}},
		{parsetest.At("a colon"), session.Offer{}, response(append(own, "Server:", "x")...), []string{"Server:", "octet 6", "0x3a"}},
		{parsetest.At("no Upgrade"), session.Offer{}, response(), []string{"Upgrade", "proxy"}},
		{parsetest.At("another Upgrade"), session.Offer{}, response("Connection", "Upgrade", "Upgrade", "h2c"), []string{"header 1", "Upgrade", "h2c", "websocket"}},
		{parsetest.At("Connection: close"), session.Offer{}, response("Upgrade", "websocket", "Connection", "close"), []string{"header 1", "Connection", "close", "Upgrade"}},
		{parsetest.At("another accept value"), session.Offer{}, response(append(own[:4:4], "Sec-WebSocket-Accept", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=")...), []string{"header 2", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
		{parsetest.At("an extension"), session.Offer{}, response(append(own, "Sec-WebSocket-Extensions", "foo")...), []string{"header 3", "Sec-WebSocket-Extensions", "foo", "offer"}},
		{parsetest.At("client_max_window_bits"), session.Offer{Extensions: []string{"permessage-deflate"}}, response(append(own, "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=15")...), []string{"client_max_window_bits", "offer"}},
		{parsetest.At("no subprotocol"), session.Offer{Subprotocols: []string{"chat"}}, response(own...), []string{"subprotocol", "SubprotocolOptional"}},
		{parsetest.At("another subprotocol"), session.Offer{Subprotocols: []string{"chat"}}, response(append(own, "Sec-WebSocket-Protocol", "Chat")...), []string{"header 3", "Chat", "offered", "octet by octet"}},
		{parsetest.At("a subprotocol, and none was offered"), session.Offer{}, response(append(own, "Sec-WebSocket-Protocol", "chat")...), []string{"header 3", "chat", "Offer.Subprotocols"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := begin(t, compile(t, row.offer))
			row.r.Fields = append(row.r.Fields, field("Set-Cookie", "secret=1"), field("Authorization", "secret"))
			_, _, fault := c.EndHandshake(row.r, make([]int, len(row.offer.Extensions)))
			if fault == nil {
				t.Fatal("no error")
			}
			for _, err := range []error{fault, fmt.Errorf("dial: %w", fault)} {
				got := c.Explain(err, row.r)
				for _, want := range append(row.contains, fault.Error()) {
					if !strings.Contains(got, want) {
						t.Errorf("lacks %q: %s", want, got)
					}
				}
				if strings.Contains(got, "secret") {
					t.Errorf("tells a secret: %s", got)
				}
			}
		})
	}
}

// Pitfall: a second handle, on which Begin was not called.
func TestExplainNoBegin(t *testing.T) {
	var c session.Client
	r := response(own...)
	_, _, err := c.EndHandshake(r, nil)
	got := c.Explain(err, r)
	for _, want := range []string{"without BeginHandshake", "this client", "same Client", "server's response"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
}

func TestExplainOthers(t *testing.T) {
	var c session.Client
	malformed := new(parse.Response)
	_, err := malformed.Parse([]byte("HTTP/1.1 101 OK\r\nA b"))
	for _, row := range []struct {
		name     string
		err      error
		r        *parse.Response
		contains string
	}{
		{parsetest.At("a malformed head"), err, malformed, "octet 18"},
		{parsetest.At("a malformed head, wrapped"), fmt.Errorf("reading: %w", err), malformed, "octet 18"},
		{parsetest.At("no response"), session.ErrUpgradeMissing, nil, "Upgrade"},
		{parsetest.At("another error"), io.ErrUnexpectedEOF, malformed, io.ErrUnexpectedEOF.Error()},
		{parsetest.At("an offer"), &session.OfferError{Field: "Host", Index: -1, Err: session.ErrOfferHost}, malformed, "host"},
		{parsetest.At("no error"), nil, malformed, "succeeded"},
		{parsetest.At("no such error"), session.Error(255), malformed, "unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := c.Explain(row.err, row.r); !strings.Contains(got, row.contains) {
				t.Errorf("lacks %q: %s", row.contains, got)
			}
		})
	}
}

// Explain is for error paths: it does not fail there, whatever response it is
// given, and shows no more of it than fits a line.
func TestExplainAnything(t *testing.T) {
	for _, fault := range []*parse.Response{
		response(append(own, "Server", "0123456789\r")...),
		response(append(own, "ServerServerServer:", "x")...),
		response(append(own, "Sec-WebSocket-Extensions", "aaaaaaaaaaa;")...),
		response("Upgrade", strings.Repeat("\xff", 10_000)),
	} {
		for _, row := range errorTable {
			for _, r := range []*parse.Response{fault, nil, {}, response(own...), response(append(own, "", "")...)} {
				c := begin(t, compile(t, session.Offer{}))
				if _, _, err := c.EndHandshake(fault, nil); err == nil {
					t.Fatal("no error")
				}
				if got := c.Explain(row.err, r); got == "" || len(got) > 1000 || strings.ContainsAny(got, "\r\n") || !utf8.ValidString(got) {
					t.Errorf("%q", got)
				}
			}
		}
	}
}

// Pitfall 2 in its likeliest form: the request's headers, and no status.
func TestExplainRequestHeadersWithoutStatus(t *testing.T) {
	request, err := session.NewRequest(session.Offer{Host: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	var c session.Client
	headers, err := c.HandshakeHeaders(nil, request)
	if err != nil {
		t.Fatal(err)
	}
	var r parse.Response
	for _, h := range headers {
		r.Fields = append(r.Fields, parse.Field{Name: []byte(h.Name), Value: []byte(h.Value)})
	}
	_, _, err = c.EndHandshake(&r, nil)
	if s := c.Explain(err, &r); !strings.Contains(s, "these look like request headers") {
		t.Error(s)
	}
}

func TestValuesOutOfRange(t *testing.T) {
	for _, s := range []string{
		(&session.OfferError{Field: "Host", Index: -1, Err: 255}).Error(),
		session.Error(255).Error(), session.State(255).String(), parse.Known(255).String(), parse.Error(255).Error(),
	} {
		if !strings.Contains(s, "unknown") {
			t.Error(s)
		}
	}
	if v := (&parse.Param{Raw: []byte(`a\`)}).AppendValue(nil); string(v) != `a\` {
		t.Errorf("%q", v)
	}
	var c session.Client
	if dst, err := c.BeginHandshake(nil, new(session.Request)); err != session.ErrInvalidArgument || dst != nil || c.State() != session.Created {
		t.Errorf("%q, %v", dst, err)
	}
}
