package measure

import "time"

// Drop: a connection that was open has ended otherwise than planned. status is
// what the server's close said, 0 if there was none.
func (s *Shard) Drop(at time.Time, status uint16, reason string, example func() Example) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(at, func(c *Counts) { c.Dropped++ }) {
		s.drops.count(reason, s.since(at), example)
		s.closeCode(status)
	}
}

// Close: a connection that was open has ended, as storm wanted. status is that of
// the server's close, 0 if there was none.
func (s *Shard) Close(at time.Time, status uint16) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(at, func(c *Counts) {
		c.Closed++
		if status == 0 {
			c.Unclean++
		}
	}) {
		s.closeCode(status)
	}
}

func (s *Shard) closeCode(status uint16) {
	if status != 0 {
		s.closeCodes[status]++
	}
}

// First: the first message of the server is there, after the connection opened
// at opened.
func (s *Shard) First(at, opened time.Time) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(opened, func(*Counts) {}) {
		s.interval.record(FirstMessage, ok, at.Sub(opened))
	}
}

// Send: a message of so many octets is being sent, which was due at due; if it is
// just the next one, due is at. If it is late, that is due to w.
func (s *Shard) Send(at, due time.Time, octets int, w Wait) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(due, func(c *Counts) {
		c.Sent++
		if at.Sub(due) > LateAfter {
			w.count(&c.SentLate, &c.SentLateForLimit, &c.SentLateForMachine)
		}
		c.OctetsOut += int64(octets)
	}) {
		s.marks.send(s.since(at), s.counts.Sent == 1)
		if s.recorder.config.Settings.NoReply {
			s.marks.LastReply = max(s.marks.LastReply, s.since(at))
		}
	}
}

// NotSent: n messages were due, or to be sent in the end, and will not be.
func (s *Shard) NotSent(at time.Time, n int) {
	s.enter(at)
	defer s.mu.Unlock()
	s.count(at, func(c *Counts) { c.NotSent += int64(n) })
}

// Answer: the reply to the message is there that was sent at sent.
func (s *Shard) Answer(at, due, sent time.Time, octets int) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(due, func(c *Counts) {
		c.Answered++
		c.OctetsIn += int64(octets)
	}) {
		s.reply(at, due, sent, ok)
	}
}

// Wrong: the reply to it is there, and is wrong.
func (s *Shard) Wrong(at, due, sent time.Time, octets int, reason string, example func() Example) {
	s.enter(at)
	defer s.mu.Unlock()
	if s.count(due, func(c *Counts) {
		c.Wrong++
		c.OctetsIn += int64(octets)
	}) {
		s.wrongs.count(reason, s.since(at), example)
		s.reply(at, due, sent, failed)
	}
}

func (s *Shard) reply(at, due, sent time.Time, verdict int) {
	s.marks.LastReply = max(s.marks.LastReply, s.since(at))
	s.interval.record(Message, verdict, at.Sub(due))
	s.interval.record(MessageService, verdict, at.Sub(sent))
}

// Unasked: a message is there that is a reply to nothing.
func (s *Shard) Unasked(at time.Time, octets int) {
	s.enter(at)
	defer s.mu.Unlock()
	s.count(at, func(c *Counts) {
		c.Unasked++
		c.OctetsIn += int64(octets)
	})
}

// Ping: a ping is being sent.
func (s *Shard) Ping(at time.Time) {
	s.enter(at)
	defer s.mu.Unlock()
	s.count(at, func(c *Counts) { c.Pings++ })
}

// Pong: the ping was answered, after took. Those that were due meanwhile, one every
// interval, were not sent: they would have been answered at the same time, and are
// timed as though they were.
func (s *Shard) Pong(at time.Time, took, every time.Duration) {
	s.enter(at)
	defer s.mu.Unlock()
	if !s.count(at.Add(-took), func(c *Counts) { c.Pongs++ }) {
		return
	}
	s.interval.record(Ping, ok, took)
	for took -= every; took > 0; took -= every {
		s.interval.record(Ping, ok, took)
	}
}
