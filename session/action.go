package session

// What the caller is to do: the types, then GetAction, CompleteAction, Abort.

import "io"

// ActionKind is what the caller is to do: websocket.h's WEB_SOCKET_ACTION.
type ActionKind uint8

const (
	// NoAction: nothing can be done on this queue now.
	NoAction ActionKind = iota
	// SendToNetwork: write Buffers, and complete with the octets written.
	SendToNetwork
	// IndicateSendComplete: Op is the caller's again.
	IndicateSendComplete
	// ReceiveFromNetwork: read into Buffers[0], and complete with the octets
	// read; with 0 at the end of the stream or after an error.
	ReceiveFromNetwork
	// IndicateReceiveComplete: Buffers[0] was received; Op is the caller's again.
	IndicateReceiveComplete
)

// ActionQueue says which actions GetAction may return: websocket.h's
// WEB_SOCKET_ACTION_QUEUE.
type ActionQueue uint8

const (
	// SendQueue: what sending needs.
	SendQueue ActionQueue = 1
	// ReceiveQueue: what receiving needs, and automatic pongs.
	ReceiveQueue ActionQueue = 2
	AllQueues    ActionQueue = 3
)

// Action is what GetAction asks for. It is the caller's, and may be used again
// once completed.
type Action struct {
	Kind ActionKind
	// Cancelled: the operation ended without having done all: the transfer was
	// short, or Abort, an error or a close came before. Of a send, the frame that was
	// cut is lost; of a receive into Op.Data, Buffers[0] holds what had come.
	Cancelled bool
	// RSV1: the data is a part of a compressed message, as it came, since
	// Config.Deflate is nil.
	RSV1 bool
	// Status is that of a received CloseMessage; its reason is Buffers[0].
	Status CloseStatus
	// Type is what is sent, or was received.
	Type BufferType
	// N is how many of Buffers there are: one or two for SendToNetwork, one for
	// the two of receiving. They are the Client's unless they lie in Op.Data,
	// and live until CompleteAction.
	N       int
	Buffers [2][]byte
	// Op is the operation that this is about, nil for an automatic pong.
	Op *Op

	// What CompleteAction knows it by, whatever became of the rest.
	client *Client
	token  uint32
	size   int // octets of Buffers
}

// WriteTo writes the buffers of a SendToNetwork, one after the other.
func (a *Action) WriteTo(w io.Writer) (n int64, err error) {
	for _, b := range a.Buffers[:a.N] {
		m, err := w.Write(b)
		if n += int64(m); err != nil {
			return n, err
		}
	}
	return n, nil
}

// GetAction finds the next thing to do on q, sets *a to it, and wants it to be
// done and completed: what it says is outstanding until then. There may be one
// SendToNetwork, one IndicateSendComplete, and one action of receiving
// outstanding; NoAction says that nothing more can be done now. The pong that
// answers a ping comes from either queue.
//
// An error means that the server has broken the protocol, and comes once: the
// client is Broken, *a is NoAction, and what is left to do is to Send a
// CloseMessage with [CloseCodeFor] the error, or to Abort. ErrNotOpen and
// ErrActionQueue are the caller's mistakes.
//
// RFC 6455 section 7.1.7; websocket.h: WebSocketGetAction.
func (c *Client) GetAction(q ActionQueue, a *Action) error {
	if a == nil {
		return ErrInvalidArgument
	}
	*a = Action{}
	if _, e := c.allows(callGetAction); e != 0 {
		return e
	}
	if q == 0 || q > AllQueues {
		return ErrActionQueue
	}
	if q&SendQueue != 0 {
		if c.nextSend(a); a.Kind != NoAction {
			return nil
		}
	}
	if q&ReceiveQueue != 0 {
		if e := c.nextReceive(a); e != 0 {
			c.breakOff()
			return e
		}
	}
	return nil
}

// handOut makes a an action that is outstanding, and returns its token.
func (c *Client) handOut(a *Action) uint32 {
	if c.token++; c.token == 0 {
		c.token = 1
	}
	a.client, a.token, a.size = c, c.token, len(a.Buffers[0])+len(a.Buffers[1])
	return c.token
}

// CompleteAction says that *a is done: for SendToNetwork and ReceiveFromNetwork
// with n octets, else n is not looked at. Buffers of the Client's are not used
// any more.
//
// If fewer octets were sent than there were, the stream ends within a frame: that
// Send and those behind it are indicated Cancelled, and no other is possible. 0
// octets received end that Receive, Cancelled; another may be queued.
//
// Completing NoAction does nothing. ErrActionUnknown: *a is not outstanding.
// ErrActionCount: it is, and remains so.
//
// websocket.h: WebSocketCompleteAction.
func (c *Client) CompleteAction(a *Action, n int) error {
	if a == nil {
		return ErrInvalidArgument
	}
	var e Error
	switch {
	case a.token == 0:
		return nil
	case a.client != c:
		return ErrActionUnknown
	case a.token == c.sending:
		e = c.completeSend(a, n)
	case a.token == c.indicating:
		c.indicating = 0
	case a.token == c.receiving:
		e = c.completeReceive(a, n)
	default:
		e = ErrActionUnknown
	}
	if e != 0 {
		return e
	}
	return nil
}

// Abort ends the session. What is queued is indicated Cancelled by GetAction,
// once each; nothing else can be done but Reset. Before the handshake succeeded
// it does nothing.
//
// websocket.h: WebSocketAbortHandle.
func (c *Client) Abort() {
	next, _ := c.allows(callAbort)
	if c.state = next; next != Aborted {
		return
	}
	c.dropPong()
	c.freeCodec()
	if c.receiving == 0 {
		c.freeReceived()
	}
}
