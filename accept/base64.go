package accept

import "encoding/binary"

// The alphabet of base64, RFC 4648 section 4.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// encode sets k to the base64 of nonce.
//
// Note: base64.StdEncoding does the same three octets at a time; together the
// two encodings here were 10 % of a handshake, and are now half of that.
func (k *Key) encode(nonce *[nonceSize]byte) {
	encode6((*[8]byte)(k[0:]), binary.BigEndian.Uint64(nonce[0:])>>16)
	encode6((*[8]byte)(k[8:]), binary.BigEndian.Uint64(nonce[6:])>>16)
	encode6((*[8]byte)(k[16:]), uint64(binary.BigEndian.Uint32(nonce[12:]))<<16)
	k[22], k[23] = '=', '='
}

// encode sets v to the base64 of sum.
func (v *Value) encode(sum *[20]byte) {
	encode6((*[8]byte)(v[0:]), binary.BigEndian.Uint64(sum[0:])>>16)
	encode6((*[8]byte)(v[8:]), binary.BigEndian.Uint64(sum[6:])>>16)
	encode6((*[8]byte)(v[16:]), binary.BigEndian.Uint64(sum[12:])>>16)
	x := uint32(sum[18])<<16 | uint32(sum[19])<<8
	v[24] = alphabet[x>>18&63]
	v[25] = alphabet[x>>12&63]
	v[26] = alphabet[x>>6&63]
	v[27] = '='
}

// encode6 encodes the six octets that the lower 48 bits of x are.
func encode6(dst *[8]byte, x uint64) {
	dst[0] = alphabet[x>>42&63]
	dst[1] = alphabet[x>>36&63]
	dst[2] = alphabet[x>>30&63]
	dst[3] = alphabet[x>>24&63]
	dst[4] = alphabet[x>>18&63]
	dst[5] = alphabet[x>>12&63]
	dst[6] = alphabet[x>>6&63]
	dst[7] = alphabet[x&63]
}
