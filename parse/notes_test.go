package parse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

var known = []parse.Known{parse.Upgrade, parse.Connection, parse.SecWebSocketAccept, parse.SecWebSocketExtensions, parse.SecWebSocketProtocol}

// Once is about the three headers that every handshake has.
func TestNotesOnce(t *testing.T) {
	for _, row := range []struct {
		name, lines string
		want        bool
	}{
		{parsetest.At("once each"), "Upgrade: a\r\nConnection: b\r\nSec-WebSocket-Accept: c\r\n", true},
		{parsetest.At("others twice"), "Upgrade: a\r\nConnection: b\r\nSec-WebSocket-Accept: c\r\nSec-WebSocket-Protocol: d\r\nSec-WebSocket-Protocol: d\r\nSec-WebSocket-Extensions: d\r\nSec-WebSocket-Extensions: d\r\n", true},
		{parsetest.At("none"), "", false},
		{parsetest.At("no Upgrade"), "Connection: b\r\nSec-WebSocket-Accept: c\r\n", false},
		{parsetest.At("no Connection"), "Upgrade: a\r\nSec-WebSocket-Accept: c\r\n", false},
		{parsetest.At("no Sec-WebSocket-Accept"), "Upgrade: a\r\nConnection: b\r\n", false},
		{parsetest.At("Upgrade twice"), "Upgrade: a\r\nConnection: b\r\nSec-WebSocket-Accept: c\r\nUpgrade: a\r\n", false},
		{parsetest.At("Connection twice"), "Connection: b\r\nUpgrade: a\r\nConnection: b\r\nSec-WebSocket-Accept: c\r\n", false},
		{parsetest.At("Sec-WebSocket-Accept twice"), "Upgrade: a\r\nConnection: b\r\nSec-WebSocket-Accept: c\r\nSec-WebSocket-Accept: c\r\n", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			var n parse.Notes
			parsed(t, "HTTP/1.1 101 OK\r\n"+row.lines+"\r\n").Note(&n)
			if n.Once() != row.want {
				t.Errorf("Once: %v", n.Once())
			}
		})
	}
}

// noted writes notes down: for each Known the first index, with a + when repeated.
func noted(n *parse.Notes) (list []string) {
	for _, k := range known {
		s := "-"
		if i := n.First(k); i >= 0 {
			s = string(rune('0' + i))
		}
		if n.Repeated(k) {
			s += "+"
		}
		list = append(list, s)
	}
	return list
}

func TestNotes(t *testing.T) {
	for _, row := range []struct {
		name, fields string
		want         []string // upgrade, connection, accept, extensions, protocol
	}{
		{parsetest.At("none"), "Server: x\r\n", []string{"-", "-", "-", "-", "-"}},
		{parsetest.At("no field"), "", []string{"-", "-", "-", "-", "-"}},
		{parsetest.At("the usual three"), "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n", []string{"0", "1", "2", "-", "-"}},
		{parsetest.At("all five, in other cases"), "SEC-WEBSOCKET-PROTOCOL: x\r\nsec-websocket-extensions: x\r\nSec-Websocket-Accept: x\r\nconnection: x\r\nUPGRADE: x\r\n", []string{"4", "3", "2", "1", "0"}},
		{parsetest.At("repeated"), "Upgrade: x\r\nUpgrade: y\r\nConnection: z\r\nupgrade: w\r\n", []string{"0+", "2", "-", "-", "-"}},
		{parsetest.At("all repeated"), "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Extensions: x\r\nSec-WebSocket-Accept: x\r\nConnection: x\r\nUpgrade: x\r\nSec-WebSocket-Protocol: x\r\nSec-WebSocket-Extensions: x\r\nSec-WebSocket-Accept: x\r\nConnection: x\r\nUpgrade: x\r\n", []string{"4+", "3+", "2+", "1+", "0+"}},
		{parsetest.At("names that begin alike"), "Upgrade-Insecure-Requests: x\r\nConnection-X: x\r\nSec-WebSocket-Accepted: x\r\nSec-WebSocket-Extension: x\r\nSec-WebSocket-Protocols: x\r\nUpgrad: x\r\n", []string{"-", "-", "-", "-", "-"}},
		{parsetest.At("names of the same length"), "Upgradf: x\r\nConnectioo: x\r\nSec-WebSocket-Accepu: x\r\nSec_WebSocket-Accept: x\r\nSec-WebSocket-Extensionz: x\r\nSec-WebSocket-Protocom: x\r\nXpgrade: x\r\n", []string{"-", "-", "-", "-", "-"}},
		{parsetest.At("octets that differ by 0x20"), "sec-websocket-accept: x\r\nSec~WebSocket-Accept: x\r\n~ec-WebSocket-Accept: x\r\n", []string{"-", "-", "0", "-", "-"}},
		{parsetest.At("folded"), "Upgrade: web\r\n socket\r\nConnection:\r\n Upgrade\r\n", []string{"0", "1", "-", "-", "-"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			const begin, end = "HTTP/1.1 101 OK\r\n", "\r\n"
			got := parsetest.Run(t, parsetest.Case{
				Stream: begin + row.fields + end,
				Then: func(r *parse.Response, err error) string {
					if err != nil {
						return ""
					}
					var own parse.Notes
					if n, ok := r.Notes(); ok != (row.fields != "") || ok && !slices.Equal(noted(n), row.want) {
						t.Fatalf("noted: %v; want %v", ok, row.want)
					}
					if r.Note(&own); !slices.Equal(noted(&own), row.want) {
						t.Fatalf("Note: %v; want %v", noted(&own), row.want)
					}
					return "noted"
				},
			})
			if got.Then != "noted" {
				t.Error(got)
			}
		})
	}
}

// Notes of an interim head, or of a head before, are not those of this one.
func TestNotesAreOfThisHead(t *testing.T) {
	r := parsed(t, "HTTP/1.1 103 \r\nUpgrade: x\r\nUpgrade: y\r\nConnection: z\r\n\r\nHTTP/1.1 101 \r\nServer: x\r\nConnection: y\r\n\r\n")
	if n, ok := r.Notes(); !ok || !slices.Equal(noted(n), []string{"-", "1", "-", "-", "-"}) {
		t.Errorf("after an interim head: %v, %v", noted(n), ok)
	}
	if _, err := r.Parse([]byte("HTTP/1.1 101 \r\nUpgrade: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if n, ok := r.Notes(); !ok || !slices.Equal(noted(n), []string{"0", "-", "-", "-", "-"}) {
		t.Errorf("after another head: %v, %v", noted(n), ok)
	}
}

// Notes are withheld when Fields is not what Parse made of the head.
func TestNotesWithheld(t *testing.T) {
	const head = "HTTP/1.1 101 OK\r\nServer: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: y\r\nVia: z\r\nSec-WebSocket-Extensions: a\r\nSec-WebSocket-Protocol: b\r\n\r\n"
	field := func(name, value string) parse.Field {
		return parse.Field{Name: []byte(name), Value: []byte(value)}
	}
	for _, row := range []struct {
		name   string
		change func(r *parse.Response)
	}{
		{parsetest.At("cut"), func(r *parse.Response) { r.Fields = r.Fields[:3] }},
		{parsetest.At("cut in front"), func(r *parse.Response) { r.Fields = r.Fields[1:] }},
		{parsetest.At("emptied"), func(r *parse.Response) { r.Fields = nil }},
		{parsetest.At("grown"), func(r *parse.Response) { r.Fields = append(r.Fields, field("Upgrade", "x")) }},
		{parsetest.At("copied"), func(r *parse.Response) { r.Fields = slices.Clone(r.Fields) }},
		{parsetest.At("copied, and one replaced by a known one"), func(r *parse.Response) {
			r.Fields = slices.Clone(r.Fields)
			r.Fields[4] = field("Upgrade", "websocket")
		}},
		{parsetest.At("filtered"), func(r *parse.Response) {
			r.Fields = slices.DeleteFunc(r.Fields, func(f parse.Field) bool { return f.Is("Server") })
		}},
		{parsetest.At("filtered and filled up"), func(r *parse.Response) {
			r.Fields = slices.DeleteFunc(r.Fields, func(f parse.Field) bool { return f.Is("Server") })
			r.Fields = append(r.Fields, field("Upgrade", "x"))
		}},
		{parsetest.At("turned around"), func(r *parse.Response) { slices.Reverse(r.Fields) }},
		{parsetest.At("two changed places"), func(r *parse.Response) { r.Fields[0], r.Fields[1] = r.Fields[1], r.Fields[0] }},
		{parsetest.At("Upgrade renamed"), func(r *parse.Response) { r.Fields[1].Name = []byte("Upgradf") }},
		{parsetest.At("Connection renamed"), func(r *parse.Response) { r.Fields[2].Name = []byte("Connectiom") }},
		{parsetest.At("Sec-WebSocket-Accept renamed"), func(r *parse.Response) { r.Fields[3].Name = []byte("Sec-WebSocket-Accepd") }},
		{parsetest.At("Sec-WebSocket-Extensions renamed"), func(r *parse.Response) { r.Fields[5].Name = []byte("Sec-WebSocket-Protocol") }},
		{parsetest.At("Sec-WebSocket-Protocol renamed"), func(r *parse.Response) { r.Fields[6].Name = nil }},
		{parsetest.At("a noted one replaced"), func(r *parse.Response) { r.Fields[2] = field("Upgrade", "websocket") }},
		{parsetest.At("reset"), func(r *parse.Response) { r.Reset() }},
		{parsetest.At("in progress"), func(r *parse.Response) { r.Parse([]byte("HTTP/1.1 101 OK\r\n")) }},
		{parsetest.At("refused"), func(r *parse.Response) { r.Parse([]byte("HTTP/1.1 101 OK\r\nA b")) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := parsed(t, head)
			row.change(r)
			var own parse.Notes
			r.Note(&own)
			if n, ok := r.Notes(); ok && !slices.Equal(noted(n), noted(&own)) {
				t.Errorf("Notes %v, but Fields are %v", noted(n), noted(&own))
			}
		})
	}
	r := &parse.Response{Status: 101, Fields: []parse.Field{field("Upgrade", "websocket")}}
	if _, ok := r.Notes(); ok {
		t.Error("Notes of a Response that was filled by hand")
	}
}

func TestKnownString(t *testing.T) {
	var got []string
	for _, k := range known {
		got = append(got, k.String())
	}
	if want := []string{"upgrade", "connection", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A field is known by its whole name, ASCII case ignored, and by no other name
// that differs in one octet: names are compared eight octets at a time.
func TestKnownNamesOctetByOctet(t *testing.T) {
	for _, k := range known {
		for i := range len(k.String()) {
			for octet := range 256 {
				name := []byte(k.String())
				name[i] = byte(octet)
				want := strings.EqualFold(string(name), k.String()) && octet < 0x80
				r := &parse.Response{Fields: []parse.Field{{Name: []byte("X")}, {Name: name}}}
				var n parse.Notes
				r.Note(&n)
				if got := n.First(k) == 1; got != want {
					t.Fatalf("%q is %v: %v", name, k, got)
				}
				if !parse.IsToken(name) {
					continue
				}
				for _, length := range []int{1, 200} { // a long head may be parsed in another way
					p := parse.Response{Fields: make([]parse.Field, 0, 2)}
					p.Parse([]byte("HTTP/1.1 101 \r\nX: " + strings.Repeat("y", length) + "\r\n" + string(name) + ": z\r\n\r\n"))
					if n, ok := p.Notes(); !ok || (n.First(k) == 1) != want {
						t.Fatalf("parsed behind %d octets: %q is %v: %v", length, name, k, !want)
					}
				}
			}
		}
		for _, name := range []string{k.String()[1:], k.String()[:len(k.String())-1], k.String() + "s", "x" + k.String(), ""} {
			r := &parse.Response{Fields: []parse.Field{{Name: []byte(name)}}}
			var n parse.Notes
			if r.Note(&n); n.First(k) >= 0 {
				t.Errorf("%q is %v", name, k)
			}
		}
	}
}
