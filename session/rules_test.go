package session_test

import (
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

// A rule is a response to an offer, and what End makes of it: an error, or the
// indices selected.
type rule struct {
	name         string
	subprotocols []string
	extensions   []string
	lines        string
	err          error
	selected     []int
	subprotocol  int
}

const (
	format       = session.ErrInvalidProtocolFormat
	subprotocol  = session.ErrUnsupportedSubprotocol
	extension    = session.ErrUnsupportedExtension
	accept2nonce = "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n"
)

func run(t *testing.T, rows []rule, class session.Error) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Helper()
			req := compile(t, session.Offer{Subprotocols: row.subprotocols, Extensions: row.extensions})
			var last judgement
			parsetest.Run(t, parsetest.Case{
				Stream: "HTTP/1.1 101 Switching Protocols\r\n" + row.lines + "\r\n\x81\x05Hello",
				Then: func(r *parse.Response, err error) string {
					if err != nil {
						t.Fatal(err)
					}
					last = judge(t, req, r)
					if l := judge(t, req, literal(r)); l.String() != last.String() {
						t.Fatalf("from a copy of the fields: %v\nfrom the head: %v", l, last)
					}
					return last.String()
				},
			})
			if last.err != row.err {
				t.Fatalf("%v\nwant %v", last, row.err)
			}
			r := parsed(t, row.lines)
			if n := endAllocations(t, req, r) + endAllocations(t, req, literal(r)); n != 0 {
				t.Errorf("%v allocations", n)
			}
			if row.err != nil {
				if got := classesOf(row.err); got != classesOf(class) {
					t.Errorf("of the classes %s, want %s", got, classesOf(class))
				}
				return
			}
			if !slices.Equal(last.selected, row.selected) || last.subprotocol != row.subprotocol {
				t.Errorf("%v\nwant %v, %d", last, row.selected, row.subprotocol)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	run(t, []rule{
		{name: parsetest.At("the three"), lines: three, subprotocol: -1},
		{name: parsetest.At("the three, turned around"), lines: accepted + connection + upgrade, subprotocol: -1},
		{name: parsetest.At("H1: upper case"), lines: "UPGRADE: websocket\r\nCONNECTION: Upgrade\r\nSEC-WEBSOCKET-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", subprotocol: -1},
		{name: parsetest.At("H1: lower case"), lines: "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", subprotocol: -1},
		{name: parsetest.At("H1: mixed case"), subprotocols: []string{"a"}, extensions: []string{"b"},
			lines: "uPgRaDe: websocket\r\ncOnNeCtIoN: Upgrade\r\nsEc-WeBsOcKeT-aCcEpT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSEC-websocket-PROTOCOL: a\r\nsec-WEBSOCKET-extensions: b\r\n", selected: []int{0}, subprotocol: 0},
		{name: parsetest.At("H3: white space around every value"), subprotocols: []string{"a"}, extensions: []string{"b"},
			lines: "Upgrade:\t websocket \t\r\nConnection: \t Upgrade\t\t\r\nSec-WebSocket-Accept:   s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \t\r\nSec-WebSocket-Protocol: \ta \r\nSec-WebSocket-Extensions:  b\t\r\n", selected: []int{0}, subprotocol: 0},
		{name: parsetest.At("H3: no white space"), lines: "Upgrade:websocket\r\nConnection:Upgrade\r\nSec-WebSocket-Accept:s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", subprotocol: -1},
		{name: parsetest.At("H5: other headers"), lines: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 12\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 5\r\n" + three + "Date: today\r\n", subprotocol: -1},
		{name: parsetest.At("H5: names that begin alike"), lines: "Upgrade-Insecure-Requests: 1\r\nSec-WebSocket-Accepted: x\r\nSec-WebSocket-Protocols: x\r\nSec-WebSocket-Extension: x\r\nConnections: x\r\n" + three, subprotocol: -1},
		{name: parsetest.At("P11: folded values"), extensions: []string{"a", "b"}, lines: "Upgrade:\r\n websocket\r\nConnection: keep-alive,\r\n\tUpgrade\r\n" + accepted + "Sec-WebSocket-Extensions: b\r\n ,\r\n a\r\n", selected: []int{1, 0}, subprotocol: -1},
		{name: parsetest.At("H6: no header"), lines: "", err: session.ErrUpgradeMissing},
		{name: parsetest.At("A1: none of ours"), lines: "Date: today\r\n", err: session.ErrUpgradeMissing},
		{name: parsetest.At("A1: no Upgrade"), lines: connection + accepted, err: session.ErrUpgradeMissing},
		{name: parsetest.At("A1: Upgraded"), lines: "Upgraded: websocket\r\n" + connection + accepted, err: session.ErrUpgradeMissing},
		{name: parsetest.At("A2: in upper case"), lines: "Upgrade: WEBSOCKET\r\n" + connection + accepted, subprotocol: -1},
		{name: parsetest.At("A2: in mixed case"), lines: "Upgrade: WebSocket\r\n" + connection + accepted, subprotocol: -1},
		{name: parsetest.At("A2: another protocol"), lines: "Upgrade: h2c\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: a list"), lines: "Upgrade: websocket, h2c\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: a list of one"), lines: "Upgrade: websocket,\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: a version"), lines: "Upgrade: websocket/13\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: empty"), lines: "Upgrade:\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: one letter less"), lines: "Upgrade: websocke\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: one letter more"), lines: "Upgrade: websockets\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: another letter"), lines: "Upgrade: wetsocket\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: the Kelvin sign for k"), lines: "Upgrade: websoc\xe2\x84\xaaet\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A2: quoted"), lines: "Upgrade: \"websocket\"\r\n" + connection + accepted, err: session.ErrUpgradeValue},
		{name: parsetest.At("A3: twice the same"), lines: upgrade + upgrade + connection + accepted, err: session.ErrUpgradeRepeated},
		{name: parsetest.At("A3: apart"), lines: three + "X: y\r\nUPGRADE: websocket\r\n", err: session.ErrUpgradeRepeated},
		{name: parsetest.At("A3: three times"), lines: upgrade + three + upgrade, err: session.ErrUpgradeRepeated},

		{name: parsetest.At("A4: no Connection"), lines: upgrade + accepted, err: session.ErrConnectionMissing},
		{name: parsetest.At("A4: close"), lines: upgrade + "Connection: close\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A4: empty"), lines: upgrade + "Connection:\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A4: two lines without it"), lines: upgrade + "Connection: close\r\nConnection: keep-alive\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A4: one letter more"), lines: upgrade + "Connection: Upgraded\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A4: one letter less"), lines: upgrade + "Connection: Upgrad\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A4: upper case"), lines: upgrade + "Connection: UPGRADE\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A4: lower case"), lines: upgrade + "Connection: upgrade\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: behind keep-alive"), lines: upgrade + "Connection: keep-alive, Upgrade\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: before Keep-Alive"), lines: upgrade + "Connection: Upgrade, Keep-Alive\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: no space"), lines: upgrade + "Connection: upgrade,keep-alive\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: in the second line"), lines: "Connection: keep-alive\r\n" + upgrade + accepted + connection, subprotocol: -1},
		{name: parsetest.At("A5: in the third line"), lines: "Connection: a\r\nConnection: b\r\n" + three, subprotocol: -1},
		{name: parsetest.At("A5: in the first of two lines"), lines: three + "Connection: close\r\n", subprotocol: -1},
		{name: parsetest.At("A5: in both lines"), lines: three + connection, subprotocol: -1},
		{name: parsetest.At("A5: twice in a line"), lines: upgrade + "Connection: Upgrade, Upgrade\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: empty elements"), lines: upgrade + "Connection: ,Upgrade,,\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: close"), lines: upgrade + "Connection: close, Upgrade\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A5: beside what is no token"), lines: upgrade + "Connection: a b, \"c, d\", Upgrade\r\n" + accepted, subprotocol: -1},
		{name: parsetest.At("A6: two words"), lines: upgrade + "Connection: Upgrade foo\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A6: two words, turned around"), lines: upgrade + "Connection: foo Upgrade\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A6: a semicolon"), lines: upgrade + "Connection: keep-alive; Upgrade\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A6: quoted"), lines: upgrade + "Connection: \"Upgrade\"\r\n" + accepted, err: session.ErrConnectionValue},
		{name: parsetest.At("A6: in a quoted-string"), lines: upgrade + "Connection: \"foo, Upgrade, bar\"\r\n" + accepted, err: session.ErrConnectionValue},

		{name: parsetest.At("A7: no Sec-WebSocket-Accept"), lines: upgrade + connection, err: session.ErrAcceptMissing},
		{name: parsetest.At("A8: of another key"), lines: upgrade + connection + accept2nonce, err: session.ErrAcceptValue},
		{name: parsetest.At("A8: empty"), lines: upgrade + connection + "Sec-WebSocket-Accept:\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: in lower case"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: the first octet"), lines: upgrade + connection + "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: the last digit"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: no padding"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: more padding"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo==\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: quoted"), lines: upgrade + connection + "Sec-WebSocket-Accept: \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: the key"), lines: upgrade + connection + "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: twice in a line"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A8: base64 of other letters"), lines: upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK-xOo=\r\n", err: session.ErrAcceptValue},
		{name: parsetest.At("A9: twice the same"), lines: three + accepted, err: session.ErrAcceptRepeated},
		{name: parsetest.At("A9: a good and a bad one"), lines: three + accept2nonce, err: session.ErrAcceptRepeated},
		{name: parsetest.At("A9: a good one and an empty one"), lines: three + "sec-websocket-accept:\r\n", err: session.ErrAcceptRepeated},
	}, format)
}

func TestSubprotocols(t *testing.T) {
	offers := []string{"chat", "superchat", "Chat"}
	run(t, []rule{
		{name: parsetest.At("A10: none offered, none selected"), lines: three, subprotocol: -1},
		{name: parsetest.At("A16: the first"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat\r\n", subprotocol: 0},
		{name: parsetest.At("A16: the second"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: superchat\r\n", subprotocol: 1},
		{name: parsetest.At("A16: exact octets"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: Chat\r\n", subprotocol: 2},
		{name: parsetest.At("A16: before the three"), subprotocols: offers, lines: "Sec-WebSocket-Protocol: superchat\r\n" + three, subprotocol: 1},
		{name: parsetest.At("A16: every tchar"), subprotocols: []string{"!#$%&'*+-.^_`|~09AZaz"}, lines: three + "Sec-WebSocket-Protocol: !#$%&'*+-.^_`|~09AZaz\r\n", subprotocol: 0},
	}, 0)
	run(t, []rule{
		{name: parsetest.At("A11: none offered"), lines: three + "Sec-WebSocket-Protocol: chat\r\n", err: session.ErrSubprotocolUnasked},
		{name: parsetest.At("A11: none offered, empty"), lines: three + "Sec-WebSocket-Protocol:\r\n", err: session.ErrSubprotocolUnasked},
		{name: parsetest.At("A15: not offered"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: other\r\n", err: session.ErrSubprotocolNotOffered},
		{name: parsetest.At("A15: in another case"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: CHAT\r\n", err: session.ErrSubprotocolNotOffered},
		{name: parsetest.At("A15: the beginning of one"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: super\r\n", err: session.ErrSubprotocolNotOffered},
		{name: parsetest.At("A15: more than one"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chats\r\n", err: session.ErrSubprotocolNotOffered},
		{name: parsetest.At("A17: offered, none selected"), subprotocols: offers, lines: three, err: session.ErrSubprotocolMissing},
		{name: parsetest.At("A16b: none offered before repeated"), lines: three + "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n", err: session.ErrSubprotocolUnasked},
		{name: parsetest.At("A16b: none offered before not a token"), lines: three + "Sec-WebSocket-Protocol: a b\r\n", err: session.ErrSubprotocolUnasked},
	}, subprotocol)
	run(t, []rule{
		{name: parsetest.At("A12: empty"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol:\r\n", err: session.ErrSubprotocolEmpty},
		{name: parsetest.At("A12: white space"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: \t \r\n", err: session.ErrSubprotocolEmpty},
		{name: parsetest.At("A13: all offers"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat, superchat\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A13: a list of one"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat,\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A13: two words"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat superchat\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A13: quoted"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: \"chat\"\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A13: a parameter"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat;v=1\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A13: a high octet"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: ch\xe4t\r\n", err: session.ErrSubprotocolValue},
		{name: parsetest.At("A14: two"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: superchat\r\n", err: session.ErrSubprotocolRepeated},
		{name: parsetest.At("A14: twice the same, apart"), subprotocols: offers, lines: "sec-websocket-protocol: chat\r\n" + three + "Sec-WebSocket-Protocol: chat\r\n", err: session.ErrSubprotocolRepeated},
		{name: parsetest.At("A16b: repeated before empty"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol:\r\nSec-WebSocket-Protocol: chat\r\n", err: session.ErrSubprotocolRepeated},
		{name: parsetest.At("A16b: repeated before not a token"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: a b\r\nSec-WebSocket-Protocol: chat\r\n", err: session.ErrSubprotocolRepeated},
		{name: parsetest.At("A16b: repeated before not offered"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: other\r\n", err: session.ErrSubprotocolRepeated},
		{name: parsetest.At("A16b: not a token before not offered"), subprotocols: offers, lines: three + "Sec-WebSocket-Protocol: other,\r\n", err: session.ErrSubprotocolValue},
	}, format)
}

// A17 with the option; it changes nothing else.
func TestSubprotocolOptional(t *testing.T) {
	req := compile(t, session.Offer{Subprotocols: []string{"chat"}, SubprotocolOptional: true})
	for _, row := range []struct {
		name, lines string
		err         error
		subprotocol int
	}{
		{parsetest.At("A17: none selected"), three, nil, -1},
		{parsetest.At("A16: selected"), three + "Sec-WebSocket-Protocol: chat\r\n", nil, 0},
		{parsetest.At("A12: empty"), three + "Sec-WebSocket-Protocol:\r\n", session.ErrSubprotocolEmpty, 0},
		{parsetest.At("A14: repeated"), three + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n", session.ErrSubprotocolRepeated, 0},
		{parsetest.At("A15: not offered"), three + "Sec-WebSocket-Protocol: other\r\n", session.ErrSubprotocolNotOffered, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			if j := judge(t, req, parsed(t, row.lines)); j.err != row.err || j.err == nil && j.subprotocol != row.subprotocol {
				t.Errorf("%v, want %v, %d", j, row.err, row.subprotocol)
			}
		})
	}
}
