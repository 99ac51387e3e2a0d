package plan

import (
	"crypto/sha256"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zeroshake/zeroshake/session"
)

const (
	defaultSize         = 64
	defaultReplyTimeout = 10 * time.Second
	maxSize             = 32 << 20
)

// checkMessages refuses settings that make no sense.
func (p *Plan) checkMessages() error {
	sized := p.Size != Unset
	asked := p.MessageRate != Unset || sized || p.Payload != "" || p.Binary || p.EchoCheck || p.NoReply
	p.Endless = p.Messages == Unset && asked
	if p.Messages != Unset && p.Messages < 1 {
		return usagef("--messages: %d on each; at least 1", p.Messages)
	}
	p.Messages = max(p.Messages, 0)
	if p.MessageRate == Unset {
		p.MessageRate = 0
	}
	if !sized {
		p.Size = defaultSize
	}
	switch {
	case !(p.MessageRate >= 0) || p.MessageRate > highestRate:
		return usagef("--message-rate: %v a second; a positive number, or 0 for the next one when the reply is there", p.MessageRate)
	case p.MessageRate > 0 && 1/p.MessageRate > longest.Seconds():
		return usagef("--message-rate: at %v a second, the next message is due in more than a year", p.MessageRate)
	case p.MessageRate > 0 && float64(p.Messages)/p.MessageRate > longest.Seconds():
		return usagef("--message-rate: at %v a second, %d messages take more than a year", p.MessageRate, p.Messages)
	case p.Endless && p.Lifetime == 0:
		return usagef("--messages: how many? With --lifetime 0s a connection is closed behind the last of them")
	case p.Endless && p.Hold == 0 && p.Lifetime < 0:
		return usagef("--messages: how many? Without a number they are sent as long as a connection is kept: say so with --hold or --lifetime")
	case p.Size < 0 || p.Size > maxSize:
		return usagef("--size: %d octets; at most 32 MiB", p.Size)
	case sized && p.Payload != "":
		return usagef("--size and --payload: the size of --payload is that of its file; give one of them")
	case p.ReplyTimeout != defaultReplyTimeout && !p.Talks():
		return usagef("--reply-timeout: there are no messages; give --messages, or --hold and --message-rate")
	case p.NoReply && p.EchoCheck:
		return usagef("--no-reply and --echo-check: there is no reply to be compared; give one of them")
	case p.PingInterval != 0 && p.PingInterval < time.Millisecond:
		return usagef("--ping-interval: %v; at least 1ms", p.PingInterval)
	case p.PingTimeout > 0 && p.PingInterval == 0:
		return usagef("--ping-timeout: there is no --ping-interval")
	}
	return nil
}

// compileMessage reads the payload.
func (c *compiler) compileMessage(o *Options) (template, error) {
	if o.Payload == "" {
		return template{}.literal(strings.Repeat("abcdefghijklmnopqrstuvwxyz012345", o.Size/32+1)[:o.Size]), nil
	}
	b, err := readFile(o.Payload, maxSize)
	if err != nil {
		return nil, usagef("--payload: %v", err)
	}
	c.payload = sha256.Sum256(b)
	c.messages = true
	defer func() { c.messages = false }()
	t, err := c.compile("--payload: "+o.Payload, string(b))
	if err != nil || o.Binary {
		return t, err
	}
	for _, part := range t {
		switch {
		case part.name == literal && !utf8.ValidString(part.text):
			return nil, usagef("--payload: %s is not UTF-8; --binary sends anything", o.Payload)
		case part.name == cell:
			for k := range c.table.rows {
				if !utf8.ValidString(c.table.cell(k, part.column)) {
					return nil, usagef("--payload: {{csv.%s}}, row %d: is not UTF-8; --binary sends anything", c.table.head[part.column], k+1)
				}
			}
		}
	}
	return t, nil
}

// AppendMessage appends message seq of connection k to b.
func (p *Plan) AppendMessage(b []byte, k, seq int) []byte {
	return p.compiler.append(p.message, b, k, seq)
}

// MessageType is that of all messages.
func (p *Plan) MessageType() session.BufferType {
	if p.Binary {
		return session.BinaryMessage
	}
	return session.UTF8Message
}

// Talks reports whether messages are sent.
func (p *Plan) Talks() bool { return p.Endless || p.Messages > 0 }

// mostUnderway bounds what a server that does not answer costs.
const mostUnderway = 1024

// MostUnderway is how many messages of a connection may be sent and not answered.
func (p *Plan) MostUnderway() int {
	if p.MessageRate == 0 {
		return 1
	}
	return mostUnderway
}

// MessageDue is when message seq is to be sent on a connection that opened at
// start, whether those before it are answered or not; zero if the next one is
// sent when the one before is answered.
func (p *Plan) MessageDue(start time.Time, seq int) time.Time {
	if p.MessageRate == 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(math.Round(float64(seq) / p.MessageRate * float64(time.Second))))
}

// MessagesDue is how many messages are due until at, if there is no end to them, on
// a connection that opened at start; none is without a rate.
func (p *Plan) MessagesDue(start, at time.Time) int {
	if p.MessageRate == 0 {
		return 0
	}
	return int(at.Sub(start).Seconds()*p.MessageRate) + 1
}
