package serve

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Volume is one connection on which the server sends messages of one size,
// each when the one before was echoed.
type Volume struct {
	ID        string // its number, as in Autobahn's test suite
	Extension string // what the server answers to the offer of permessage-deflate, "": nothing
	Data      func(size, seed int) []byte
	Binary    bool
	Size      int // octets of a message
	Count     int // messages
	Fragment  int // octets a frame has, 0: all
	Chop      int // octets written at a time, 0: all
}

func (v Volume) String() string {
	return fmt.Sprintf("%s: %d of %d octets, fragment %d, chop %d, binary %v, %q", v.ID, v.Count, v.Size, v.Fragment, v.Chop, v.Binary, v.Extension)
}

// Volumes returns groups 9, 10, 12 and 13: scaled down, or full.
func Volumes(full bool) []Volume {
	const ki, mi = 1 << 10, 1 << 20
	large, fragmented, chopped, round := mi, 256*ki, 64*ki, 50
	if full {
		large, fragmented, chopped, round = 16*mi, 4*mi, mi, 1000
	}
	var all []Volume
	number := 0
	list := func(group string, v Volume) {
		number++
		v.ID = fmt.Sprintf("%s.%d", group, number)
		if v.Data == nil {
			v.Data = prose
		}
		all = append(all, v)
	}
	for i, binary := range []bool{false, true} {
		number = 0
		for _, size := range []int{64 * ki, 256 * ki, mi, 4 * mi, 8 * mi, 16 * mi} {
			if size <= large {
				list([]string{"9.1", "9.2"}[i], Volume{Binary: binary, Size: size, Count: 1})
			}
		}
		number = 0
		for _, size := range []int{64, 256, ki, 4 * ki, 16 * ki, 64 * ki, 256 * ki, mi, 4 * mi} {
			if size <= fragmented {
				list([]string{"9.3", "9.4"}[i], Volume{Binary: binary, Size: fragmented, Count: 1, Fragment: size})
			}
		}
		number = 0
		for _, size := range []int{64, 128, 256, 512, 1024, 2048} {
			list([]string{"9.5", "9.6"}[i], Volume{Binary: binary, Size: chopped, Count: 1, Chop: size})
		}
		number = 0
		for _, size := range []int{0, 16, 64, 256, 1024, 4096} {
			list([]string{"9.7", "9.8"}[i], Volume{Binary: binary, Size: size, Count: round})
		}
	}
	number = 0
	list("10.1", Volume{Size: 64 * ki, Count: 1, Fragment: 1300})
	for i, data := range []func(size, seed int) []byte{records, prose, noise, zeros} {
		number = 0
		for _, v := range compressed(full) {
			v.Extension, v.Data, v.Binary = "permessage-deflate", data, i > 1
			list(fmt.Sprintf("12.%d", i+1), v)
		}
	}
	for i, extension := range []string{
		"permessage-deflate",
		"permessage-deflate; client_no_context_takeover",
		"permessage-deflate; client_max_window_bits=9",
		"permessage-deflate; client_max_window_bits=15",
		"permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
		"permessage-deflate; client_no_context_takeover; client_max_window_bits=15",
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=9",
	} {
		number = 0
		for _, v := range compressed(full) {
			v.Extension, v.Data = extension, records
			list(fmt.Sprintf("13.%d", i+1), v)
		}
	}
	return all
}

// compressed are the sizes of groups 12 and 13.
func compressed(full bool) (sizes []Volume) {
	for _, v := range []Volume{
		{Size: 16}, {Size: 64}, {Size: 256}, {Size: 1 << 10}, {Size: 4 << 10}, {Size: 8 << 10},
		{Size: 16 << 10}, {Size: 32 << 10}, {Size: 64 << 10}, {Size: 128 << 10},
		{Size: 8 << 10, Fragment: 256}, {Size: 16 << 10, Fragment: 256}, {Size: 32 << 10, Fragment: 256}, {Size: 64 << 10, Fragment: 256},
		{Size: 128 << 10, Fragment: 256}, {Size: 128 << 10, Fragment: 1 << 10}, {Size: 128 << 10, Fragment: 4 << 10}, {Size: 128 << 10, Fragment: 32 << 10},
	} {
		switch v.Count = 2; {
		case full:
			v.Count = min(1000, 1<<20/v.Size)
		case v.Fragment == 256 && v.Size > 8<<10, v.Size == 64, v.Size == 256, v.Size == 16<<10, v.Size == 32<<10, v.Size == 64<<10:
			continue
		}
		sizes = append(sizes, v)
	}
	return sizes
}

// Play plays v on c.
func (v *Volume) Play(c *Conn) error {
	c.chop = v.Chop
	for i := range v.Count {
		want := v.Data(v.Size, i)
		if err := v.send(c, want); err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		switch first, got, compressed, err := c.readMessage(); {
		case err != nil:
			return fmt.Errorf("message %d: %w", i, err)
		case first != v.first() || !bytes.Equal(got, want):
			return fmt.Errorf("message %d: the client sent %x %.40q, %d octets, for %.40q", i, first, got, len(got), want)
		case compressed != (v.Extension != ""):
			return fmt.Errorf("message %d: compressed: %v", i, compressed)
		}
	}
	return c.close([]byte{0x03, 0xe8})
}

func (v *Volume) first() byte {
	if v.Binary {
		return 0x82
	}
	return 0x81
}

func (v *Volume) send(c *Conn, p []byte) error {
	first := v.first() &^ 0x80
	if c.pair != nil {
		var err error
		if p, err = c.pair.deflate(p); err != nil {
			return err
		}
		first |= 0x40
	}
	for v.Fragment > 0 && len(p) > v.Fragment {
		if err := c.sendFrame(first, p[:v.Fragment]); err != nil {
			return err
		}
		p, first = p[v.Fragment:], 0
	}
	return c.sendFrame(0x80|first, p)
}

// prose is text of words, some of whose code points have more octets than one.
func prose(size, seed int) []byte {
	words := strings.Fields("the client Grüße κόσμε 世界 sends every frame 🌍 masked and a server does not")
	random := rand.New(rand.NewPCG(1, uint64(seed)))
	p := make([]byte, 0, size)
	for len(p) < size {
		word := words[random.IntN(len(words))] + " "
		if len(p)+len(word) > size {
			word = strings.Repeat(".", size-len(p))
		}
		p = append(p, word...)
	}
	return p
}

// records is text that looks like JSON.
func records(size, seed int) []byte {
	random := rand.New(rand.NewPCG(2, uint64(seed)))
	var p []byte
	for len(p) < size {
		p = fmt.Appendf(p, "{\"id\": %d, \"price\": %d.%02d, \"venue\": \"%c\"}, ", random.IntN(1e6), random.IntN(1000), random.IntN(100), 'A'+random.IntN(26))
	}
	return p[:size]
}

// noise cannot be compressed.
func noise(size, seed int) []byte {
	random := rand.New(rand.NewPCG(3, uint64(seed)))
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(random.Uint32())
	}
	return p
}

// zeros are compressed to nearly nothing.
func zeros(size, _ int) []byte { return make([]byte, size) }
