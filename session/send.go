package session

// Send and what it checks; then how a queued Op becomes frames. A frame that is
// not compressed has the whole of an Op's data; see compress.go for the others.

// progress is how far the first Op of the queue has come.
type progress uint8

const (
	unbegun  progress = iota
	inFrame           // a frame of it is partly sent
	between           // its last frame is whole, and another follows
	finished          // all of it is sent
)

// Send queues op. What it sends of messages need not be frames of the same
// size: a Fragment begins a message or goes on with it, a Message ends it. An
// error changes nothing, and op remains the caller's; else it is the Client's,
// and what Data refers to is not changed, until its IndicateSendComplete.
//
// RFC 6455 sections 5.4, 5.5 and 8.1; websocket.h: WebSocketSend.
func (c *Client) Send(op *Op) error {
	if op == nil {
		return ErrInvalidArgument
	}
	var e Error
	switch t := op.Type; t {
	case UTF8Message:
		e = c.sendData(op, opcodeText, fin)
	case UTF8Fragment:
		e = c.sendData(op, opcodeText, 0)
	case BinaryMessage:
		e = c.sendData(op, opcodeBinary, fin)
	case BinaryFragment:
		e = c.sendData(op, opcodeBinary, 0)
	case CloseMessage:
		e = c.sendClose(op)
	case PingPong:
		e = c.sendControl(op, fin|opcodePing)
	case UnsolicitedPong:
		e = c.sendControl(op, fin|opcodePong)
	default:
		e = c.sendRaw(op, byte(t))
	}
	if e != 0 {
		return e
	}
	return nil
}

// queue queues op if the call is allowed, and nothing else is wrong.
func (c *Client) queue(op *Op, call call, header byte, wrong Error) Error {
	next, e := c.allows(call)
	switch {
	case e != 0:
		return e
	case op.queued:
		return ErrOpQueued
	case wrong != 0:
		return wrong
	case c.cut:
		return ErrSendCut
	}
	c.state = next
	op.header = header
	c.sends.push(op)
	return 0
}

// sendData: section 5.4, and for text section 8.1.
func (c *Client) sendData(op *Op, opcode, final byte) (wrong Error) {
	text := c.sendText
	raw := c.openSend & rawPart
	if c.openSend != 0 && c.openSend != opcode|raw {
		wrong = ErrSendMessageOpen
	} else if opcode == opcodeText && raw == 0 && c.config.verifiesUTF8() {
		if !text.write(op.Data) || final != 0 && !text.complete() {
			wrong = ErrSendUTF8
		}
	}
	header := final
	if c.openSend == 0 {
		header |= opcode
	}
	if e := c.queue(op, callSendData, header, wrong); e != 0 {
		return e
	}
	c.openSend, c.sendText = opcode|raw, text
	if final != 0 {
		c.openSend, c.sendText = 0, 0
	}
	return 0
}

// sendClose: section 5.5.1. It may come within a message.
func (c *Client) sendClose(op *Op) (wrong Error) {
	var text textState
	switch {
	case op.Status != 0 && op.Status != StatusEmpty && !op.Status.onWire():
		wrong = ErrSendCloseStatus
	case len(op.Data) > MaxCloseReason,
		len(op.Data) > 0 && (op.Status == 0 || op.Status == StatusEmpty),
		!text.write(op.Data) || !text.complete():
		wrong = ErrSendCloseReason
	}
	if e := c.queue(op, callSendClose, fin|opcodeClose, wrong); e != 0 {
		return e
	}
	c.closing = true
	return 0
}

// sendControl: section 5.5.
func (c *Client) sendControl(op *Op, header byte) (wrong Error) {
	if len(op.Data) > maxControl {
		wrong = ErrSendControl
	}
	return c.queue(op, callSendControl, header, wrong)
}

// rawPart: a part of the message was made by RawFrame.
const rawPart = 0x80

// sendRaw queues what RawFrame made.
func (c *Client) sendRaw(op *Op, header byte) (wrong Error) {
	if op.Type != rawFrame|BufferType(header) {
		return ErrSendType
	}
	open := c.openSend
	switch opcode := header & opcodes; {
	case opcode&controlBit != 0:
		if opcode <= opcodePong || header&fin == 0 {
			wrong = ErrSendType
		} else if len(op.Data) > maxControl {
			wrong = ErrSendControl
		}
		return c.queue(op, callSendControl, header, wrong)
	case opcode > opcodeBinary: // for an extension, which knows where it may stand
	case opcode == opcodeContinuation && (open == 0 || open&rawPart == 0 && c.compressesMessages()):
		wrong = ErrSendType
	case opcode != opcodeContinuation && open != 0:
		wrong = ErrSendMessageOpen
	case header&fin != 0:
		open = 0
	case opcode != opcodeContinuation:
		open = opcode | rawPart
	default:
		open |= rawPart
	}
	if e := c.queue(op, callSendData, header, wrong); e != 0 {
		return e
	}
	if c.openSend = open; open == 0 {
		c.sendText = 0
	}
	return 0
}

// nextSend finds the next action of the send queue.
func (c *Client) nextSend(a *Action) {
	if c.sending != 0 || c.indicating != 0 || c.offerPong(a) {
		return
	}
	op := c.sends.head
	if op == nil {
		return
	}
	if c.cut || c.state == Aborted || c.progress == finished {
		c.indicateSend(a)
		return
	}
	if c.progress == between || c.progress == unbegun && c.compressible(op) {
		c.sendCompressed(a, op)
	} else {
		c.sendPlain(a, op)
	}
}

func (c *Client) indicateSend(a *Action) {
	a.Kind = IndicateSendComplete
	a.Cancelled = c.progress != finished
	a.Op = c.sends.pop()
	a.Type = a.Op.Type
	c.indicating = c.handOut(a)
	c.out.free() // of a frame that was cancelled
	c.out = nil
	c.progress, c.sent = unbegun, 0
}

// sendToNetwork hands out the octets of a frame.
func (c *Client) sendToNetwork(a *Action, op *Op, t BufferType, octets, more []byte) {
	a.Kind, a.Type, a.Op = SendToNetwork, t, op
	a.Buffers[0], a.Buffers[1] = octets, more
	if a.N = 1; len(more) > 0 {
		a.N = 2
	}
	c.sending = c.handOut(a)
}

// sendPlain makes the next part of a frame that has all of op's data.
func (c *Client) sendPlain(a *Action, op *Op) {
	data, length := op.Data, len(op.Data)
	var status [2]byte
	if op.Type == CloseMessage && op.Status != 0 && op.Status != StatusEmpty {
		status = [2]byte{byte(op.Status >> 8), byte(op.Status)}
		length += len(status)
	}
	if c.config != nil && c.config.DisableMasking && op.Type != CloseMessage {
		c.sendUnmasked(a, op)
		return
	}
	chunk := data[c.sent:]
	if most := c.config.chunk(length); len(chunk) > most {
		chunk = chunk[:most]
	}
	if c.progress == inFrame {
		mask(c.out.b, chunk, c.key)
		c.sent += len(chunk)
		c.sendPart(a, op, c.out.b[:len(chunk)])
		return
	}
	c.out = getBuffer(payloadAt + len(status) + len(chunk))
	c.key = c.newMaskKey(c.out)
	start, end := putHeader(c.out.b, op.header, length, c.key), payloadAt
	if length != len(data) {
		end += copy(c.out.b[end:], status[:])
		end += copy(c.out.b[end:], chunk)
		mask(c.out.b[payloadAt:], c.out.b[payloadAt:end], c.key)
	} else {
		mask(c.out.b[payloadAt:], chunk, c.key)
		end += len(chunk)
	}
	c.sent += len(chunk)
	c.sendPart(a, op, c.out.b[start:end])
}

// sendPart hands out a part of a frame that has all of op's data.
func (c *Client) sendPart(a *Action, op *Op, octets []byte) {
	c.progress, c.then = inFrame, inFrame
	if c.sent == len(op.Data) {
		c.then = finished
	}
	c.sendToNetwork(a, op, op.Type, octets, nil)
}

// sendUnmasked hands out the caller's octets themselves: a key of zeros does
// not change them.
func (c *Client) sendUnmasked(a *Action, op *Op) {
	c.out = getBuffer(payloadAt)
	start := putHeader(c.out.b, op.header, len(op.Data), 0)
	c.sent = len(op.Data)
	c.progress, c.then = inFrame, finished
	c.sendToNetwork(a, op, op.Type, c.out.b[start:payloadAt], op.Data)
}

// completeSend: n of the octets handed out were written.
func (c *Client) completeSend(a *Action, n int) Error {
	if n < 0 || n > a.size {
		return ErrActionCount
	}
	c.sending = 0
	if n < a.size {
		c.cut = true
		c.dropPong()
	}
	if c.outPong || n < a.size || c.then != inFrame {
		c.out.free()
		c.out = nil
	}
	if !c.outPong && n == a.size {
		c.progress = c.then
	}
	c.outPong = false
	return 0
}
