package parse

// The quick way through a whole head: sweep for the status line, sweepFields for
// the lines, sweepLine for one; giveUp hands over to scan.go. The first lines of
// a long head may be read by sweepLines of lines_amd64.go.

import "math/bits"

// sweep parses the head that begins at p[start:], eight octets at a time, into
// Status, Minor, Reason, Fields and notes. It returns where the head ends, and
// the status; end is 0 if it gave up.
//
// It knows no rule: whatever is not plainly right (an octet out of place, a
// fold, a limit, the end of p) makes it give up at the start of the line in
// question, where scan goes on and decides.
//
// Note: tried and found slower or no faster: names by words instead of by table;
// the lanes of a word told apart by branches or by a multiplication instead of
// TrailingZeros64; all of it in one function, whose registers run out; the ends
// of all names and values found word by word in one loop; a loop over values
// that needs no bounds check, or that keeps its three constants in registers; a
// test of names by words for letters and '-' alone, the table for the rest; names
// eight octets at a time by the table, values sixteen; all lines cut first, and the
// fields made behind that (551 octets: 30 % slower).
func (r *Response) sweep(p []byte, start int) (end, status int) {
	q := p[start:]
	if len(q) < 16 {
		return r.giveUp(start, start, 0, stateStatusLine, len(q))
	}
	x, y := le64(q), le64(q[8:])
	minor := x>>56 - '0'
	digits := y>>8&0xffffff - 0x303030
	hundreds, tens, units := digits&0xff, digits>>8&0xff, digits>>16
	if x&(1<<56-1) != httpSlash1 || minor > 9 || y&0xff != ' ' || hundreds > 9 || tens > 9 || units > 9 || minor == 0 && hundreds == 1 {
		return r.giveUp(start, start, 0, stateStatusLine, len(q))
	}
	begin, stop := 12, 12
	switch {
	case len(q) >= 34 && y>>32 == spSwi && le64(q[16:]) == tchingPr && le64(q[24:]) == rotocols && q[32] == '\r':
		begin, stop = 13, 32 // as nearly always
	case q[12] == ' ':
		begin, stop = 13, valueEnd(q, 13)
	}
	if stop > len(q)-2 || q[stop] != '\r' || q[stop+1] != '\n' {
		return r.giveUp(start, start, 0, stateStatusLine, len(q))
	}
	status = int(hundreds*100 + tens*10 + units)
	r.minor, r.status = int(minor), status
	r.notes = Notes{}
	i, n := start+stop+2, 0
	if len(p)-i >= findAtLeast && hasAVX512 {
		i, n = r.sweepLines(p, i)
	}
	if end = r.sweepFields(p, start, i, n); end != 0 {
		r.Minor, r.Status, r.Reason = int(minor), status, q[begin:stop:stop]
	}
	return end, status
}

// giveUp leaves the line at pos of the head from start on, with so many field
// lines before it, to scan, which looks at the rest again.
func (r *Response) giveUp(start, pos, lines int, st state, rest int) (end, status int) {
	r.again += rest
	r.Minor, r.Status, r.Reason, r.Fields = 0, 0, nil, r.Fields[:0]
	if pos == 0 {
		st = stateBegin
	}
	r.start, r.pos, r.lines, r.state, r.folded = start, pos, lines, st, false
	return 0, 0
}

// sweepFields reads the field lines at p[i:], before which are n, to the empty line.
func (r *Response) sweepFields(p []byte, start, i, n int) (end int) {
	limit := r.maxFields()
	fields := r.Fields[:min(cap(r.Fields), limit)]
	q := p[i:]
	for len(q) > 0 {
		x := le64Tail(q)
		if x&0xffff == crlf {
			r.Fields = fields[:n]
			return len(p) - len(q) + 2
		}
		colon, end := 0, 0
		if x|foldSec == secWebs || x|foldAll == connecti || x|foldFirst7 == upgradeColon {
			colon, end = r.sweepKnown(q, x, n)
		}
		begin, next := colon+2, end+2
		if end == 0 {
			if colon, begin, end, next = sweepLine(q, colon); next == 0 {
				break
			}
		}
		if n == len(fields) {
			if n == limit {
				break
			}
			fields = append(fields, Field{})
			fields = fields[:min(cap(fields), limit)]
		}
		f := &fields[n] // part by part: a composite literal is built elsewhere and copied
		f.Name = q[:colon:colon]
		f.Value = q[begin:end:end]
		n++
		q = q[next:]
	}
	r.Fields, r.most = fields, max(r.most, n)
	r.giveUp(start, len(p)-len(q), n, stateLine, len(q))
	return 0
}

// sweepLine reads the field line at the start of p: the name to colon, which is
// known or else 0, the value from begin to end without blanks, and where the
// next line is. next is 0 if the line is not plain.
func sweepLine(p []byte, known int) (colon, begin, end, next int) {
	colon = known
	if colon == 0 {
		for i := 0; i <= len(p)-4; i += 4 {
			q := (*[4]byte)(p[i:])
			one := tchar[q[0]]
			two := one & tchar[q[1]]
			three := two & tchar[q[2]]
			if three&tchar[q[3]] == 0 {
				colon = i + int(one+two+three)
				break
			}
		}
		if colon == 0 || p[colon] != ':' {
			return 0, 0, 0, 0
		}
	}
	if begin = colon + 1; begin < len(p) && p[begin] == ' ' {
		begin++
	}
	i := begin
value:
	for ; ; i++ {
		for ; i <= len(p)-8; i += 8 {
			x := le64(p[i:])
			if m := suspects(x); m != 0 {
				bit := bits.TrailingZeros64(m) // the highest of its octet
				i += bit >> 3
				if x>>(uint(bit-7)&63)&0xffff == crlf {
					break value
				}
				break
			}
		}
		if i >= len(p) || !isValueOctet(p[i]) {
			if i > len(p)-2 || p[i] != '\r' || p[i+1] != '\n' {
				return 0, 0, 0, 0
			}
			break
		}
	}
	end, next = i, i+2
	for end > begin && p[end-1] <= ' ' {
		end--
	}
	for begin < end && p[begin] <= ' ' {
		begin++
	}
	return colon, begin, end, next
}
