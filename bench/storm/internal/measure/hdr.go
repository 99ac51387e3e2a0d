package measure

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/bits"
	"sync"
	"time"
)

// HDR returns h as the tools of HdrHistogram read it: V2, compressed, in base64.
// It is what PackedHistogram.EncodeV2 makes, which takes a new compressor of
// 800 KiB for each; a Result has thousands.
func (h *Histogram) HDR() string {
	const header = 40
	var payload bytes.Buffer
	payload.Write(make([]byte, header))
	next := int64(0) // the index behind the last bucket
	h.Buckets(func(value time.Duration, count int64) bool {
		i := index(int64(value))
		switch zeros := i - next; {
		case zeros == 1:
			putVarint(&payload, 0)
		case zeros > 1:
			putVarint(&payload, -zeros)
		}
		putVarint(&payload, count)
		next = i + 1
		return true
	})
	b := payload.Bytes()
	be := binary.BigEndian
	be.PutUint32(b, 0x1c849303|0x10) // the cookie of V2, with a word size that is not used
	be.PutUint32(b[4:], uint32(len(b)-header))
	be.PutUint32(b[8:], 0) // normalizing index offset
	be.PutUint32(b[12:], digits)
	be.PutUint64(b[16:], 1)
	be.PutUint64(b[24:], uint64(Longest))
	be.PutUint64(b[32:], math.Float64bits(1)) // conversion ratio

	var out bytes.Buffer
	out.Write(make([]byte, 8))
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&out)
	z.Write(b) // to a bytes.Buffer: it cannot fail
	z.Close()
	be.PutUint32(out.Bytes(), 0x1c849304|0x10) // of V2, compressed
	be.PutUint32(out.Bytes()[4:], uint32(out.Len()-8))
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

var compressors = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// index is that of the bucket of a value: 2048 of width 1, and then 1024 of each
// width that is twice the one before.
func index(value int64) int64 {
	width := bits.Len64(uint64(value)|2047) - 11 // its logarithm
	return int64(width)<<10 + value>>width
}

// putVarint writes n in the ZigZag LEB128 of HdrHistogram, whose ninth octet has
// eight bits.
func putVarint(b *bytes.Buffer, n int64) {
	z := uint64(n<<1) ^ uint64(n>>63)
	for range 8 {
		if z < 0x80 {
			break
		}
		b.WriteByte(byte(z) | 0x80)
		z >>= 7
	}
	b.WriteByte(byte(z))
}
