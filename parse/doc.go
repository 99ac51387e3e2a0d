// Package parse turns the octets of an HTTP/1.1 response head, and of the
// lists in its header values, into views: slices that alias the octets given.
// It does no I/O and gives no header a meaning; it copies nothing but a head
// larger than the buffer of ReadResponse's reader, and allocates nothing once
// Fields has capacity.
//
// [Response] parses a head, whole or in pieces; [ReadResponse] does it
// straight from a bufio.Reader's buffer. [Tokens] and [Extensions] walk
// header values. The grammar is that of RFC 9112 and RFC 9110, strictly: what
// those leave to the recipient's leniency is refused.
//
// The files:
//
//	response.go   Response, its limits, and what Parse does in which order
//	scan.go       every rule of a head, one octet at a time, resumable
//	sweep.go      the same heads eight octets at a time, whole, into views
//	known.go      the fields of the opening handshake, recognised by words
//	read.go       ReadResponse
//	pool.go       Pool
//	list.go       Tokens
//	extension.go  Extensions
//	octet.go      the octet classes
//	error.go      Error
package parse
