package fuzz

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/zeroshake/zeroshake/session"
)

// FuzzCalls: whatever is called when, with whatever comes from the server, each
// operation comes back once and in order, each action is outstanding once, what
// is lent stays as it is until given back, only whole frames of what was sent
// are written, pings are answered in order and the last one is, and only
// declared errors come. What is received is what the twin of FuzzStream reads.
func FuzzCalls(f *testing.F) {
	f.Add([]byte("\x89\x01a\x81\x05Hello\x89\x01b\x88\x02\x03\xe8"), []byte("\x00\x04\x08\x09\x0a\x05\x08\x09\x0a\x06\x0b\x04\x08\x09\x0c\x0a\x0b"))
	f.Add([]byte("\x01\x01a\x80\x01b\x89\x00"), []byte("\x00\x00\x01\x02\x03\x08\x18\x28\x09\x19\x29\x0a\x0e\x0b\x0d"))
	f.Add([]byte("\x82\x7e\x01\x00"+string(make([]byte, 256))+"\x83"), []byte("\x10\x04\x08\x0f\x18\x0a\x28\x09\x1a\x08\x0e\x08\x0f\x07\x08\x0a\x0b"))
	f.Fuzz(func(t *testing.T, stream, script []byte) {
		if len(stream) <= 2048 && len(script) <= 512 {
			call(t, stream, script)
		}
	})
}

// TestCalls puts streams together from frames, more right ones than a fuzzer
// finds by octets.
func TestCalls(t *testing.T) {
	random := rand.New(rand.NewPCG(6455, 55))
	for range 5000 {
		var stream []byte
		open := false
		for range random.IntN(12) {
			first, n := byte(0x89), random.IntN(10)
			switch kind := random.IntN(40); {
			case kind == 0:
				first = 0x83
			case kind == 1:
				first, n = 0x88, 0
			case kind < 4:
				first = 0x8a
			case kind < 20:
				if first = 0; !open {
					first = 1 + byte(kind&1)
				}
				if open = kind < 10; !open {
					first |= 0x80
				}
				if kind%5 == 0 {
					n = 126 + n*50
				}
			}
			stream = append(stream, first, byte(min(n, 126)))
			if n >= 126 {
				stream = binary.BigEndian.AppendUint16(stream, uint16(n))
			}
			stream = append(stream, bytes.Repeat([]byte{'a' + byte(random.IntN(26))}, n)...)
		}
		script := make([]byte, random.IntN(150))
		for i := range script {
			for script[i] = byte(random.Uint32()); script[i] < 0x20 && script[i]&15 == 15 && random.IntN(4) > 0; {
				script[i] = byte(random.Uint32()) // fewer short writes and Aborts
			}
		}
		if !t.Run("", func(t *testing.T) { call(t, stream, script) }) {
			t.Fatalf("%q, %x", stream, script)
		}
	}
}

func call(t *testing.T, stream, script []byte) {
	s := &caller{t: t, c: opened(t, &session.Config{ReceiveBufferSize: 256, SendBufferSize: 256}), stream: stream, pongs: map[int]bool{}}
	for _, b := range script {
		s.step(b&15, int(b>>4))
	}
	s.drain()
	s.judge(stream)
}

// judge compares what was written and received with what is right.
func (s *caller) judge(stream []byte) {
	var pongs, written []string
	open := false
	for b := s.wire; len(b) > 0; {
		at := len(s.wire) - len(b)
		n, head := 0, 6
		if len(b) >= 8 && b[1] == 0xfe {
			n, head = int(binary.BigEndian.Uint16(b[2:])), 8
		} else if len(b) >= 6 {
			n = int(b[1] & 0x7f)
		}
		if len(b) < head+n || b[1]&0x80 == 0 {
			if !s.cut && !s.aborted {
				s.t.Fatalf("%d octets are no frame", len(b))
			}
			break
		}
		first, payload := b[0], slices.Clone(b[head:head+n])
		for i := range payload {
			payload[i] ^= b[head-4+i%4]
		}
		b = b[head+n:]
		if s.pongs[at] {
			delete(s.pongs, at)
			pongs = append(pongs, fmt.Sprintf("sent %x %q", first, payload))
			continue
		}
		switch first & 15 {
		case 8:
			payload = payload[2:]
		case 0, 2:
			if first&15 == 0 != open {
				s.t.Fatalf("%x, a message is open: %v", first, open)
			}
			open = first&0x80 == 0
		}
		written = append(written, fmt.Sprintf("%x", payload))
	}
	if len(s.pongs) > 0 && !s.cut {
		s.t.Fatal("a pong within a frame")
	}
	if !slices.Equal(written, s.whole) {
		s.t.Fatalf("written %q, done %q", written, s.whole)
	}

	var pings []string
	var want []string
	for _, e := range read(stream, 0) {
		if e[:4] == "sent" {
			pings = append(pings, e)
		} else {
			want = append(want, e)
		}
	}
	if s.aborted { // somewhere in between
		want = want[:min(len(want), len(s.events))]
	}
	if !slices.Equal(s.events, want) {
		s.t.Fatalf("received %q, twin %q", s.events, want)
	}
	left := pings
	for _, pong := range pongs { // in order, though not all
		i := slices.Index(left, pong)
		if i < 0 {
			s.t.Fatalf("%s answers nothing that is left of %q", pong, left)
		}
		left = left[i+1:]
	}
	if state := s.c.State(); len(pings) > 0 && !s.cut && (state == session.Open || state == session.CloseSent) {
		if last := pings[len(pings)-1]; len(pongs) == 0 || pongs[len(pongs)-1] != last {
			s.t.Fatalf("the last ping, %s, is not answered: %q", last, pongs)
		}
	}
}
