package session

import "encoding/binary"

// mask sets dst[i] to src[i] XOR octet i%4 of key, RFC 6455 section 5.3; octet 0
// is the lowest. dst is at least as long as src, and may be src.
//
// Note: blocks of 64 octets took 15 % longer at 4 KiB, of 256 a little less;
// with slices in place of array pointers the bounds checks stay and cost a third.
// crypto/subtle.XORBytes, which has assembly, was slower below 64 KiB: it wants the
// key written out.
func mask(dst, src []byte, key uint32) {
	dst = dst[:len(src)]
	k := uint64(key)<<32 | uint64(key)
	for len(src) >= 128 && len(dst) >= 128 {
		s, d := (*[128]byte)(src), (*[128]byte)(dst)
		binary.LittleEndian.PutUint64(d[0:], binary.LittleEndian.Uint64(s[0:])^k)
		binary.LittleEndian.PutUint64(d[8:], binary.LittleEndian.Uint64(s[8:])^k)
		binary.LittleEndian.PutUint64(d[16:], binary.LittleEndian.Uint64(s[16:])^k)
		binary.LittleEndian.PutUint64(d[24:], binary.LittleEndian.Uint64(s[24:])^k)
		binary.LittleEndian.PutUint64(d[32:], binary.LittleEndian.Uint64(s[32:])^k)
		binary.LittleEndian.PutUint64(d[40:], binary.LittleEndian.Uint64(s[40:])^k)
		binary.LittleEndian.PutUint64(d[48:], binary.LittleEndian.Uint64(s[48:])^k)
		binary.LittleEndian.PutUint64(d[56:], binary.LittleEndian.Uint64(s[56:])^k)
		binary.LittleEndian.PutUint64(d[64:], binary.LittleEndian.Uint64(s[64:])^k)
		binary.LittleEndian.PutUint64(d[72:], binary.LittleEndian.Uint64(s[72:])^k)
		binary.LittleEndian.PutUint64(d[80:], binary.LittleEndian.Uint64(s[80:])^k)
		binary.LittleEndian.PutUint64(d[88:], binary.LittleEndian.Uint64(s[88:])^k)
		binary.LittleEndian.PutUint64(d[96:], binary.LittleEndian.Uint64(s[96:])^k)
		binary.LittleEndian.PutUint64(d[104:], binary.LittleEndian.Uint64(s[104:])^k)
		binary.LittleEndian.PutUint64(d[112:], binary.LittleEndian.Uint64(s[112:])^k)
		binary.LittleEndian.PutUint64(d[120:], binary.LittleEndian.Uint64(s[120:])^k)
		src, dst = src[128:], dst[128:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src)^k)
		src, dst = src[8:], dst[8:]
	}
	for i, c := range src {
		dst[i] = c ^ byte(k)
		k >>= 8
	}
}
