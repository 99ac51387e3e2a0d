package session

import (
	"bytes"
	"fmt"
	"testing"
	"unicode/utf8"
)

// Masking is what RFC 6455 section 5.3 says, at every length, and in place.
func TestMask(t *testing.T) {
	const key = 0x3d21fa37 // 37 fa 21 3d
	for n := range 300 {
		src, want := make([]byte, n), make([]byte, n)
		for i := range src {
			src[i] = byte(i * 7)
			want[i] = src[i] ^ []byte{0x37, 0xfa, 0x21, 0x3d}[i%4]
		}
		dst := make([]byte, n+1)
		mask(dst, src, key)
		if !bytes.Equal(dst[:n], want) || dst[n] != 0 {
			t.Fatalf("%d octets: %x, want %x", n, dst, want)
		}
		mask(src, src, key)
		if !bytes.Equal(src, want) {
			t.Fatalf("%d octets in place: %x, want %x", n, src, want)
		}
	}
	dst := make([]byte, 5)
	if mask(dst, []byte("Hello"), key); string(dst) != "\x7f\x9f\x4d\x51\x58" { // section 5.7
		t.Errorf("%x", dst)
	}
}

// Of every sequence of up to four octets from those that matter, the verdict is
// that of utf8.Valid, and it comes with the first octet that no code point
// explains, wherever the sequence is cut.
func TestText(t *testing.T) {
	octets := []byte{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}
	var check func(p []byte)
	check = func(p []byte) {
		var s textState
		ok := s.write(p)
		if ok && s.complete() != utf8.Valid(p) || !ok && utf8.Valid(p) {
			t.Fatalf("%x: %v, complete %v", p, ok, s.complete())
		}
		if ok != begins(p) {
			t.Fatalf("%x: %v, but a text that begins so: %v", p, ok, !ok)
		}
		for cut := range p {
			var s textState
			if got := s.write(p[:cut]) && s.write(p[cut:]); got != ok {
				t.Fatalf("%x cut at %d: %v", p, cut, got)
			}
		}
		if ok && len(p) < 5 {
			for _, c := range octets {
				check(append(p[:len(p):len(p)], c))
			}
		}
	}
	check(nil)
}

// begins reports whether some text begins with p.
func begins(p []byte) bool {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r != utf8.RuneError || n != 1 {
			p = p[n:]
			continue
		}
		for _, tail := range []string{"\x80", "\xbf", "\x80\x80", "\xbf\xbf", "\x80\x80\x80", "\xbf\xbf\xbf"} {
			if utf8.Valid(append(p[:len(p):len(p)], tail...)) {
				return true
			}
		}
		return false
	}
	return true
}

// Long texts, with the one octet that is not ASCII at every place.
func TestTextLong(t *testing.T) {
	for n := 1; n < 100; n++ {
		for at := range n {
			p := bytes.Repeat([]byte("a"), n)
			p[at] = 0xff
			if s := textState(0); s.write(p) {
				t.Fatalf("ff at %d of %d", at, n)
			}
			p = append(p[:at], append([]byte("\xf4\x8f\xbf\xbf"), p[at+1:]...)...)
			if s := textState(0); !s.write(p) || !s.complete() {
				t.Fatalf("U+10FFFF at %d of %d", at, n)
			}
		}
	}
}

func BenchmarkMask(b *testing.B) {
	for _, size := range []int{16, 128, 4096, 1 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			src, dst := make([]byte, size), make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				mask(dst, src, 0x12345678)
			}
			if dst[size-1] != 0x12 {
				b.Fatal(dst[size-1])
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	for _, row := range []struct {
		name, text string
	}{{"ascii", "a"}, {"mixed", "aé日a"}} {
		for _, size := range []int{16, 100, 128, 4096, 64 << 10} {
			p := bytes.Repeat([]byte(row.text), (size+len(row.text)-1)/len(row.text))
			b.Run(fmt.Sprintf("text=%s/size=%d/impl=zeroshake", row.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(p)))
				for b.Loop() {
					if s := textState(0); !s.write(p) {
						b.Fatal("refused")
					}
				}
			})
			b.Run(fmt.Sprintf("text=%s/size=%d/impl=utf8.Valid", row.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(p)))
				for b.Loop() {
					if !utf8.Valid(p) {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}
