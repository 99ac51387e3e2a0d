package session

// DeflateCodec compresses messages, RFC 7692 section 7.2; package deflate
// below has one. Clients share it, so it must be safe for concurrent use. What
// it returns is used by one Client at a time, which calls Free in Reset or Abort at
// the latest.
type DeflateCodec interface {
	// Supports reports whether the codec can do what was agreed on. If not, the
	// handshake fails with ErrDeflateUnsupported.
	Supports(p DeflateParams) bool
	// Worth reports whether a message of size octets is to be compressed. -1:
	// the size is not known, since the first part is a fragment.
	Worth(size int) bool
	// Compressor returns what compresses one message; if p lets the client take
	// its context over, all that follow as well. nil: nothing is compressed now.
	Compressor(p DeflateParams) Compressor
	// Decompressor is the same for what is received. It is never nil.
	Decompressor(p DeflateParams) Decompressor
}

// Compressor compresses one message after the other.
type Compressor interface {
	// Compress appends to dst what there is of the compressed form of p. With
	// flush it appends all that is held back, and the octets 00 00 ff ff at the
	// end: RFC 7692 section 7.2.1 steps 1 and 2.
	Compress(dst, p []byte, flush bool) ([]byte, error)
	Free()
}

// Decompressor decompresses one message after the other.
type Decompressor interface {
	// Begin takes the payload of a whole message with DeflateTail appended. It
	// stays in place until Read has returned an error or Free is called.
	Begin(payload []byte)
	// Read fills p, unless the message ends before: then, or with the call
	// after that, err is io.EOF. Another error says that the payload is not
	// valid.
	Read(p []byte) (n int, err error)
	Free()
}

// DeflateTail is what a received payload ends with before it is decompressed:
// 00 00 ff ff, RFC 7692 section 7.2.2 step 1, and an empty last block, so that
// the stream has an end.
const DeflateTail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"
