package run

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zeroshake/zeroshake/session"
	"github.com/zeroshake/zeroshake/session/loop"
)

// mostShown is how much of a payload is shown, in octets, and mostKept how much of
// it is looked at for secrets.
const (
	mostShown = 200
	mostKept  = 4 << 10
)

// A direction is what goes one way on a connection that is open.
type direction struct {
	sign string
	scanner
	apart []bool // for each message, that its frames do not show it: it is compressed, or in parts
}

// open begins to show frames.
func (t *trace) open(c *conn, begin time.Time) {
	t.begin, t.mask = begin, t.run.masker(c)
	for _, d := range []*direction{&t.out, &t.in} {
		d.scanner, d.apart = scanner{keep: mostKept}, nil
	}
}

// tap is that of loop.Config.
func (t *trace) tap(_ loop.Conn, sent bool, p []byte) {
	d := t.direction(sent)
	d.scan(p, func(f *frame) {
		shown := ""
		switch {
		case f.opcode() == opcodeClose:
			shown = t.close(f.begin)
		case f.message() || !f.data():
			shown = t.preview(f.begin, f.length == uint64(len(f.begin)), f.opcode() == opcodeText)
		}
		t.line(d, f.name(), f.bits(), f.length, shown)
		if f.data() && f.first&fin != 0 {
			d.apart = append(d.apart, !f.message())
		}
	})
}

func (t *trace) direction(sent bool) *direction {
	if sent {
		return &t.out
	}
	return &t.in
}

func (t *trace) line(d *direction, name, bits string, length uint64, shown string) {
	line := fmt.Sprintf("%s %9.3f ms  %-14s %-14s %6d octets  %s", d.sign, float64(time.Since(t.begin))/1e6, name, bits, length, shown)
	fmt.Fprintln(t.w, strings.TrimRight(line, " "))
}

// message shows one that its frames have not shown.
func (t *trace) message(sent bool, kind session.BufferType, p []byte) {
	d := t.direction(sent)
	if len(d.apart) == 0 { // the connection broke within its frames
		return
	}
	apart := d.apart[0]
	d.apart = d.apart[1:]
	if apart {
		t.line(d, kindOf(kind)+" message", "", uint64(len(p)), t.preview(p, true, kind == session.UTF8Message))
	}
}

// preview is how a payload begins, of which p is the begin or the whole. What is
// neither text nor can be seen is shown in hexadecimal.
func (t *trace) preview(p []byte, whole, text bool) string {
	shown, more := t.mask.Replace(string(p)), ""
	if !whole {
		shown, more = t.mask.begin(string(p)), " ..."
	}
	if len(shown) > mostShown {
		shown, more = shown[:mostShown], " ..."
	}
	switch {
	case len(p) == 0:
		return ""
	case text || printable(shown) == shown:
		return strconv.Quote(shown) + more
	}
	return fmt.Sprintf("% x%s", shown, more)
}

// close is the status and the reason of a close.
func (t *trace) close(p []byte) string {
	if len(p) < 2 {
		return ""
	}
	status := strconv.Itoa(int(binary.BigEndian.Uint16(p)))
	if len(p) == 2 {
		return status
	}
	return status + " " + strconv.Quote(t.mask.Replace(string(p[2:])))
}
