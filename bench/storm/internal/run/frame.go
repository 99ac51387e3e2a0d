package run

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A frame is one of RFC 6455 section 5.2.
type frame struct {
	first  byte // FIN, RSV1 to RSV3 and the opcode
	masked bool
	length uint64
	came   uint64 // octets of the payload
	begin  []byte // of the payload, unmasked
}

const (
	fin                = 0x80
	rsv1               = 0x40
	opcodeContinuation = 0
	opcodeText         = 1
	opcodeBinary       = 2
	opcodeClose        = 8
)

func (f *frame) opcode() byte { return f.first & 15 }

// data reports whether f is a message or a part of one.
func (f *frame) data() bool { return f.opcode() <= opcodeBinary }

// message reports whether f is a message that needs nothing else to be read.
func (f *frame) message() bool {
	return f.data() && f.opcode() != opcodeContinuation && f.first&fin != 0 && f.first&rsv1 == 0
}

func (f *frame) name() string {
	switch f.opcode() {
	case opcodeContinuation:
		return "continuation"
	case opcodeText:
		return "text"
	case opcodeBinary:
		return "binary"
	case opcodeClose:
		return "close"
	case 9:
		return "ping"
	case 10:
		return "pong"
	}
	return fmt.Sprintf("opcode %d", f.opcode())
}

// bits are those of the header that are set.
func (f *frame) bits() string {
	var set []string
	for i, bit := range []string{"FIN", "RSV1", "RSV2", "RSV3"} {
		if f.first&(fin>>i) != 0 {
			set = append(set, bit)
		}
	}
	if f.masked {
		set = append(set, "mask")
	}
	return strings.Join(set, " ")
}

// A scanner finds the frames in the octets of one direction, which come in pieces.
type scanner struct {
	keep   int    // octets of the begin of a payload
	header []byte // of frame; not whole until inside
	inside bool
	frame  frame
	key    [4]byte
}

// scan calls show for each frame that ends in p.
func (s *scanner) scan(p []byte, show func(*frame)) {
	for len(p) > 0 {
		if !s.inside {
			s.header, p = append(s.header, p[0]), p[1:]
			s.inside = s.enter()
		} else {
			n := min(uint64(len(p)), s.frame.length-s.frame.came)
			s.take(p[:n])
			p = p[n:]
		}
		if s.inside && s.frame.came == s.frame.length {
			show(&s.frame)
			s.header, s.inside = s.header[:0], false
		}
	}
}

// enter begins a frame, if its header is whole.
func (s *scanner) enter() bool {
	h := s.header
	if len(h) < 2 {
		return false
	}
	const mask, lengths = 0x80, 0x7f
	size, length := 2, uint64(h[1]&lengths)
	switch length {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	at := size // of the key
	if h[1]&mask != 0 {
		size += len(s.key)
	}
	if len(h) < size {
		return false
	}
	switch length {
	case 126:
		length = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		length = binary.BigEndian.Uint64(h[2:])
	}
	s.key = [4]byte{}
	copy(s.key[:], h[at:])
	s.frame = frame{first: h[0], masked: h[1]&mask != 0, length: length, begin: s.frame.begin[:0]}
	return true
}

func (s *scanner) take(p []byte) {
	f := &s.frame
	for i, b := range p[:min(len(p), max(s.keep-len(f.begin), 0))] {
		f.begin = append(f.begin, b^s.key[(f.came+uint64(i))%4])
	}
	f.came += uint64(len(p))
}

// rest says what is left of a frame that was cut off; "" if there is none.
func (s *scanner) rest() string {
	switch {
	case s.inside:
		return fmt.Sprintf("%s of %d octets, cut off behind %d", s.frame.name(), s.frame.length, s.frame.came)
	case len(s.header) > 0:
		return fmt.Sprintf("a frame, cut off in its header: % x", s.header)
	}
	return ""
}
