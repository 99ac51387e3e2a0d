package run

import "time"

// underway are the messages of a connection that are not answered yet, the oldest
// first: when each was sent, counted from when the connection opened. It takes as
// much memory as it had to, and while it is empty next to none.
type underway struct {
	sent     []time.Duration // a ring
	first, n int32
}

// keptUnderway is how many messages an empty ring keeps room for.
const keptUnderway = 8

func (u *underway) push(sent time.Duration) {
	size := int32(len(u.sent))
	if u.n == size {
		size = max(2*size, 1)
		ring := make([]time.Duration, size)
		k := copy(ring, u.sent[u.first:])
		copy(ring[k:], u.sent[:u.first])
		u.sent, u.first = ring, 0
	}
	u.sent[(u.first+u.n)%size] = sent
	u.n++
}

// oldest is when the oldest was sent, which there must be.
func (u *underway) oldest() time.Duration { return u.sent[u.first] }

// pop takes the oldest, which there must be.
func (u *underway) pop() time.Duration {
	sent := u.oldest()
	u.first = (u.first + 1) % int32(len(u.sent))
	u.n--
	if u.n == 0 && len(u.sent) > keptUnderway {
		*u = underway{}
	}
	return sent
}
