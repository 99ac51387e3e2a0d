package parse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/parse"
)

var errs = []parse.Error{
	parse.ErrIncomplete, parse.ErrTooLarge, parse.ErrTooManyFields,
	parse.ErrVersion, parse.ErrStatus, parse.ErrStatusEnd, parse.ErrInterimVersion, parse.ErrReason,
	parse.ErrBareLF, parse.ErrBareCR, parse.ErrLeadingSpace,
	parse.ErrSpaceBeforeColon, parse.ErrName, parse.ErrNoColon, parse.ErrValue,
	parse.ErrChanged, parse.ErrToken, parse.ErrExtension,
}

// Every error has a text of its own.
func TestErrorTexts(t *testing.T) {
	seen := map[string]parse.Error{}
	for _, e := range errs {
		text := e.Error()
		if other, ok := seen[text]; ok || !strings.HasPrefix(text, "parse: ") || strings.Contains(text, "unknown") {
			t.Errorf("%d: %q, as %d", e, text, other)
		}
		seen[text] = e
	}
	for _, e := range []parse.Error{0, parse.Error(len(errs)) + 1, 255} {
		if !strings.Contains(e.Error(), "unknown") {
			t.Errorf("%d: %q", e, e.Error())
		}
	}
}

// class covers ErrVersion, as a class of package session might.
type class struct{ error }

func (class) Covers(e parse.Error) bool { return e == parse.ErrVersion }

func TestErrorIs(t *testing.T) {
	for _, e := range errs {
		for _, other := range errs {
			if got := errors.Is(e, other); got != (e == other) {
				t.Errorf("%v is %v: %v", e, other, got)
			}
		}
		if got := errors.Is(e, class{}); got != (e == parse.ErrVersion) {
			t.Errorf("%v is class: %v", e, got)
		}
		if got := errors.Is(fmt.Errorf("reading: %w", e), class{}); got != (e == parse.ErrVersion) {
			t.Errorf("%v, wrapped, is class: %v", e, got)
		}
		if errors.Is(e, errors.New(e.Error())) {
			t.Errorf("%v is an error with the same text", e)
		}
	}
}

func TestErrorDoesNotAllocate(t *testing.T) {
	r := new(parse.Response)
	p := []byte("HTTP/1.1 101 OK\r\nA b")
	if n := testing.AllocsPerRun(10, func() {
		r.Reset()
		if _, err := r.Parse(p); !errors.Is(err, parse.ErrSpaceBeforeColon) {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
