//go:build !purego

package parse

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// needsAVX512 skips what is never called without.
func needsAVX512(t *testing.T) {
	t.Helper()
	if !hasAVX512 {
		t.Skip("this CPU has no AVX-512 VBMI2, so that findLines is never called")
	}
}

// plainLines is the twin of findLines, but that it never has enough.
func plainLines(p []byte) (lines []uint32) {
	for i := 1; ; {
		colon := i
		for colon < len(p) && tchar[p[colon]] != 0 {
			colon++
		}
		if colon+2 >= len(p) || string(p[colon:colon+2]) != ": " || p[colon+2] == ' ' {
			return lines
		}
		cr := colon + 2
		for cr < len(p) && ' ' <= p[cr] && p[cr] <= '~' {
			cr++
		}
		if cr+2 > len(p) || string(p[cr:cr+2]) != "\r\n" || p[cr-1] == ' ' || cr == colon+2 {
			return lines
		}
		lines = append(lines, uint32(colon|(cr-1)<<16))
		i = cr + 2
	}
}

func sameLines(t *testing.T, p []byte) {
	t.Helper()
	var lines [maxLines]uint32
	found, looked := findLines(&lines, &p[0], len(p))
	want := plainLines(p)
	if len(want) > found && found >= enoughLines {
		want = want[:found]
	}
	if found > len(lines) || !slices.Equal(lines[:found], want) || looked > len(p)+63 {
		t.Fatalf("%q: %d lines %x, %d octets looked at, want %d lines %x", p, found, lines, looked, len(want), want)
	}
}

// longLines has names and values over the ends of 64 octets.
const longLines = "\nDate: Sun, 22 Nov 2026 10:42:57 GMT\r\nA: b\r\nX-Content-Type-Options: nosniff\r\n" +
	"Set-Cookie: route=b7f3c02a9d51e86fb7f3c02a9d51e86fb7f3c02a9d51e86fb7f3c02a9d51e86f; Path=/\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

// Every octet at every place, in front of which are so many others.
func TestFindLinesOctetByOctet(t *testing.T) {
	needsAVX512(t)
	for before := 0; before < 64; before += 3 {
		p := []byte("\n" + strings.Repeat("x", before) + ": y\r" + longLines)
		for i := 1; i < len(p); i++ {
			was := p[i]
			for c := range 256 {
				if before%12 == 0 || c <= ' ' || c >= 0x7e || c == ':' || byte(c) == was^0x80 {
					p[i] = byte(c)
					sameLines(t, p)
				}
			}
			p[i] = was
		}
	}
}

func TestFindLinesCutOff(t *testing.T) {
	needsAVX512(t)
	for n := 1; n <= len(longLines); n++ {
		p := append(make([]byte, 0, n), longLines[:n]...)
		sameLines(t, p)
		sameLines(t, append(p, "A: b\r\nA: b\r\n"...)[:n])
	}
	for n := range 100 {
		sameLines(t, []byte("\n"+strings.Repeat("A: b\r\n", n)+"\r\n"))
		sameLines(t, []byte("\n"+strings.Repeat("Upgrade: websocket\r\n", n)+"\r\n"))
	}
	sameLines(t, bytes.Repeat([]byte("\n: b\r"), 100))
	sameLines(t, bytes.Repeat([]byte("\n"), 200))
}

// All lines that findLines finds become fields, and nothing is left to sweepLine.
func TestSweepLines(t *testing.T) {
	needsAVX512(t)
	p := []byte("status" + longLines)
	at := strings.IndexByte(string(p), '\n') + 1
	for _, row := range []struct {
		room, max int
		n         int
		next      string
	}{
		{32, 0, 5, "\r\n"},
		{5, 0, 5, "\r\n"},
		{2, 0, 2, "X-Content"},
		{32, 1, 1, "A: b"},
		{0, 0, 0, "Date"},
	} {
		r := Response{Fields: make([]Field, 0, row.room), MaxFields: row.max}
		if next, n := r.sweepLines(p, at); n != row.n || !bytes.HasPrefix(p[next:], []byte(row.next)) {
			t.Errorf("%+v: %d lines, then %q", row, n, p[next:])
		}
	}
}
