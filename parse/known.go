package parse

// The fields of the opening handshake: Known and Notes; recognising a name that
// is cut out already (known), and one that a line begins with (sweepKnown); at
// the end the words both compare with.

// Known numbers the fields of the opening handshake's response, RFC 6455
// section 4.2.2, whose places Parse notes as it goes.
type Known uint8

const (
	Upgrade Known = iota
	Connection
	SecWebSocketAccept
	SecWebSocketExtensions
	SecWebSocketProtocol
	numKnown
)

var knownName = [numKnown]string{
	Upgrade:                "upgrade",
	Connection:             "connection",
	SecWebSocketAccept:     "sec-websocket-accept",
	SecWebSocketExtensions: "sec-websocket-extensions",
	SecWebSocketProtocol:   "sec-websocket-protocol",
}

// String returns the name, in lower case.
func (k Known) String() string {
	if k >= numKnown {
		return "unknown field"
	}
	return knownName[k]
}

// Notes says where the Known fields of a head are. The zero value says: nowhere.
type Notes struct {
	first    [numKnown]int32 // index in Fields plus one, 0: absent
	repeated uint8           // bit k: more than one field
}

// First returns the index in Fields of the first field that is k, or -1.
func (n *Notes) First(k Known) int { return int(n.first[k]) - 1 }

// Once reports whether Upgrade, Connection and Sec-WebSocket-Accept are there,
// once each.
func (n *Notes) Once() bool {
	return n.first[Upgrade] != 0 && n.first[Connection] != 0 && n.first[SecWebSocketAccept] != 0 &&
		n.repeated&(1<<Upgrade|1<<Connection|1<<SecWebSocketAccept) == 0
}

// Repeated reports whether more than one field is k.
func (n *Notes) Repeated(k Known) bool { return n.repeated>>k&1 != 0 }

func (n *Notes) add(k Known, index int) {
	if n.first[k] == 0 {
		n.first[k] = int32(index) + 1
	} else {
		n.repeated |= 1 << k
	}
}

// Notes returns what Parse noted, if Fields is still what Parse made of a
// complete head: the same length, at the same address, the last name where it
// was, and every noted field under its name. Otherwise, and for a Response that
// its caller filled, ok is false: use [Response.Note].
//
// That is all that is looked at: a caller who overwrites single elements of
// Fields does so in a copy of it.
func (r *Response) Notes() (n *Notes, ok bool) {
	last := len(r.Fields) - 1
	if last < 0 || last+1 != r.noted || &r.Fields[0] != r.notedAt || len(r.Fields[last].Name) == 0 || &r.Fields[last].Name[0] != r.notedLast {
		return nil, false
	}
	n = &r.notes
	if i := n.first[Upgrade]; i != 0 && !isUpgrade(r.Fields[i-1].Name) {
		return nil, false
	}
	if i := n.first[Connection]; i != 0 && !isConnection(r.Fields[i-1].Name) {
		return nil, false
	}
	if i := n.first[SecWebSocketAccept]; i != 0 && !isAccept(r.Fields[i-1].Name) {
		return nil, false
	}
	if i := n.first[SecWebSocketExtensions]; i != 0 && !isExtensions(r.Fields[i-1].Name) {
		return nil, false
	}
	if i := n.first[SecWebSocketProtocol]; i != 0 && !isProtocol(r.Fields[i-1].Name) {
		return nil, false
	}
	return n, true
}

// Note fills n from Fields as they are now.
func (r *Response) Note(n *Notes) {
	*n = Notes{}
	for i := range r.Fields {
		if k := known(r.Fields[i].Name); k != numKnown {
			n.add(k, i)
		}
	}
}

// known tells which known name, if any, name is.
func known(name []byte) Known {
	switch {
	case isUpgrade(name):
		return Upgrade
	case isConnection(name):
		return Connection
	case isAccept(name):
		return SecWebSocketAccept
	case isExtensions(name):
		return SecWebSocketExtensions
	case isProtocol(name):
		return SecWebSocketProtocol
	}
	return numKnown
}

func isUpgrade(b []byte) bool {
	return len(b) == 7 && ((le32(b)|foldAll32)^upgr)|((le32(b[3:])|foldAll32)^rade) == 0
}

func isConnection(b []byte) bool {
	return len(b) == 10 && ((le64(b)|foldAll)^connecti)|((le64(b[2:])|foldAll)^nnection) == 0
}

func isAccept(b []byte) bool {
	return len(b) == 20 && ((le64(b)|foldSec)^secWebs)|((le64(b[8:])|foldOcket)^ocketAc)|((le64(b[12:])|foldTAccept)^tAccept) == 0
}

func isExtensions(b []byte) bool {
	return len(b) == 24 && ((le64(b)|foldSec)^secWebs)|((le64(b[8:])|foldOcket)^ocketEx)|((le64(b[16:])|foldAll)^tensions) == 0
}

func isProtocol(b []byte) bool {
	return len(b) == 22 && ((le64(b)|foldSec)^secWebs)|((le64(b[8:])|foldOcket)^ocketPr)|((le64(b[14:])|foldAll)^protocol) == 0
}

// sweepKnown reads the name of field n, if it is a known one, at the start of
// q, where x is the first eight octets. colon is 0 if it is none. end is where
// the value ends if it is the one that nearly every server sends there, behind
// one SP; else 0.
func (r *Response) sweepKnown(q []byte, x uint64, n int) (colon, end int) {
	switch {
	case x|foldFirst7 == upgradeColon:
		r.notes.add(Upgrade, n)
		if len(q) >= 20 && le64(q[8:])|foldLast7 == spWebsock && le64(q[12:])|foldFirst6 == socketCRLF {
			return 7, 18
		}
		return 7, 0
	case x|foldAll == connecti && len(q) >= 11 && le64(q[3:])|foldFirst7 == nectionColon:
		r.notes.add(Connection, n)
		if len(q) >= 21 && le64(q[11:])|foldLast7 == spUpgrade && le64(q[13:])|foldFirst6 == pgradeCRLF {
			return 10, 19
		}
		return 10, 0
	case x|foldSec == secWebs && len(q) >= 25:
		return r.sweepSecWebSocket(q, n)
	}
	return 0, 0
}

// sweepSecWebSocket is sweepKnown for the three names that begin so.
func (r *Response) sweepSecWebSocket(q []byte, n int) (colon, end int) {
	switch y := le64(q[8:]) | foldOcket; {
	case y == ocketAc && le64(q[13:])|foldAccept == acceptColon:
		r.notes.add(SecWebSocketAccept, n)
		if len(q) >= 52 && q[21] == ' ' && q[22] != ' ' && q[49] != ' ' && q[50] == '\r' && q[51] == '\n' &&
			suspects(le64(q[22:]))|suspects(le64(q[30:]))|suspects(le64(q[38:]))|suspects(le64(q[42:])) == 0 {
			return 20, 50
		}
		return 20, 0
	case y == ocketEx && le64(q[16:])|foldAll == tensions && q[24] == ':':
		r.notes.add(SecWebSocketExtensions, n)
		return 24, 0
	case y == ocketPr && le64(q[15:])|foldFirst7 == rotocolColon:
		r.notes.add(SecWebSocketProtocol, n)
		return 22, 0
	}
	return 0, 0
}

// What is known, in lower case, as little-endian words. Words are compared
// after an OR with a mask that is zero where there is no letter, so that no
// other octet is taken for '-', ':' or a line end.
const (
	upgr         = 0x72677075         // "upgr"
	rade         = 0x65646172         // "rade"
	upgradeColon = 0x3a65646172677075 // "upgrade:"
	spWebsock    = 0x6b636f7362657720 // " websock"
	socketCRLF   = 0x0a0d74656b636f73 // "socket\r\n"
	connecti     = 0x697463656e6e6f63 // "connecti"
	nnection     = 0x6e6f697463656e6e // "nnection"
	nectionColon = 0x3a6e6f697463656e // "nection:"
	spUpgrade    = 0x6564617267707520 // " upgrade"
	pgradeCRLF   = 0x0a0d656461726770 // "pgrade\r\n"
	secWebs      = 0x736265772d636573 // "sec-webs"
	ocketAc      = 0x63612d74656b636f // "ocket-ac"
	acceptColon  = 0x3a7470656363612d // "-accept:"
	tAccept      = 0x7470656363612d74 // "t-accept"
	ocketEx      = 0x78652d74656b636f // "ocket-ex"
	tensions     = 0x736e6f69736e6574 // "tensions"
	ocketPr      = 0x72702d74656b636f // "ocket-pr"
	protocol     = 0x6c6f636f746f7270 // "protocol"
	rotocolColon = 0x3a6c6f636f746f72 // "rotocol:"

	// These are compared as they are.
	httpSlash1 = 0x2e312f50545448   // "HTTP/1."
	spSwi      = 0x69775320         // " Swi"
	tchingPr   = 0x5020676e69686374 // "tching P"
	rotocols   = 0x736c6f636f746f72 // "rotocols"
	crlf       = 0x0a0d             // "\r\n"
)

// The masks.
const (
	foldAll32   = 0x20202020
	foldAll     = 0x2020202020202020
	foldFirst7  = 0x0020202020202020
	foldLast7   = 0x2020202020202000
	foldFirst6  = 0x0000202020202020
	foldSec     = 0x2020202000202020
	foldOcket   = 0x2020002020202020
	foldAccept  = 0x0020202020202000
	foldTAccept = 0x2020202020200020
)
