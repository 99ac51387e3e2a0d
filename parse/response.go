package parse

// Response: its fields and limits, Parse, then what Parse is made of (complete,
// fail, interim, the limits), and what may be asked afterwards (Offset, Find,
// Reset). The rules are in scan.go.

import "github.com/valyala/bytebufferpool"

// Field is one field line of a head. Both slices alias the parsed buffer;
// Value is without the SP and HTAB around it.
type Field struct{ Name, Value []byte }

// Is reports whether the field's name is name, ASCII case ignored (RFC 9110
// section 5.1).
func (f Field) Is(name string) bool { return equalFold(f.Name, name) }

func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if lower(b[i]) != lower(s[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c |= 0x20
	}
	return c
}

const (
	defaultMaxBytes  = 64 << 10
	defaultMaxFields = 128
)

// Response is an HTTP/1.1 response head, RFC 9112 section 4 and 5, and the
// state of parsing it. The zero value is ready; Reset makes it ready for
// another stream.
//
// The caller owns the buffer that is parsed and the array behind Fields.
// Reason and Fields alias the buffer and live as long as its octets stay in
// place. A Response must not be copied once used, and is not safe for
// concurrent use.
type Response struct {
	// Minor is the x of HTTP/1.x; Status has three digits. Both, Reason and
	// Fields are set when the head is complete.
	Minor, Status int
	// Reason is what follows the status code and one space; it may be empty.
	Reason []byte
	// Fields holds the field lines in wire order, duplicates kept. Parse
	// appends to Fields[:0]: spare capacity means no allocation.
	Fields []Field

	// MaxBytes limits the octets of the head up to and including the empty
	// line, interim heads counted in. 0: 64 KiB.
	MaxBytes int
	// MaxFields limits the field lines of one head. 0: 128.
	MaxFields int

	state  state
	err    Error // of stateFailed
	folded bool  // the head in progress has an obs-fold
	start  int   // where the head in progress begins: behind the interim heads
	pos    int   // octets looked at
	lines  int   // field lines begun in the head in progress
	minor  int   // of the head in progress
	status int   // likewise
	again  int   // octets looked at more than once: pos+again is the work done

	notes     Notes
	noted     int    // len(Fields) when notes was made
	notedAt   *Field // &Fields[0] then
	notedLast *byte  // the first octet of the last field's name then
	most      int    // the largest len(Fields) since Reset

	spill *bytebufferpool.ByteBuffer // ReadResponse: a head larger than the reader's buffer
}

// Parse parses the response head at the start of p, RFC 9112 sections 2.2, 4
// and 5, and skips interim heads (1xx other than 101, RFC 9110 section 15.2).
// n octets are the head, interim heads included; p[n:] is not looked at.
//
// On [ErrIncomplete] call again with the same octets and more behind them; the
// slice may have moved. The octets of earlier calls are not looked at again
// before the head is complete; then the views are made in one more pass. A line
// folded by the obs-fold of RFC 9112 section 5.2 is unfolded in p, CR and LF
// becoming SP, at that moment: p must be writable.
//
// Any other error is a final [Error], returned as soon as the first wrong
// octet is in p, and again until Reset. After success Parse begins anew.
func (r *Response) Parse(p []byte) (n int, err error) {
	head := p
	if limit := r.maxBytes(); len(head) > limit {
		head = head[:limit]
	}
	if r.state == stateBegin || r.state >= stateComplete {
		if r.state == stateFailed {
			return 0, r.err
		}
		if n = r.sweepAll(head); n != 0 {
			return n, nil
		}
	}
	if len(head) < r.pos {
		return 0, r.fail(ErrChanged)
	}
	e := r.scan(head)
	if e == ErrIncomplete && len(head) == len(p) {
		return 0, ErrIncomplete
	}
	if e == 0 {
		return r.finish(head[:r.pos])
	}
	if e == ErrIncomplete {
		e = ErrTooLarge
	}
	return 0, r.fail(e)
}

// sweepAll sweeps the head at the start of p with the interim heads before it.
// It returns 0 if a sweep gave up.
func (r *Response) sweepAll(p []byte) (n int) {
	r.again = 0
	for start := 0; ; {
		end, status := r.sweep(p, start)
		if end == 0 {
			return 0
		}
		if !interim(status) {
			return r.complete(end)
		}
		r.most = max(r.most, len(r.Fields))
		start = end
	}
}

// finish makes the views of a head that scan found to be complete.
func (r *Response) finish(head []byte) (n int, err error) {
	if r.folded {
		unfold(head[r.start:])
		r.again += len(head) - r.start
	}
	end, _ := r.sweep(head, r.start)
	if end != len(head) {
		return 0, r.fail(ErrChanged)
	}
	r.again += end - r.start
	return r.complete(end), nil
}

// complete notes that the head that ends at end is swept.
func (r *Response) complete(end int) (n int) {
	r.state, r.pos = stateComplete, end
	if n := len(r.Fields); n > 0 {
		r.noted, r.notedAt, r.notedLast = n, &r.Fields[0], &r.Fields[n-1].Name[0]
		r.most = max(r.most, n)
	}
	return end
}

func (r *Response) fail(e Error) error {
	r.state, r.err = stateFailed, e
	return e
}

// interim: RFC 9110 section 15.2. 101 is the answer itself, all other 1xx
// precede it.
func interim(status int) bool { return uint(status-100) < 100 && status != 101 }

func (r *Response) maxBytes() int {
	if r.MaxBytes > 0 {
		return r.MaxBytes
	}
	return defaultMaxBytes
}

func (r *Response) maxFields() int {
	if r.MaxFields > 0 {
		return r.MaxFields
	}
	return defaultMaxFields
}

// Offset returns where Parse stopped: n after success, the number of octets
// looked at after ErrIncomplete, else the offset of the first wrong octet.
func (r *Response) Offset() int { return r.pos }

// Find returns the value of the first field named name, ASCII case ignored,
// and how many fields have that name.
func (r *Response) Find(name string) (value []byte, n int) {
	for i := range r.Fields {
		if r.Fields[i].Is(name) {
			if n == 0 {
				value = r.Fields[i].Value
			}
			n++
		}
	}
	return value, n
}

// Reset forgets everything but the limits and the capacity of Fields, and
// gives back the buffer that ReadResponse may have taken.
func (r *Response) Reset() {
	if r.spill != nil {
		bytebufferpool.Put(r.spill)
		r.spill = nil
	}
	clear(r.Fields[:min(r.most, cap(r.Fields))])
	*r = Response{Fields: r.Fields[:0], MaxBytes: r.MaxBytes, MaxFields: r.MaxFields}
}

// unfold overwrites the CR and LF of each obs-fold in a complete, valid head,
// RFC 9112 section 5.2.
func unfold(head []byte) {
	for i := 0; i < len(head)-2; i++ {
		if head[i] == '\r' && isBlank(head[i+2]) {
			head[i], head[i+1] = ' ', ' '
		}
	}
}
