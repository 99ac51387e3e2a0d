package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse/parsetest"
	"github.com/zeroshake/zeroshake/session"
)

const ext = "Sec-WebSocket-Extensions: "

func TestExtensions(t *testing.T) {
	two := []string{"foo", "bar; baz=2"}
	run(t, []rule{
		{name: parsetest.At("A18: none"), lines: three, subprotocol: -1},
		{name: parsetest.At("A18: offered, none selected"), extensions: two, lines: three, subprotocol: -1},
		{name: parsetest.At("A22: one of two"), extensions: two, lines: three + ext + "bar; baz=2\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("A22: before the three"), extensions: two, lines: ext + "foo\r\n" + three, selected: []int{0}, subprotocol: -1},
		{name: parsetest.At("A23: on one line"), extensions: two, lines: three + ext + "foo, bar; baz=2\r\n", selected: []int{0, 1}, subprotocol: -1},
		{name: parsetest.At("A23: on two lines"), extensions: two, lines: ext + "foo\r\n" + three + ext + "bar; baz=2\r\n", selected: []int{0, 1}, subprotocol: -1},
		{name: parsetest.At("A23: on two lines, turned around"), extensions: two, lines: three + ext + "bar; baz=2\r\n" + ext + "foo\r\n", selected: []int{1, 0}, subprotocol: -1},
		{name: parsetest.At("A23: one of the lines empty"), extensions: two, lines: three + ext + "\r\n" + ext + "foo\r\n" + ext + ",\r\n", selected: []int{0}, subprotocol: -1},
		{name: parsetest.At("A24: the order of the response"), extensions: []string{"a", "b", "c", "d"}, lines: three + ext + "d, a, c\r\n", selected: []int{3, 0, 2}, subprotocol: -1},
		{name: parsetest.At("3.4: null elements"), extensions: two, lines: three + ext + ", foo,, ,\r\n", selected: []int{0}, subprotocol: -1},
		{name: parsetest.At("3.4: white space"), extensions: two, lines: three + ext + "bar\t; baz = 2 , foo\r\n", selected: []int{1, 0}, subprotocol: -1},

		{name: parsetest.At("3.5: the first of the name"), extensions: []string{"a", "a"}, lines: three + ext + "a\r\n", selected: []int{0}, subprotocol: -1},
		{name: parsetest.At("3.5: both of the name"), extensions: []string{"a", "b", "a"}, lines: three + ext + "a, a\r\n", selected: []int{0, 2}, subprotocol: -1},
		{name: parsetest.At("3.5: the one with the same parameters"), extensions: []string{"a; x=1", "a; x=2", "a; x=3"}, lines: three + ext + "a; x=2\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: the same, and the first that is left"), extensions: []string{"a; x=1", "a; x=2"}, lines: three + ext + "a; x=2, a; x=9\r\n", selected: []int{1, 0}, subprotocol: -1},
		{name: parsetest.At("3.5: the same, and it is taken"), extensions: []string{"a; x=1", "a; x=2"}, lines: three + ext + "a; x=2, a; x=2\r\n", selected: []int{1, 0}, subprotocol: -1},
		{name: parsetest.At("3.5: none with the same parameters"), extensions: []string{"b", "a; x=1", "a; x=2"}, lines: three + ext + "a; x=3; y\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: the order of parameters counts"), extensions: []string{"a; x; y", "a; y; x"}, lines: three + ext + "a; y; x\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: one parameter less is not the same"), extensions: []string{"a; x; y", "a; x"}, lines: three + ext + "a; x\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: one parameter more is not the same"), extensions: []string{"a; x", "a; x; y"}, lines: three + ext + "a; x; y\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: no parameter is not the same as one"), extensions: []string{"a; x", "a"}, lines: three + ext + "a\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: bare is not valued"), extensions: []string{"a; x", "a; x=1"}, lines: three + ext + "a; x=1\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: valued is not bare"), extensions: []string{"a; x=1", "a; x"}, lines: three + ext + "a; x\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: parameter names are exact"), extensions: []string{"a; X=1", "a; x=1"}, lines: three + ext + "a; x=1\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: values are exact"), extensions: []string{"a; x=B", "a; x=b"}, lines: three + ext + "a; x=b\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: the beginning of a value is not the same"), extensions: []string{"a; x=10", "a; x=1"}, lines: three + ext + "a; x=1\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: values are unescaped in the response"), extensions: []string{"a; x=9", "a; x=15"}, lines: three + ext + "a; x=\"1\\5\"\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: values are unescaped in the offer"), extensions: []string{"a; x=9", `a; x="\15"`}, lines: three + ext + "a; x=15\r\n", selected: []int{1}, subprotocol: -1},
		{name: parsetest.At("3.5: values are unescaped in both"), extensions: []string{"a; x=9", `a; x="\15"`}, lines: three + ext + "a; x=\"1\\5\"\r\n", selected: []int{1}, subprotocol: -1},
	}, 0)
	run(t, []rule{
		{name: parsetest.At("A21: none offered"), lines: three + ext + "foo\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: permessage-deflate not offered"), extensions: two, lines: three + ext + "permessage-deflate\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: another offered"), extensions: two, lines: three + ext + "baz\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: the second"), extensions: two, lines: three + ext + "foo, baz\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: on the second line"), extensions: two, lines: three + ext + "foo\r\n" + ext + "baz\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: in another case"), extensions: []string{"permessage-deflate"}, lines: three + ext + "PerMessage-Deflate\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: the beginning of a name"), extensions: two, lines: three + ext + "fo\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A21: one letter more"), extensions: two, lines: three + ext + "fooo\r\n", err: session.ErrExtensionNotOffered},
		{name: parsetest.At("A22: twice"), extensions: two, lines: three + ext + "foo, foo\r\n", err: session.ErrExtensionTaken},
		{name: parsetest.At("A22: twice, on two lines"), extensions: two, lines: three + ext + "foo\r\n" + ext + "foo; x=1\r\n", err: session.ErrExtensionTaken},
		{name: parsetest.At("A22: three times, offered twice"), extensions: []string{"a", "a"}, lines: three + ext + "a, a, a\r\n", err: session.ErrExtensionTaken},
	}, extension)
	run(t, []rule{
		{name: parsetest.At("A19: empty"), extensions: two, lines: three + ext + "\r\n", err: session.ErrExtensionsEmpty},
		{name: parsetest.At("A19: commas"), extensions: two, lines: three + ext + ", ,,\r\n", err: session.ErrExtensionsEmpty},
		{name: parsetest.At("A19: empty, none offered"), lines: three + ext + "\r\n", err: session.ErrExtensionsEmpty},
		{name: parsetest.At("A19: two lines, both empty"), extensions: two, lines: three + ext + "\r\n" + ext + ",\r\n", err: session.ErrExtensionsEmpty},
		{name: parsetest.At("A20: junk"), extensions: two, lines: three + ext + "foo bar\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: a semicolon at the end"), extensions: two, lines: three + ext + "foo;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: no value"), extensions: two, lines: three + ext + "bar; baz=\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: an empty quoted value"), extensions: two, lines: three + ext + "bar; baz=\"\"\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: no closing quote"), extensions: two, lines: three + ext + "bar; baz=\"2\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: a space in quotes"), extensions: two, lines: three + ext + "bar; baz=\"2 3\"\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: on the second line"), extensions: two, lines: three + ext + "foo\r\n" + ext + "bar;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: a quote does not reach over lines"), extensions: two, lines: three + ext + "bar; baz=\"2\r\n" + ext + "2\"\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: before A21"), extensions: two, lines: three + ext + "unknown, foo;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: before A21, on two lines"), extensions: two, lines: three + ext + "unknown\r\n" + ext + "foo;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: before A22"), extensions: two, lines: three + ext + "foo, foo, bar;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: before D1"), extensions: []string{"permessage-deflate"}, lines: three + ext + "permessage-deflate; x, foo;\r\n", err: session.ErrExtensionsSyntax},
		{name: parsetest.At("A20: none offered"), lines: three + ext + "foo;\r\n", err: session.ErrExtensionsSyntax},
	}, format)
}

// All 64 offers that a request may have, selected the other way round.
func TestSixtyFourExtensions(t *testing.T) {
	var offers, selected []string
	var want []int
	for i := range 64 {
		offers = append(offers, fmt.Sprint("x", i))
		selected = append(selected, fmt.Sprint("x", 63-i))
		want = append(want, 63-i)
	}
	req := compile(t, session.Offer{Extensions: offers})
	if n := req.NumExtensions(); n != 64 {
		t.Errorf("%d extensions", n)
	}
	if j := judge(t, req, parsed(t, three+ext+strings.Join(selected, ", ")+"\r\n")); !slices.Equal(j.selected, want) {
		t.Error(j)
	}
	if j := judge(t, req, parsed(t, three+ext+strings.Join(append(selected, "x63"), ", ")+"\r\n")); j.err != session.ErrExtensionTaken {
		t.Error(j)
	}
	same := slices.Repeat([]string{"same"}, 64)
	req = compile(t, session.Offer{Extensions: same})
	slices.Reverse(want)
	if j := judge(t, req, parsed(t, three+ext+strings.Join(same, ",")+"\r\n")); !slices.Equal(j.selected, want) {
		t.Error(j)
	}
}
