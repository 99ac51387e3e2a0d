package fuzz

import (
	"crypto/sha1"
	"encoding/base64"
	"testing"

	"github.com/zeroshake/zeroshake/accept"
)

// FuzzAccept: the value is that of crypto/sha1 and encoding/base64 for any 24
// octets, and Is knows it from any other.
func FuzzAccept(f *testing.F) {
	f.Add([]byte("dGhlIHNhbXBsZSBub25jZQ=="), []byte("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
	f.Add([]byte("AAAAAAAAAAAAAAAAAAAAAA=="), []byte("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
	var h accept.Hasher
	f.Fuzz(func(t *testing.T, octets, other []byte) {
		var key accept.Key
		copy(key[:], octets)
		sum := sha1.Sum(append(key[:len(key):len(key)], "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
		want := base64.StdEncoding.EncodeToString(sum[:])
		var v accept.Value
		if h.Sum(&v, &key); string(v[:]) != want || accept.Of(key) != v {
			t.Fatalf("%s, %s, want %s", v[:], accept.Of(key), want)
		}
		if !v.Is([]byte(want)) || v.Is(other) != (string(other) == want) {
			t.Fatalf("%s is %q: %v", want, other, v.Is(other))
		}
	})
}
