package accept_test

import (
	"bytes"
	"crypto/fips140"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/zeroshake/zeroshake/accept"
	"github.com/zeroshake/zeroshake/parse/parsetest"
)

// The vectors of RFC 6455 section 1.3, and two computed with other programs.
var vectors = []struct{ name, key, value string }{
	{parsetest.At("RFC 6455 section 1.3"), "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
	{parsetest.At("all zero"), "AAAAAAAAAAAAAAAAAAAAAA==", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="},
	{parsetest.At("1 to 16, RFC 6455 section 4.1 with erratum 3150"), "AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="},
}

func TestVectors(t *testing.T) {
	var h accept.Hasher
	for _, row := range vectors {
		t.Run(row.name, func(t *testing.T) {
			key := accept.Key([]byte(row.key))
			var v accept.Value
			h.Sum(&v, &key)
			if string(v[:]) != row.value {
				t.Errorf("Sum: %s, want %s", v, row.value)
			}
			if v := accept.Of(key); string(v[:]) != row.value {
				t.Errorf("Of: %s, want %s", v, row.value)
			}
			if string(key[:]) != row.key {
				t.Errorf("the key has become %s", key)
			}
		})
	}
}

// twin is the definition of the accept value, RFC 6455 section 4.2.2.
func twin(key accept.Key) string {
	sum := sha1.Sum([]byte(string(key[:]) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestTwin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h accept.Hasher
	for range 10_000 {
		var key accept.Key // any octets, not base64 alone
		for i := range key {
			key[i] = byte(random.Uint32())
		}
		var v accept.Value
		h.Sum(&v, &key)
		if want := twin(key); string(v[:]) != want {
			t.Fatalf("Sum of %q: %s, want %s", key, v, want)
		}
		if of := accept.Of(key); of != v {
			t.Fatalf("Of %q: %s, want %s", key, of, v)
		}
	}
}

func TestGUID(t *testing.T) {
	if accept.GUID != "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" {
		t.Error(accept.GUID)
	}
}

func TestGenerator(t *testing.T) {
	var g accept.Generator
	seen := map[accept.Key]bool{}
	var ones, zeros [16][16]byte // bits that some key has: sixteen are made at once
	for n := range 10_000 {
		var k accept.Key
		var v accept.Value
		if err := g.Next(&k, &v, nil); err != nil {
			t.Fatal(err)
		}
		nonce, err := base64.StdEncoding.Strict().DecodeString(string(k[:]))
		if err != nil || len(nonce) != 16 || seen[k] {
			t.Fatalf("%s: %v, %d octets, seen %v", k, err, len(nonce), seen[k])
		}
		if !strings.ContainsRune("AQgw", rune(k[21])) || string(k[22:]) != "==" {
			t.Fatalf("%s is not the base64 of 16 octets", k)
		}
		if want := twin(k); string(v[:]) != want {
			t.Fatalf("%s: %s, want %s", k, v, want)
		}
		seen[k] = true
		if n%7 == 0 { // a reader's key in between
			if err := g.Next(&k, &v, strings.NewReader("the sample nonce")); err != nil || string(k[:]) != vectors[0].key || string(v[:]) != vectors[0].value {
				t.Fatalf("%s, %s, %v", k, v, err)
			}
		}
		for i, octet := range nonce {
			ones[n%16][i] |= octet
			zeros[n%16][i] |= ^octet
		}
	}
	for n := range ones {
		for i, all := range slices.Concat(ones[n][:], zeros[n][:]) {
			if all != 0xff {
				t.Errorf("bits of octet %d are never drawn, or always the same: %08b", i%16, all)
			}
		}
	}
}

// Two generators do not make the same keys.
func TestGeneratorsDiffer(t *testing.T) {
	var a, b accept.Generator
	var ka, kb accept.Key
	var v accept.Value
	if err := errors.Join(a.Next(&ka, &v, nil), b.Next(&kb, &v, nil)); err != nil || ka == kb {
		t.Errorf("%s, %s, %v", ka, kb, err)
	}
}

// Exactly 16 octets are read for a key, whatever the reader gives at once.
func TestGeneratorReads(t *testing.T) {
	const stream = "the sample nonce" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "rest"
	for name, r := range map[string]io.Reader{
		"all":  strings.NewReader(stream),
		"one":  iotest.OneByteReader(strings.NewReader(stream)),
		"half": iotest.HalfReader(strings.NewReader(stream)),
		"err":  iotest.DataErrReader(strings.NewReader(stream)),
	} {
		t.Run(name, func(t *testing.T) {
			var g accept.Generator
			for _, row := range vectors[:2] {
				var k accept.Key
				var v accept.Value
				if err := g.Next(&k, &v, r); err != nil || string(k[:]) != row.key || string(v[:]) != row.value {
					t.Errorf("%s, %s, %v; want %s, %s", k, v, err, row.key, row.value)
				}
			}
			if rest, err := io.ReadAll(r); string(rest) != "rest" || err != nil {
				t.Errorf("%q, %v left", rest, err)
			}
		})
	}
}

// An error of the reader is returned, and nothing is made of half a key.
func TestGeneratorErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, row := range []struct {
		name string
		r    io.Reader
		err  error
	}{
		{parsetest.At("at once"), iotest.ErrReader(broken), broken},
		{parsetest.At("after 15 octets"), io.MultiReader(strings.NewReader("fifteen octets."), iotest.ErrReader(broken)), broken},
		{parsetest.At("too few"), strings.NewReader("fifteen octets."), io.ErrUnexpectedEOF},
		{parsetest.At("with the last octet"), iotest.DataErrReader(strings.NewReader("the sample nonce")), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var g accept.Generator
			k, v := accept.Key(bytes.Repeat([]byte{'k'}, 24)), accept.Value(bytes.Repeat([]byte{'v'}, 28))
			before := string(k[:]) + string(v[:])
			if err := g.Next(&k, &v, row.r); err != row.err {
				t.Errorf("%v, want %v", err, row.err)
			}
			if after := string(k[:]) + string(v[:]); (after != before) != (row.err == nil) {
				t.Errorf("left %s", after)
			}
		})
	}
}

func TestDoesNotAllocate(t *testing.T) {
	var h accept.Hasher
	var g accept.Generator
	var k accept.Key
	var v accept.Value
	src := strings.NewReader("")
	for name, f := range map[string]func(){
		"Sum":            func() { h.Sum(&v, &k) },
		"Next":           func() { g.Next(&k, &v, nil) },
		"Next of reader": func() { src.Reset("the sample nonce"); g.Next(&k, &v, src) },
	} {
		f()
		if n := testing.AllocsPerRun(100, f); n != 0 && !raceEnabled { // which inlines less
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// In FIPS 140-only mode crypto/sha1 panics; the accept value is made all the
// same. The test runs itself again in that mode.
func TestFIPSOnly(t *testing.T) {
	if fips140.Enforced() {
		var g accept.Generator
		var k accept.Key
		var v accept.Value
		if err := g.Next(&k, &v, strings.NewReader("the sample nonce")); err != nil || string(v[:]) != vectors[0].value {
			t.Errorf("%s, %s, %v", k, v, err)
		}
		if v := accept.Of(k); string(v[:]) != vectors[0].value {
			t.Errorf("Of: %s", v)
		}
		if err := g.Next(&k, &v, nil); err != nil {
			t.Error(err)
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFIPSOnly$", "-test.v")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFIPSOnly")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// A value is that value only: not with any other octet at any place, and not
// with one more or less.
func TestIs(t *testing.T) {
	v := accept.Of(accept.Key([]byte(vectors[0].key)))
	if !v.Is([]byte(vectors[0].value)) {
		t.Error("not itself")
	}
	for i := range v {
		for c := range 256 {
			b := []byte(vectors[0].value)
			if b[i] = byte(c); v.Is(b) != (b[i] == v[i]) {
				t.Fatalf("Is(%q) = %v", b, v.Is(b))
			}
		}
		// Two octets that differ alike, which could cancel out.
		for j := range i {
			b := []byte(vectors[0].value)
			b[i] ^= 0x20
			b[j] ^= 0x20
			if v.Is(b) {
				t.Fatalf("Is(%q)", b)
			}
		}
	}
	for _, b := range []string{"", vectors[0].value[:27], vectors[0].value + "=", vectors[0].value + "\x00"} {
		if v.Is([]byte(b)) {
			t.Errorf("Is(%q)", b)
		}
	}
}
