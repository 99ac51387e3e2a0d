package main

import (
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

func TestRedact(t *testing.T) {
	s := (&plan{url: "ws://user:pass%2Fword@h/?room=lobby&v=1&token=query%20token", offer: session.Offer{Header: []session.Header{
		{Name: "Authorization", Value: "Bearer abc.def"},
		{Name: "Cookie", Value: "sid=01; theme=dark; id=0123456789"},
		{Name: "X-Mode", Value: "a, longer"},
		{Name: "Origin", Value: "http://origin.example"},
	}}}).secrets()
	for _, tt := range []struct{ in, want string }{
		{"no access for abc.def", "no access for ***"},
		{"no access for Bearer abc.def", "no access for ***"},
		{"session 0123456789 expired", "session *** expired"}, // not ***23456789
		{"session 01 expired", "session *** expired"},
		{"pass/word or pass%2Fword", "*** or ***"},
		{"query token or query%20token", "*** or ***"},
		{"Basic dXNlcjpwYXNzL3dvcmQ= is not user's", "Basic *** is not ***'s"},
		{"sid and theme are names, and Bearer a scheme", "sid and theme are names, and Bearer a scheme"},
		{"version 1 of a longer", "version 1 of a ***"},
		{"dark", "***"},
		{"origin http://origin.example is not allowed", "origin http://origin.example is not allowed"},
	} {
		if got := s.mask(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestMaskQuoted(t *testing.T) {
	s := secrets{`a"b`, "e"}
	for _, tt := range []struct{ in, want string }{
		{"the server", "the server"},
		{`the server says "here" and "there"; retry`, `the server says "h***r***" and "th***r***"; retry`},
		{`the server says "a\"b"`, `the server says "***"`},
		{`the server says "here`, `the server says "h***r***`},
		{`the server says ""`, `the server says ""`},
	} {
		if got := s.maskQuoted(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"\x1b[2Jcleared\x00\u009b", "?[2Jcleared??"},
		{"gr\u00fc\u00df Gott", "gr\u00fc\u00df Gott"},
		{"\xff", "\ufffd"},
		{strings.Repeat("x", 500), strings.Repeat("x", 400) + "..."},
	} {
		if got := printable(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}
