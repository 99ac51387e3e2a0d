package run

import (
	"strings"
	"testing"
)

func TestMaskQuoted(t *testing.T) {
	m := newMasker([]string{`a"b`, "e"})
	for _, tt := range []struct{ in, want string }{
		{"the server", "the server"},
		{`the server says "here" and "there"; retry`, `the server says "h***r***" and "th***r***"; retry`},
		{`the server says "a\"b"`, `the server says "***"`},
		{`the server says "here`, `the server says "h***r***`},
		{`the server says ""`, `the server says ""`},
	} {
		if got := m.quoted(tt.in); got != tt.want {
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

// What may be the begin of a secret at the end of a text is left out, though the
// secrets overlap.
func TestMaskBegin(t *testing.T) {
	m := newMasker([]string{"hush", "ushabti", "x"})
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"be hush and", "be *** and"},
		{"be hush", "be "}, // which may go on as an ushabti
		{"be hus", "be "},
		{"be h", "be "},
		{"be ushabt", "be "},
		{"be x", "be ***"},
		{"be", "be"},
	} {
		if got := m.begin(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}
