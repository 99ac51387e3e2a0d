package session

import (
	"encoding/binary"
	"unicode/utf8"
)

// textState is how far a code point of UTF-8 has come, RFC 3629 section 4; zero
// is between two. A state names what the next octet must be.
type textState uint8

const (
	textBoundary textState = iota
	textLast               // one more, 80 to bf
	textTwo                // two more
	textThree              // three more
	textE0                 // as textTwo, but a0 to bf: else overlong
	textED                 // as textTwo, but 80 to 9f: else a surrogate
	textF0                 // as textThree, but 90 to bf: else overlong
	textF4                 // as textThree, but 80 to 8f: else above U+10FFFF
)

// textNext is what follows a state's octet if that is between from and to.
var textNext = [...]struct {
	from, to byte
	next     textState
}{
	textLast:  {0x80, 0xbf, textBoundary},
	textTwo:   {0x80, 0xbf, textLast},
	textThree: {0x80, 0xbf, textTwo},
	textE0:    {0xa0, 0xbf, textLast},
	textED:    {0x80, 0x9f, textLast},
	textF0:    {0x90, 0xbf, textTwo},
	textF4:    {0x80, 0x8f, textTwo},
}

// textLead is the state behind the first octet of a code point, from 0x80 up.
var textLead = func() (lead [128]textState) {
	const none = 0xff
	for i := range lead {
		switch c := i + 0x80; {
		case c >= 0xc2 && c <= 0xdf:
			lead[i] = textLast
		case c == 0xe0:
			lead[i] = textE0
		case c == 0xed:
			lead[i] = textED
		case c > 0xe0 && c <= 0xef:
			lead[i] = textTwo
		case c == 0xf0:
			lead[i] = textF0
		case c > 0xf0 && c < 0xf4:
			lead[i] = textThree
		case c == 0xf4:
			lead[i] = textF4
		default:
			lead[i] = none
		}
	}
	return lead
}()

// complete reports whether text may end here.
func (s textState) complete() bool { return s == textBoundary }

// write goes on with p. It returns false as soon as no text can begin like
// this, and then s is of no use.
func (s *textState) write(p []byte) bool {
	if *s != textBoundary {
		n := 0
		for n < len(p) && *s != textBoundary {
			if !s.next(p[n]) {
				return false
			}
			n++
		}
		p = p[n:]
	}
	if len(p) < shortText && isASCII(p) {
		return true
	}
	whole := wholeText(p)
	if !utf8.Valid(p[:whole]) {
		return false
	}
	for _, c := range p[whole:] {
		if !s.next(c) {
			return false
		}
	}
	return true
}

// shortText is the length from which utf8.Valid is faster than isASCII.
const shortText = 64

func isASCII(p []byte) bool {
	const high = 0x8080808080808080
	var seen uint64
	for len(p) >= 8 {
		seen |= binary.LittleEndian.Uint64(p)
		p = p[8:]
	}
	for _, c := range p {
		seen |= uint64(c)
	}
	return seen&high == 0
}

// next goes on with one octet.
func (s *textState) next(c byte) bool {
	if *s == textBoundary {
		if c >= 0x80 {
			*s = textLead[c-0x80]
		}
		return int(*s) < len(textNext)
	}
	n := &textNext[*s]
	*s = n.next
	return n.from <= c && c <= n.to
}

// wholeText returns where p ends but for a code point that begins within its
// last three octets and ends behind them.
func wholeText(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-3; i-- {
		switch c := p[i]; {
		case c >= 0xf0 && len(p)-i < 4, c >= 0xe0 && len(p)-i < 3, c >= 0xc0 && len(p)-i < 2:
			return i
		case c < 0x80 || c >= 0xc0:
			return len(p)
		}
	}
	return len(p)
}
