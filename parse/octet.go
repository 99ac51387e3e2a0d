package parse

import (
	"encoding/binary"
	"math/bits"
)

// tchar holds 1 for the octets of a token, RFC 9110 section 5.6.2.
var tchar = [256]uint8{
	'!': 1, '#': 1, '$': 1, '%': 1, '&': 1, '\'': 1, '*': 1, '+': 1, '-': 1, '.': 1, '^': 1, '_': 1, '`': 1, '|': 1, '~': 1,
	'0': 1, '1': 1, '2': 1, '3': 1, '4': 1, '5': 1, '6': 1, '7': 1, '8': 1, '9': 1,
	'A': 1, 'B': 1, 'C': 1, 'D': 1, 'E': 1, 'F': 1, 'G': 1, 'H': 1, 'I': 1, 'J': 1, 'K': 1, 'L': 1, 'M': 1,
	'N': 1, 'O': 1, 'P': 1, 'Q': 1, 'R': 1, 'S': 1, 'T': 1, 'U': 1, 'V': 1, 'W': 1, 'X': 1, 'Y': 1, 'Z': 1,
	'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1, 'f': 1, 'g': 1, 'h': 1, 'i': 1, 'j': 1, 'k': 1, 'l': 1, 'm': 1,
	'n': 1, 'o': 1, 'p': 1, 'q': 1, 'r': 1, 's': 1, 't': 1, 'u': 1, 'v': 1, 'w': 1, 'x': 1, 'y': 1, 'z': 1,
}

// IsToken reports whether s is a token, RFC 9110 section 5.6.2: not empty, and
// of tchar octets only.
func IsToken[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if tchar[s[i]] == 0 {
			return false
		}
	}
	return len(s) > 0
}

// ValueFault returns the offset of the first octet of s that a field value must
// not hold (RFC 9110 section 5.5: a control octet other than HTAB), or -1.
func ValueFault[T string | []byte](s T) int {
	for i := 0; i < len(s); i++ {
		if !isValueOctet(s[i]) {
			return i
		}
	}
	return -1
}

// Trim returns value without the SP and HTAB around it.
func Trim(value []byte) []byte {
	i, j := 0, len(value)
	for i < j && isBlank(value[i]) {
		i++
	}
	for i < j && isBlank(value[j-1]) {
		j--
	}
	return value[i:j]
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return c-'0' < 10 }

// isValueOctet: RFC 9110 section 5.5 with every control octet but HTAB refused.
func isValueOctet(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' }

const (
	lanes01 = 0x0101010101010101
	lanes20 = 0x2020202020202020
	lanes80 = 0x8080808080808080
)

func le32(p []byte) uint32 { return binary.LittleEndian.Uint32(p) }
func le64(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }

// le64Tail is le64 with NUL for the octets that p lacks.
func le64Tail(p []byte) uint64 {
	if len(p) >= 8 {
		return le64(p)
	}
	return le64Short(p)
}

// le64Short is apart so that le64Tail can be inlined.
func le64Short(p []byte) (x uint64) {
	for i := len(p) - 1; i >= 0; i-- {
		x = x<<8 | uint64(p[i])
	}
	return x
}

// suspects has the high bit of every octet of x that may be no value octet:
// controls, DEL, and the octets from 0x80, which are none but are taken for
// such. Below the first suspect it is exact.
func suspects(x uint64) uint64 { return ((x - lanes20) | (x + lanes01)) & lanes80 }

// valueEnd returns the offset, at or behind i, of the first octet that is no
// value octet: len(p) if there is none.
func valueEnd(p []byte, i int) int {
	for ; ; i++ {
		for ; i <= len(p)-8; i += 8 {
			if m := suspects(le64(p[i:])); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
		}
		if i >= len(p) || !isValueOctet(p[i]) {
			return i
		}
	}
}
