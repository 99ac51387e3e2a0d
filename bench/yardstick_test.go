package bench

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/bench/internal/heads"
)

// BenchmarkYardstick measures work that never changes, by which bench/gate
// divides the times beside it: the quotient says what the code costs, and not
// how fast the machine is or what else it does. Whoever changes it has to make
// every record anew.
//
// Note: a yardstick must feel other work on the machine as much as what it
// measures, above all work on the other thread of the core. On an AMD EPYC
// (Zen 5, 2026-11-25) that made Parse 1.8 times slower, a loop over lines as
// well, and SHA-1 1.1 times.
func BenchmarkYardstick(b *testing.B) {
	b.Run("work=lines", yardstickLines)
	b.Run("work=accept", yardstickAccept)
	b.Run("work=mask", yardstickMask)
}

// yardstickLines cuts a head into names and values as one does it in a simple
// way: octet by octet up to the colon, then eight at a time.
func yardstickLines(b *testing.B) {
	type field struct{ name, value []byte }
	head := heads.Get("551").Bytes()
	fields := make([]field, 0, 32)
	for b.Loop() {
		fields = fields[:0]
		for p := head; len(p) > 2; {
			colon := 0
			for colon < len(p) && p[colon] != ':' && p[colon] != '\n' {
				colon++
			}
			end := colon
			for ; end+8 <= len(p); end += 8 {
				x := binary.LittleEndian.Uint64(p[end:]) ^ 0x0a0a0a0a0a0a0a0a
				if (x-0x0101010101010101)&^x&0x8080808080808080 != 0 {
					break
				}
			}
			for end < len(p) && p[end] != '\n' {
				end++
			}
			fields = append(fields, field{p[:colon], p[colon:end]})
			p = p[min(end+1, len(p)):]
		}
		if len(fields) != 13 {
			b.Fatalf("%d lines", len(fields))
		}
	}
}

// yardstickAccept makes a key and its accept value from a fixed nonce, with
// the standard library.
func yardstickAccept(b *testing.B) {
	var (
		request = make([]byte, 24, 24+len(accept.GUID))
		value   = make([]byte, 28)
	)
	for b.Loop() {
		base64.StdEncoding.Encode(request, []byte(heads.Nonce))
		sum := sha1.Sum(append(request, accept.GUID...))
		base64.StdEncoding.Encode(value, sum[:])
		if string(value) != heads.Accept {
			b.Fatalf("%s", value)
		}
	}
}

// yardstickMask masks 4096 octets, 32 at a time.
func yardstickMask(b *testing.B) {
	const key = 0x1234567812345678
	src, dst := make([]byte, 4096), make([]byte, 4096)
	for b.Loop() {
		for i := 0; i < len(src); i += 32 {
			s, d := (*[32]byte)(src[i:]), (*[32]byte)(dst[i:])
			binary.LittleEndian.PutUint64(d[0:], binary.LittleEndian.Uint64(s[0:])^key)
			binary.LittleEndian.PutUint64(d[8:], binary.LittleEndian.Uint64(s[8:])^key)
			binary.LittleEndian.PutUint64(d[16:], binary.LittleEndian.Uint64(s[16:])^key)
			binary.LittleEndian.PutUint64(d[24:], binary.LittleEndian.Uint64(s[24:])^key)
		}
		if dst[4095] != 0x12 {
			b.Fatalf("%#x", dst[4095])
		}
	}
}
