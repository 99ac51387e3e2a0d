package serve

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// writes keeps what it is given, write by write, and says that it could not.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return 0, errors.New("nobody reads")
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", longest+1)
	var got writes
	l := lines{w: &got}
	for _, piece := range []string{"one\n", "tw", "o\nthree\nfo", "", "ur\n", long, "\n", "five"} {
		if n, err := l.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Errorf("%d of %d octets, %v", n, len(piece), err)
		}
	}
	l.end()
	l.end()
	if want := []string{"one\n", "two\nthree\n", "four\n", long, "\n", "five\n"}; !slices.Equal(got, want) {
		t.Errorf("got %.20q, want %.20q", got, want)
	}
}
