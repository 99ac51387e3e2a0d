package peers

import (
	"bytes"
	"testing"

	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// What each implementation does: which shapes it completes, and which wrong
// answers to them it refuses.
var abilities = []struct {
	impl              string
	none, full        bool // offers it
	accept            bool // refuses a wrong accept value
	protocol, deflate bool // refuses a subprotocol, an extension that it did not offer
}{
	{"zeroshake", true, true, true, true, true},
	{"zeroshake-dial", true, true, true, true, true},
	{"gobwas", true, true, true, true, true},
	{"gobwas-upgrade", true, true, true, true, true},
	{"gorilla", true, true, true, false, true},
	{"gorilla-tuned", true, true, true, false, true},
	{"coder", true, true, true, true, true},
	{"fasthttp", true, true, true, false, true},
	{"gws", true, true, true, false, false},
	{"xnet", true, false, true, true, true},
	{"nethttp", true, true, true, true, true},
}

func TestAbilities(t *testing.T) {
	if len(abilities) != len(peers) {
		t.Fatalf("%d implementations, %d in the table", len(peers), len(abilities))
	}
	for i, want := range abilities {
		t.Run("impl="+want.impl, func(t *testing.T) {
			p := peers[i]
			if p.name != want.impl {
				t.Fatalf("it is %s", p.name)
			}
			if p.noExtensions == want.full {
				t.Errorf("noExtensions is %v", p.noExtensions)
			}
			for _, s := range shapes {
				offers := want.none
				if s.head.Offer.Extensions != nil {
					offers = want.full
				}
				f := newFake(s.head.Bytes())
				handshake := p.handshake(f, s.head.Offer)
				for range 3 { // pools filled by one handshake are used by the next
					if got, err := handshake(); (err == nil && got == s.want) != offers {
						t.Errorf("%s: negotiated %+v, %v, completes it: %v", s.name, got, err, offers)
					}
				}
				if !offers {
					continue
				}
				f.wrong = true
				if _, err := handshake(); (err != nil) != want.accept {
					t.Errorf("%s: a wrong accept value gives %v, refuses it: %v", s.name, err, want.accept)
				}
				f.wrong = false
				if got, err := handshake(); err != nil || got != s.want {
					t.Errorf("%s: after a refusal: %+v, %v", s.name, got, err)
				}
			}
			for _, unasked := range []struct {
				line    string
				refuses bool
			}{
				{"Sec-WebSocket-Protocol: mqtt\r\n", want.protocol},
				{"Sec-WebSocket-Extensions: permessage-deflate\r\n", want.deflate},
			} {
				h := heads.Get("129")
				head := append(bytes.TrimSuffix(h.Bytes()[:h.Len], []byte("\r\n")), unasked.line+"\r\n"...)
				if _, err := p.handshake(newFake(head), heads.Offer{})(); (err != nil) != unasked.refuses {
					t.Errorf("%q unasked gives %v, refuses it: %v", unasked.line, err, unasked.refuses)
				}
			}
		})
	}
}

// Over TCP, every implementation completes handshakes and those that have
// messages get back what they sent, and stay idle.
func TestEngines(t *testing.T) { testEngines(t, engines, serve(t, heads.Get("129"))) }

func TestEnginesTLS(t *testing.T) { testEngines(t, secured, serveTLS(t, heads.Get("129"))) }

func testEngines(t *testing.T, engines []engine, s server) {
	for _, e := range engines {
		t.Run("impl="+e.name, func(t *testing.T) {
			if err := e.handshakes(s, 10, 3); err != nil {
				t.Fatal(err)
			}
			if e.open == nil {
				return
			}
			c, err := e.open(s, 5)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.exchange([]byte("some message"), 3); err != nil {
				t.Error(err)
			}
			if err := c.close(); err != nil {
				t.Error(err)
			}
			if f, err := idle(e, s, 20); err != nil {
				t.Error(f, err)
			}
		})
	}
}
