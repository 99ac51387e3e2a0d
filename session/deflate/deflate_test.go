package deflate_test

import (
	"bytes"
	stdflate "compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

var (
	fresh    = session.DeflateParams{ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}
	takeover = session.DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}
)

// inflate reads a whole message in pieces of size.
func inflate(d session.Decompressor, payload string, size int) (string, error) {
	d.Begin([]byte(payload + session.DeflateTail))
	var got []byte
	piece := make([]byte, size)
	for {
		n, err := d.Read(piece)
		got = append(got, piece[:n]...)
		if err == io.EOF {
			return string(got), nil
		}
		if err != nil {
			return string(got), err
		}
	}
}

// compress returns a message's payload, as it goes into frames.
func compress(t testing.TB, z session.Compressor, message string) string {
	t.Helper()
	b, err := z.Compress([]byte("ahead"), []byte(message), true)
	if err != nil || !bytes.HasPrefix(b, []byte("ahead")) || !bytes.HasSuffix(b, []byte("\x00\x00\xff\xff")) {
		t.Fatalf("compressed to %x, %v", b, err)
	}
	return string(b[len("ahead") : len(b)-4])
}

// storedKiB is a last block of 1024 octets that are stored.
var storedKiB = "\x01\x00\x04\xff\xfb" + strings.Repeat("0123456789abcdef", 64)

// RFC 7692 section 7.2.3.
func TestDecompress(t *testing.T) {
	const hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"
	for _, row := range []struct {
		name     string
		params   session.DeflateParams
		payloads []string
		want     string
		bad      bool
	}{
		{"one block", fresh, []string{hello}, "Hello", false},
		{"twice", fresh, []string{hello, hello}, "HelloHello", false},
		{"context taken over", takeover, []string{hello, "\xf2\x00\x11\x00\x00"}, "HelloHello", false},
		{"context missing", fresh, []string{hello, "\xf2\x00\x11\x00\x00"}, "Hello", true},
		{"stored", fresh, []string{"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"}, "Hello", false},
		{"last block", fresh, []string{"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"}, "Hello", false},
		{"last block, no octet behind", fresh, []string{"\xf3\x48\xcd\xc9\xc9\x07\x00"}, "Hello", false},
		{"last block, then another", fresh, []string{"\xf3\x48\xcd\xc9\xc9\x07\x00" + hello}, "HelloHello", false},
		{"last blocks, with nothing", takeover, []string{"\xf3\x48\xcd\xc9\xc9\x07\x00" + strings.Repeat("\x03\x00", 60)}, "Hello", false},
		{"last blocks, one for each KiB", takeover, []string{strings.Repeat(storedKiB, 200)}, strings.Repeat(storedKiB[5:], 200), false},
		{"very many last blocks, with nothing", takeover, []string{hello, strings.Repeat("\x03\x00", 5000)}, "Hello", true},
		{"very many last blocks, with an octet", takeover, []string{strings.Repeat("\x01\x01\x00\xfe\xffa", 5000)}, "", true},
		{"two blocks", fresh, []string{"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"}, "Hello", false},
		{"empty", fresh, []string{"\x00"}, "", false},
		{"reserved block type", fresh, []string{"\x06"}, "", true},
		{"cut", fresh, []string{"\xf2\x48\xcd"}, "He", true},
	} {
		for _, size := range []int{1, 2, 5, 100} {
			t.Run(fmt.Sprint(row.name, ", by ", size), func(t *testing.T) {
				d := new(deflate.Codec).Decompressor(row.params)
				defer d.Free()
				var got strings.Builder
				var err error
				for _, payload := range row.payloads {
					var s string
					if s, err = inflate(d, payload, size); err != nil {
						break
					}
					got.WriteString(s)
				}
				if (err != nil) != row.bad || !row.bad && got.String() != row.want {
					t.Errorf("%q, %v", got.String(), err)
				}
			})
		}
	}
}

func messages() []string {
	random := make([]byte, 100_000)
	rand.NewChaCha8([32]byte{}).Read(random)
	text := strings.Repeat("the quick brown fox, ", 5000)
	return []string{"", "a", "Hello", text[:1000], text, string(random[:300]), string(random), text[:70_000], "Hello"}
}

// What is compressed is what the standard library decompresses, for every
// window, and with the context taken over.
func TestCompress(t *testing.T) {
	for bits := 8; bits <= 15; bits++ {
		for _, fresh := range []bool{true, false} {
			t.Run(fmt.Sprintf("bits=%d/fresh=%v", bits, fresh), func(t *testing.T) {
				var c deflate.Codec
				params := session.DeflateParams{ClientNoContextTakeover: fresh, ClientMaxWindowBits: bits}
				z := c.Compressor(params)
				window := ""
				for i, message := range messages() {
					if fresh {
						z.Free()
						z, window = c.Compressor(params), ""
					}
					payload := compress(t, z, message)
					if farthest := distance(payload); farthest > 1<<bits {
						t.Errorf("message %d refers %d octets back", i, farthest)
					}
					r := stdflate.NewReaderDict(strings.NewReader(payload+session.DeflateTail), []byte(window))
					got, err := io.ReadAll(r)
					if err != nil || string(got) != message {
						t.Fatalf("message %d: %d octets, %v", i, len(got), err)
					}
					window += message
					window = window[max(0, len(window)-1<<bits):] // a reader need keep no more
				}
				z.Free()
			})
		}
	}
}

// What the standard library compresses is decompressed, in both ways.
func TestRoundTrip(t *testing.T) {
	for _, params := range []session.DeflateParams{fresh, takeover} {
		var wire bytes.Buffer
		w, err := stdflate.NewWriter(&wire, stdflate.DefaultCompression)
		if err != nil {
			t.Fatal(err)
		}
		d := new(deflate.Codec).Decompressor(params)
		for i, message := range messages() {
			wire.Reset()
			if params.ServerNoContextTakeover {
				w.Reset(&wire)
			}
			io.WriteString(w, message)
			w.Flush()
			got, err := inflate(d, strings.TrimSuffix(wire.String(), "\x00\x00\xff\xff"), 4096)
			if err != nil || got != message {
				t.Errorf("message %d: %d octets, %v", i, len(got), err)
			}
		}
		d.Free()
	}
}

// A message in parts is one message.
func TestParts(t *testing.T) {
	z := new(deflate.Codec).Compressor(fresh)
	defer z.Free()
	var b []byte
	for i, part := range []string{"Hel", "", "lo", " again and again and again"} {
		var err error
		if b, err = z.Compress(b, []byte(part), i%2 == 1); err != nil {
			t.Fatal(err)
		}
	}
	d := new(deflate.Codec).Decompressor(fresh)
	defer d.Free()
	if got, err := inflate(d, strings.TrimSuffix(string(b), "\x00\x00\xff\xff"), 7); got != "Hello again and again and again" {
		t.Errorf("%q, %v", got, err)
	}
}

// No payload is too bad, and none yields more than is read.
func TestGarbage(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	d := new(deflate.Codec).Decompressor(takeover)
	defer d.Free()
	piece := make([]byte, 100)
	for range 2000 {
		payload := make([]byte, random.Uint64()%40)
		random.Read(payload)
		d.Begin(append(payload, session.DeflateTail...))
		for range 200 {
			if n, err := d.Read(piece); n > len(piece) || err != nil {
				break
			}
		}
	}
	if got, err := inflate(d, "\xf2\x48\xcd\xc9\xc9\x07\x00", 10); got != "Hello" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

func TestMaxCompressors(t *testing.T) {
	c := deflate.Codec{MaxCompressors: 2}
	a, b := c.Compressor(takeover), c.Compressor(takeover)
	if a == nil || b == nil || c.Compressor(takeover) != nil || c.Compressors() != 2 {
		t.Fatalf("%v, %v, %d", a, b, c.Compressors())
	}
	if z := c.Compressor(fresh); z == nil || c.Compressors() != 2 {
		t.Error("one that is not kept was counted")
	}
	a.Free()
	if c.Compressors() != 1 || c.Compressor(takeover) == nil {
		t.Error("one was given back, and is not free")
	}
}

func TestWorth(t *testing.T) {
	for _, row := range []struct {
		threshold, size int
		want            bool
	}{{0, 511, false}, {0, 512, true}, {0, -1, true}, {10, 9, false}, {10, 10, true}, {-1, 0, true}} {
		if c := (deflate.Codec{Threshold: row.threshold}); c.Worth(row.size) != row.want {
			t.Errorf("threshold %d, size %d: %v", row.threshold, row.size, !row.want)
		}
	}
}

func TestUnknownLevel(t *testing.T) {
	for level := -3; level < 12; level++ {
		c := deflate.Codec{Level: level}
		if want := level >= 0 && level <= 9; c.Supports(takeover) != want {
			t.Errorf("level %d is supported: %v", level, !want)
		}
	}
	c := deflate.Codec{Level: 99}
	if c.Compressor(takeover) != nil || c.Compressors() != 0 {
		t.Error("level 99 exists")
	}
}

// A compressor that is used again knows nothing of the message before.
func TestConcurrently(t *testing.T) {
	var c deflate.Codec
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 20 {
				for _, message := range messages()[:4] {
					z, d := c.Compressor(fresh), c.Decompressor(fresh)
					if got, err := inflate(d, compress(t, z, message), 1000); got != message {
						t.Errorf("%d octets, %v", len(got), err)
					}
					z.Free()
					d.Free()
				}
			}
		})
	}
	running.Wait()
}

// What a connection keeps that takes its context over, and what it does not.
func BenchmarkCompressor(b *testing.B) {
	for _, bits := range []int{9, 15} {
		b.Run(fmt.Sprintf("bits=%d", bits), func(b *testing.B) {
			b.ReportAllocs()
			var c deflate.Codec
			var buf []byte
			for b.Loop() {
				z := c.Compressor(session.DeflateParams{ClientMaxWindowBits: bits}) // new each time: none is freed
				if buf, _ = z.Compress(buf[:0], []byte("Hello"), true); len(buf) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
}
