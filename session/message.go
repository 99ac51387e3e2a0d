package session

// What is sent and received: BufferType, CloseStatus, Op and the queue of Ops.

// BufferType says what an Op or an Action carries: websocket.h's
// WEB_SOCKET_BUFFER_TYPE, with its values, and what RawFrame makes.
type BufferType uint32

const (
	// UTF8Message is the last or only part of a text message.
	UTF8Message BufferType = 0x80000000
	// UTF8Fragment is a part of a text message that is not the last.
	UTF8Fragment BufferType = 0x80000001
	// BinaryMessage is the last or only part of a binary message.
	BinaryMessage BufferType = 0x80000002
	// BinaryFragment is a part of a binary message that is not the last.
	BinaryFragment BufferType = 0x80000003
	// CloseMessage is a close frame.
	CloseMessage BufferType = 0x80000004
	// PingPong is a ping when sent, and a pong when received.
	PingPong BufferType = 0x80000005
	// UnsolicitedPong is a pong that answers no ping. It is sent, never received.
	UnsolicitedPong BufferType = 0x80000006
)

// rawFrame marks what RawFrame makes; the first octet of the header is below.
const rawFrame BufferType = 0x40000000

// RawFrame is the type of an Op that is sent as one frame with just these bits
// in its header, for what an extension needs: a payload that the caller has
// compressed, or a reserved opcode. Opcodes 0 to 2 are parts of messages like
// any other, but the text of such a message is not verified from there on, and a
// message that Config.Deflate may compress has none behind its first part. 8 to 10
// have types of their own. An opcode above 15 makes a type that cannot be sent.
//
// websocket.h: the custom frame headers among its buffer types.
func RawFrame(fin, rsv1, rsv2, rsv3 bool, opcode byte) BufferType {
	t := rawFrame | BufferType(opcode&opcodes) | BufferType(opcode&^opcodes)<<8
	for i, set := range [...]bool{rsv3, rsv2, rsv1, fin} {
		if set {
			t |= 0x10 << i
		}
	}
	return t
}

// CloseStatus is a status code of RFC 6455 section 7.4.
type CloseStatus uint16

const (
	StatusSuccess               CloseStatus = 1000
	StatusEndpointUnavailable   CloseStatus = 1001
	StatusProtocolError         CloseStatus = 1002
	StatusInvalidDataType       CloseStatus = 1003
	StatusEmpty                 CloseStatus = 1005 // never on the wire: a close frame without a status
	StatusAborted               CloseStatus = 1006 // never on the wire: the connection ended without a close frame
	StatusInvalidPayload        CloseStatus = 1007
	StatusPolicyViolation       CloseStatus = 1008
	StatusMessageTooBig         CloseStatus = 1009
	StatusUnsupportedExtensions CloseStatus = 1010
	StatusServerError           CloseStatus = 1011
	StatusServiceRestart        CloseStatus = 1012 // IANA's registry, as the next two
	StatusTryAgainLater         CloseStatus = 1013
	StatusBadGateway            CloseStatus = 1014
	StatusSecureHandshakeError  CloseStatus = 1015 // never on the wire: TLS failed
)

// MaxCloseReason is how many octets a close frame's reason may have.
const MaxCloseReason = maxControl - 2

// onWire reports whether s may stand in a close frame, RFC 6455 section 7.4.
func (s CloseStatus) onWire() bool {
	switch {
	case s < 1000, s == 1004, s == StatusEmpty, s == StatusAborted, s >= 5000:
		return false
	}
	return s <= StatusBadGateway || s >= 3000
}

// Op is one operation, a Send or a Receive. It is the caller's; from Send or
// Receive on, the Client holds it and what Data refers to, and neither may be
// changed before its IndicateSendComplete or IndicateReceiveComplete. Then it
// may be used again. The zero Op receives into a buffer of the Client's.
//
// websocket.h: WEB_SOCKET_BUFFER and the pvContext of WebSocketSend and
// WebSocketReceive.
type Op struct {
	// Type is what is sent. Receive does not look at it.
	Type BufferType
	// Data is the payload that is sent, for a CloseMessage the reason; or where
	// received data goes, nil for a buffer of the Client's.
	Data []byte
	// Status is that of a CloseMessage. 0 and StatusEmpty send none.
	Status CloseStatus
	// Context is the caller's own.
	Context any

	next   *Op
	queued bool
	header byte // of the first frame sent: FIN, RSV and opcode
}

// opQueue is first in, first out, and allocates nothing: Ops are linked.
type opQueue struct{ head, tail *Op }

func (q *opQueue) push(op *Op) {
	op.next, op.queued = nil, true
	if q.head == nil {
		q.head = op
	} else {
		q.tail.next = op
	}
	q.tail = op
}

// pop gives the head back to the caller.
func (q *opQueue) pop() *Op {
	op := q.head
	q.head = op.next
	op.next, op.queued = nil, false
	return op
}

func (q *opQueue) clear() {
	for q.head != nil {
		q.pop()
	}
}
