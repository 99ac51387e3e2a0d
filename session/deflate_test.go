package session_test

import (
	"testing"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

const pmd = ext + "permessage-deflate"

var bare = []string{"permessage-deflate; client_max_window_bits"}

// Parameters that no offer could justify, spec by RFC 7692 section 7.1.
func TestDeflateParameters(t *testing.T) {
	both := []string{"permessage-deflate; client_max_window_bits; server_max_window_bits=15"}
	run(t, []rule{
		{name: parsetest.At("D1: an unknown one"), extensions: bare, lines: three + pmd + "; foo\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D1: an unknown one with a value"), extensions: bare, lines: three + pmd + "; foo=1\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D1: in another case"), extensions: bare, lines: three + pmd + "; Server_No_Context_Takeover\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D1: one letter more"), extensions: bare, lines: three + pmd + "; server_no_context_takeovers\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D1: one letter less"), extensions: bare, lines: three + pmd + "; server_no_context_takeove\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D1: behind a good one"), extensions: bare, lines: three + pmd + "; server_no_context_takeover; x=y\r\n", err: session.ErrDeflateParameter},
		{name: parsetest.At("D2: server_no_context_takeover"), extensions: bare, lines: three + pmd + "; server_no_context_takeover; server_no_context_takeover\r\n", err: session.ErrDeflateRepeated},
		{name: parsetest.At("D2: client_no_context_takeover"), extensions: bare, lines: three + pmd + "; client_no_context_takeover; server_no_context_takeover; client_no_context_takeover\r\n", err: session.ErrDeflateRepeated},
		{name: parsetest.At("D2: server_max_window_bits"), extensions: both, lines: three + pmd + "; server_max_window_bits=10; server_max_window_bits=10\r\n", err: session.ErrDeflateRepeated},
		{name: parsetest.At("D2: client_max_window_bits"), extensions: bare, lines: three + pmd + "; client_max_window_bits=10; client_max_window_bits=11\r\n", err: session.ErrDeflateRepeated},
		{name: parsetest.At("D3: server_no_context_takeover with a value"), extensions: bare, lines: three + pmd + "; server_no_context_takeover=1\r\n", err: session.ErrDeflateTakeoverValue},
		{name: parsetest.At("D3: client_no_context_takeover with a value"), extensions: bare, lines: three + pmd + "; client_no_context_takeover=true\r\n", err: session.ErrDeflateTakeoverValue},
		{name: parsetest.At("D3: a quoted value"), extensions: bare, lines: three + pmd + "; client_no_context_takeover=\"yz\"\r\n", err: session.ErrDeflateTakeoverValue},
		{name: parsetest.At("D4: bare"), extensions: both, lines: three + pmd + "; server_max_window_bits\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 7"), extensions: both, lines: three + pmd + "; server_max_window_bits=7\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 16"), extensions: both, lines: three + pmd + "; server_max_window_bits=16\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 0"), extensions: both, lines: three + pmd + "; server_max_window_bits=0\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 1"), extensions: both, lines: three + pmd + "; server_max_window_bits=1\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 20"), extensions: both, lines: three + pmd + "; server_max_window_bits=20\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 08"), extensions: both, lines: three + pmd + "; server_max_window_bits=08\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 015"), extensions: both, lines: three + pmd + "; server_max_window_bits=015\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: 100"), extensions: both, lines: three + pmd + "; server_max_window_bits=100\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: a sign"), extensions: both, lines: three + pmd + "; server_max_window_bits=+15\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: a sign, one digit"), extensions: both, lines: three + pmd + "; server_max_window_bits=+9\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: a word"), extensions: both, lines: three + pmd + "; server_max_window_bits=ten\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: a letter behind"), extensions: both, lines: three + pmd + "; server_max_window_bits=9a\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: a dot behind"), extensions: both, lines: three + pmd + "; server_max_window_bits=1.\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: hexadecimal"), extensions: both, lines: three + pmd + "; server_max_window_bits=0xf\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: quoted 16"), extensions: both, lines: three + pmd + "; server_max_window_bits=\"1\\6\"\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D4: very long"), extensions: both, lines: three + pmd + "; server_max_window_bits=18446744073709551626\r\n", err: session.ErrDeflateServerBits},
		{name: parsetest.At("D5: bare"), extensions: bare, lines: three + pmd + "; client_max_window_bits\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D5: bare, not offered"), extensions: []string{"permessage-deflate"}, lines: three + pmd + "; client_max_window_bits\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D5: 7"), extensions: bare, lines: three + pmd + "; client_max_window_bits=7\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D5: 16"), extensions: bare, lines: three + pmd + "; client_max_window_bits=16\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D5: 09"), extensions: bare, lines: three + pmd + "; client_max_window_bits=09\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D5: very long"), extensions: bare, lines: three + pmd + "; client_max_window_bits=18446744073709551626\r\n", err: session.ErrDeflateClientBits},
		{name: parsetest.At("D6: demanded, not granted"), extensions: []string{"permessage-deflate; server_no_context_takeover"}, lines: three + pmd + "\r\n", err: session.ErrDeflateServerTakeover},
		{name: parsetest.At("D6: demanded, the other one granted"), extensions: []string{"permessage-deflate; server_no_context_takeover"}, lines: three + pmd + "; client_no_context_takeover\r\n", err: session.ErrDeflateServerTakeover},
		{name: parsetest.At("D9: demanded, absent"), extensions: []string{"permessage-deflate; server_max_window_bits=10"}, lines: three + pmd + "\r\n", err: session.ErrDeflateServerWindow},
		{name: parsetest.At("D9: demanded, larger"), extensions: []string{"permessage-deflate; server_max_window_bits=10"}, lines: three + pmd + "; server_max_window_bits=11\r\n", err: session.ErrDeflateServerWindow},
		{name: parsetest.At("D9: 15 demanded, absent"), extensions: []string{"permessage-deflate; server_max_window_bits=15"}, lines: three + pmd + "\r\n", err: session.ErrDeflateServerWindow},
		{name: parsetest.At("D11: not offered"), extensions: []string{"permessage-deflate"}, lines: three + pmd + "; client_max_window_bits=15\r\n", err: session.ErrDeflateClientWindow},
		{name: parsetest.At("3.6: no offer fits: what the first one lacks"), extensions: []string{"permessage-deflate; server_max_window_bits=10", "permessage-deflate"}, lines: three + pmd + "; client_max_window_bits=12\r\n", err: session.ErrDeflateServerWindow},
		{name: parsetest.At("3.5: twice, offered twice"), extensions: []string{"permessage-deflate", "permessage-deflate"}, lines: three + pmd + ", permessage-deflate\r\n", err: session.ErrDeflateTwice},
		{name: parsetest.At("3.5: twice, on two lines, another between"), extensions: []string{"permessage-deflate", "a", "permessage-deflate"}, lines: three + pmd + "\r\n" + ext + "a, permessage-deflate\r\n", err: session.ErrDeflateTwice},
		{name: parsetest.At("3.5: twice, offered once"), extensions: bare, lines: three + pmd + ", permessage-deflate\r\n", err: session.ErrDeflateTwice},
	}, extension)
}

// What is agreed on, RFC 7692 section 7.1.
func TestDeflateAgreed(t *testing.T) {
	none := session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}
	fallback := []string{"permessage-deflate; server_max_window_bits=10", "permessage-deflate"}
	takeover := []string{"permessage-deflate; client_max_window_bits", "permessage-deflate; server_no_context_takeover"}
	for _, row := range []struct {
		name     string
		offers   []string
		answer   string
		selected int
		want     session.DeflateParams
	}{
		{parsetest.At("the simplest"), []string{"permessage-deflate"}, "permessage-deflate", 0, none},
		{parsetest.At("behind another"), []string{"x", "permessage-deflate"}, "permessage-deflate", 1, none},
		{parsetest.At("D6: demanded and granted"), []string{"permessage-deflate; server_no_context_takeover"}, "permessage-deflate; server_no_context_takeover", 0,
			session.DeflateParams{ServerNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("D7: volunteered"), []string{"permessage-deflate"}, "permessage-deflate; server_no_context_takeover", 0,
			session.DeflateParams{ServerNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("D8: the server asks"), []string{"permessage-deflate"}, "permessage-deflate; client_no_context_takeover", 0,
			session.DeflateParams{ClientNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("D8: the client offered"), []string{"permessage-deflate; client_no_context_takeover"}, "permessage-deflate", 0,
			session.DeflateParams{ClientNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("D8: both"), []string{"permessage-deflate; client_no_context_takeover"}, "permessage-deflate; client_no_context_takeover", 0,
			session.DeflateParams{ClientNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("D9: as demanded"), []string{"permessage-deflate; server_max_window_bits=10"}, "permessage-deflate; server_max_window_bits=10", 0,
			session.DeflateParams{ServerMaxWindowBits: 10, ClientMaxWindowBits: 15}},
		{parsetest.At("D9: smaller"), []string{"permessage-deflate; server_max_window_bits=10"}, "permessage-deflate; server_max_window_bits=8", 0,
			session.DeflateParams{ServerMaxWindowBits: 8, ClientMaxWindowBits: 15}},
		{parsetest.At("D10: volunteered, the least"), []string{"permessage-deflate"}, "permessage-deflate; server_max_window_bits=8", 0,
			session.DeflateParams{ServerMaxWindowBits: 8, ClientMaxWindowBits: 15}},
		{parsetest.At("D10: volunteered, the most"), []string{"permessage-deflate"}, "permessage-deflate; server_max_window_bits=15", 0, none},
		{parsetest.At("D10: 9"), []string{"permessage-deflate"}, "permessage-deflate; server_max_window_bits=9", 0,
			session.DeflateParams{ServerMaxWindowBits: 9, ClientMaxWindowBits: 15}},
		{parsetest.At("D10: 11"), []string{"permessage-deflate"}, "permessage-deflate; server_max_window_bits=11", 0,
			session.DeflateParams{ServerMaxWindowBits: 11, ClientMaxWindowBits: 15}},
		{parsetest.At("D12: bare, absent"), bare, "permessage-deflate", 0, none},
		{parsetest.At("D12: bare, a value"), bare, "permessage-deflate; client_max_window_bits=12", 0,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 12}},
		{parsetest.At("D12: bare, the least"), bare, "permessage-deflate; client_max_window_bits=8", 0,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 8}},
		{parsetest.At("D13: a value, absent"), []string{"permessage-deflate; client_max_window_bits=12"}, "permessage-deflate", 0,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 12}},
		{parsetest.At("D13: a value, smaller"), []string{"permessage-deflate; client_max_window_bits=12"}, "permessage-deflate; client_max_window_bits=10", 0,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 10}},
		{parsetest.At("D13: a value, larger"), []string{"permessage-deflate; client_max_window_bits=12"}, "permessage-deflate; client_max_window_bits=14", 0,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 12}},
		{parsetest.At("3.4: quoted"), bare, `permessage-deflate; client_max_window_bits="1\2"; server_max_window_bits="9"`, 0,
			session.DeflateParams{ServerMaxWindowBits: 9, ClientMaxWindowBits: 12}},
		{parsetest.At("3.4: quoted in the offer"), []string{`permessage-deflate; server_max_window_bits="1\0"`}, `permessage-deflate; server_max_window_bits=9`, 0,
			session.DeflateParams{ServerMaxWindowBits: 9, ClientMaxWindowBits: 15}},
		{parsetest.At("all four"), bare, "permessage-deflate; client_max_window_bits=9; server_max_window_bits=8; client_no_context_takeover; server_no_context_takeover", 0,
			session.DeflateParams{ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: 8, ClientMaxWindowBits: 9}},

		{parsetest.At("3.6: fallback, as demanded"), fallback, "permessage-deflate; server_max_window_bits=10", 0,
			session.DeflateParams{ServerMaxWindowBits: 10, ClientMaxWindowBits: 15}},
		{parsetest.At("3.6: fallback, smaller"), fallback, "permessage-deflate; server_max_window_bits=9", 0,
			session.DeflateParams{ServerMaxWindowBits: 9, ClientMaxWindowBits: 15}},
		{parsetest.At("3.6: fallback, plain"), fallback, "permessage-deflate", 1, none},
		{parsetest.At("3.6: fallback, larger"), fallback, "permessage-deflate; server_max_window_bits=12", 1,
			session.DeflateParams{ServerMaxWindowBits: 12, ClientMaxWindowBits: 15}},
		{parsetest.At("3.6: the first that is compatible, plain"), takeover, "permessage-deflate", 0, none},
		{parsetest.At("3.6: the first that is compatible, D7"), takeover, "permessage-deflate; server_no_context_takeover", 0,
			session.DeflateParams{ServerNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}},
		{parsetest.At("the promise of the offer selected only"), []string{"permessage-deflate; server_max_window_bits=10; client_no_context_takeover", "permessage-deflate; client_max_window_bits=9"}, "permessage-deflate", 1,
			session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 9}},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := compile(t, session.Offer{Extensions: row.offers})
			r := parsed(t, three+ext+row.answer+"\r\n")
			if n := endAllocations(t, req, r); n != 0 {
				t.Errorf("%v allocations", n)
			}
			for _, j := range []judgement{judge(t, req, r), judge(t, req, literal(r))} {
				if j.err != nil || len(j.selected) != 1 || j.selected[0] != row.selected || !j.deflated || j.deflate != row.want {
					t.Errorf("%v\nwant %d, %+v", j, row.selected, row.want)
				}
			}
		})
	}
}

// Deflate tells nothing but what the last handshake agreed on.
func TestDeflateNotAgreed(t *testing.T) {
	req := compile(t, session.Offer{Extensions: []string{"permessage-deflate", "x"}})
	if j := judge(t, req, parsed(t, three+ext+"x\r\n")); j.err != nil || j.deflated || j.deflate != (session.DeflateParams{}) {
		t.Errorf("another extension: %v", j)
	}
	c := begin(t, req)
	if _, ok := c.Deflate(); ok {
		t.Error("before the end")
	}
	if _, _, err := c.EndHandshake(parsed(t, three+ext+"permessage-deflate\r\n"), make([]int, 2)); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Deflate(); !ok {
		t.Error("not agreed on")
	}
	c.Reset()
	if p, ok := c.Deflate(); ok || p != (session.DeflateParams{}) {
		t.Error("after Reset")
	}
}
