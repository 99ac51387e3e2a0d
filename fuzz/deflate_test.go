package fuzz

import (
	"compress/flate"
	"io"
	"strings"
	"testing"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/deflate"
)

// FuzzDeflate: what the codec writes, the standard library reads, and the other
// way round; of a payload that is not valid both say so.
func FuzzDeflate(f *testing.F) {
	for _, s := range []string{"", "Hello", "\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00", strings.Repeat("abc", 100)} {
		f.Add([]byte(s), uint8(15), uint8(16))
	}
	var codec deflate.Codec
	f.Fuzz(func(t *testing.T, data []byte, bits, size uint8) {
		if len(data) > 1<<12 {
			return
		}
		params := session.DeflateParams{ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 8 + int(bits)%8}
		z := codec.Compressor(params)
		payload, err := z.Compress(nil, data, true)
		z.Free()
		if err != nil {
			t.Fatal(err)
		}
		payload = append(payload[:len(payload)-4], session.DeflateTail...)
		if got, err := io.ReadAll(flate.NewReader(strings.NewReader(string(payload)))); err != nil || string(got) != string(data) {
			t.Fatalf("%q became %q, %v", data, got, err)
		}
		if got, err := unpack(&codec, params, payload, int(size)+1); err != nil || string(got) != string(data) {
			t.Fatalf("%q became %q, %v", data, got, err)
		}

		source := strings.NewReader(string(data) + session.DeflateTail)
		want, err := io.ReadAll(io.LimitReader(flate.NewReader(source), 1<<20))
		if source.Len() > 0 { // a last block within: the standard library stops there
			return
		}
		got, bad := unpack(&codec, params, append(data[:len(data):len(data)], session.DeflateTail...), int(size)+1)
		if (err == nil) != (bad == nil) || err == nil && string(got) != string(want) {
			t.Fatalf("%q, %v\nstandard library %q, %v", got, bad, want, err)
		}
	})
}

// unpack decompresses a message in pieces of size, up to 1 MiB of it.
func unpack(codec *deflate.Codec, params session.DeflateParams, payload []byte, size int) (got []byte, err error) {
	d := codec.Decompressor(params)
	defer d.Free()
	d.Begin(payload)
	for p := make([]byte, size); err == nil && len(got) < 1<<20; {
		var n int
		n, err = d.Read(p)
		got = append(got, p[:n]...)
	}
	if err == io.EOF {
		err = nil
	}
	return got, err
}
