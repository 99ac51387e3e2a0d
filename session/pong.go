package session

// A ping is answered by itself, RFC 6455 section 5.5.2. There is room for one
// answer: while a frame is being sent, a newer ping takes the place of an older
// one, as section 5.5.3 allows.

// answer makes the pong for a ping.
func (c *Client) answer(ping []byte) {
	if c.cut {
		return
	}
	if c.pong == nil {
		c.pong = getBuffer(payloadAt + maxControl)
	}
	key := c.newMaskKey(c.pong)
	c.pong.r = putHeader(c.pong.b, fin|opcodePong, len(ping), key)
	c.pong.w = payloadAt + len(ping)
	mask(c.pong.b[payloadAt:], ping, key)
}

// offerPong hands out the pong, if there is one and no frame is partly sent.
func (c *Client) offerPong(a *Action) bool {
	if c.pong == nil || c.sending != 0 || c.progress == inFrame {
		return false
	}
	c.out, c.pong, c.outPong = c.pong, nil, true
	c.sendToNetwork(a, nil, PingPong, c.out.b[c.out.r:c.out.w], nil)
	return true
}

// dropPong: nothing is answered any more.
func (c *Client) dropPong() {
	c.pong.free()
	c.pong = nil
}
