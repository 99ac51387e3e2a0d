package session_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// Which field is at fault, and which octet of its value if one is.
func TestFault(t *testing.T) {
	req := compile(t, session.Offer{
		Subprotocols: []string{"chat"},
		Extensions:   []string{"foo", "permessage-deflate; client_max_window_bits"},
	})
	for _, row := range []struct {
		name, lines   string
		err           error
		field, offset int
	}{
		{parsetest.At("a field that is missing"), "A: b\r\n", session.ErrUpgradeMissing, -1, -1},
		{parsetest.At("Upgrade"), "A: b\r\nUpgrade: h2c\r\n", session.ErrUpgradeValue, 1, -1},
		{parsetest.At("the second Upgrade"), "Upgrade: websocket\r\nA: b\r\nUpgrade: websocket\r\n", session.ErrUpgradeRepeated, 2, -1},
		{parsetest.At("the first Connection"), "Upgrade: websocket\r\nConnection: close\r\nConnection: x\r\n", session.ErrConnectionValue, 1, -1},
		{parsetest.At("Sec-WebSocket-Accept"), upgrade + connection + "sec-websocket-accept: x\r\n", session.ErrAcceptValue, 2, -1},
		{parsetest.At("the second Sec-WebSocket-Accept"), three + "Sec-WebSocket-Accept: x\r\n", session.ErrAcceptRepeated, 3, -1},
		{parsetest.At("no extension"), three + ext + "\r\n" + ext + ",\r\n", session.ErrExtensionsEmpty, 3, -1},
		{parsetest.At("the end of the list"), three + ext + "foo;\r\n", session.ErrExtensionsSyntax, 3, 4},
		{parsetest.At("an octet of the second line"), three + ext + "bar\r\n" + ext + "foo, a b\r\n", session.ErrExtensionsSyntax, 4, 7},
		{parsetest.At("the second extension"), three + ext + "foo, bar\r\n", session.ErrExtensionNotOffered, 3, 5},
		{parsetest.At("the second extension, nulls before it"), three + ext + "foo,,  foo; x\r\n", session.ErrExtensionTaken, 3, 7},
		{parsetest.At("an extension of the second line"), three + ext + "foo\r\n" + ext + "foo\r\n", session.ErrExtensionTaken, 4, 0},
		{parsetest.At("the first of two wrong ones"), three + ext + "bar, foo, baz\r\n", session.ErrExtensionNotOffered, 3, 0},
		{parsetest.At("permessage-deflate"), three + ext + "foo,  permessage-deflate; server_max_window_bits=99\r\n", session.ErrDeflateServerBits, 3, 6},
		{parsetest.At("Sec-WebSocket-Protocol"), three + "Sec-WebSocket-Protocol: other\r\n", session.ErrSubprotocolNotOffered, 3, -1},
		{parsetest.At("the second Sec-WebSocket-Protocol"), three + "Sec-WebSocket-Protocol: chat\r\nA: b\r\nSec-WebSocket-Protocol: chat\r\n", session.ErrSubprotocolRepeated, 5, -1},
		{parsetest.At("a subprotocol that is missing"), three, session.ErrSubprotocolMissing, -1, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := parsed(t, row.lines)
			for _, j := range []judgement{judge(t, req, r), judge(t, req, literal(r))} {
				if j.err != row.err || j.field != row.field || j.offset != row.offset {
					t.Errorf("%v\nwant %v in field %d at %d", j, row.err, row.field, row.offset)
				}
			}
		})
	}
}
