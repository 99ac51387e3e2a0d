package parse

// This file decides every rule of a response head, one octet at a time, and
// may stop between any two of them. It only finds out where a head ends or
// what is wrong with it: the views are made by sweep. The states below are the
// places in the grammar of RFC 9112.

type state uint8

const (
	stateBegin      state = iota // nothing looked at
	stateStatusLine              // within HTTP/1.x SP 3DIGIT and the octet behind it
	stateReason
	stateStatusLF // behind the CR of the status line
	stateLine     // at the start of a line
	stateName
	stateValue
	stateValueLF // behind the CR of a field line
	stateEndLF   // behind the CR of the empty line
	stateComplete
	stateFailed
)

// scan goes on at r.pos. It returns 0 when a head that is not interim ends at
// r.pos, ErrIncomplete with r.pos == len(p), or the rule that p[r.pos] breaks.
func (r *Response) scan(p []byte) Error {
	i := r.pos
	st := r.state
	if st == stateValue && i+1 == len(p) && isValueOctet(p[i]) { // the commonest octet, where they come one by one
		r.pos = i + 1
		return ErrIncomplete
	}
	for i < len(p) {
		c := p[i]
		var e Error
		switch st {
		case stateBegin, stateStatusLine:
			st, e = r.statusLine(c, i-r.start)
		case stateReason:
			if isValueOctet(c) {
				i = valueEnd(p, i+1)
				continue
			}
			st, e = lineEnd(c, stateStatusLF, ErrReason)
		case stateStatusLF:
			st, e = lineFeed(c, stateLine)
		case stateLine:
			st, e = r.lineStart(c)
		case stateName:
			if tchar[c] != 0 {
				i++
				continue
			}
			st, e = nameEnd(c)
		case stateValue:
			if isValueOctet(c) {
				if i++; i < len(p) {
					i = valueEnd(p, i)
				}
				continue
			}
			st, e = lineEnd(c, stateValueLF, ErrValue)
		case stateValueLF:
			st, e = lineFeed(c, stateLine)
		case stateEndLF:
			if st, e = lineFeed(c, stateStatusLine); e == 0 {
				if i++; !interim(r.status) {
					r.pos = i
					return 0
				}
				r.start, r.lines, r.folded = i, 0, false
				continue
			}
		}
		if e != 0 {
			r.pos = i
			return e
		}
		i++
	}
	r.pos, r.state = len(p), st
	return ErrIncomplete
}

// statusLine judges octet at of a status line, RFC 9112 section 4:
// HTTP-version SP 3DIGIT, then SP and the reason or the line end. A server
// must send that last SP; a client need not insist.
func (r *Response) statusLine(c byte, at int) (state, Error) {
	const version = "HTTP/1."
	switch {
	case at < len(version):
		if c != version[at] {
			return 0, ErrVersion
		}
	case at == 7:
		if !isDigit(c) {
			return 0, ErrVersion
		}
		r.minor = int(c - '0')
	case at == 8:
		if c != ' ' {
			return 0, ErrVersion
		}
		r.status = 0
	case at < 12:
		if !isDigit(c) {
			return 0, ErrStatus
		}
		if at == 9 && c == '1' && r.minor == 0 {
			return 0, ErrInterimVersion
		}
		r.status = r.status*10 + int(c-'0')
	case c == ' ':
		return stateReason, 0
	default:
		return lineEnd(c, stateStatusLF, ErrStatusEnd)
	}
	return stateStatusLine, 0
}

// lineEnd judges the octet at which a reason or a value stops: RFC 9112
// section 2.2, RFC 9110 section 5.5. Line ends are CRLF, nothing else.
func lineEnd(c byte, next state, otherwise Error) (state, Error) {
	switch c {
	case '\r':
		return next, 0
	case '\n':
		return 0, ErrBareLF
	}
	return 0, otherwise
}

// lineFeed judges the octet behind a CR, RFC 9112 section 2.2.
func lineFeed(c byte, next state) (state, Error) {
	if c != '\n' {
		return 0, ErrBareCR
	}
	return next, 0
}

// lineStart judges the first octet of a line behind the status line: the end
// of the head, a fold (RFC 9112 section 5.2; not behind the status line,
// section 2.2), or a field line.
func (r *Response) lineStart(c byte) (state, Error) {
	switch {
	case c == '\r':
		return stateEndLF, 0
	case c == '\n':
		return 0, ErrBareLF
	case isBlank(c):
		if r.lines == 0 {
			return 0, ErrLeadingSpace
		}
		r.folded = true
		return stateValue, 0
	case tchar[c] == 0:
		return 0, ErrName
	case r.lines == r.maxFields():
		return 0, ErrTooManyFields
	}
	r.lines++
	return stateName, 0
}

// nameEnd judges the octet at which a field name's token stops, RFC 9112
// section 5 and 5.1.
func nameEnd(c byte) (state, Error) {
	switch c {
	case ':':
		return stateValue, 0
	case ' ', '\t':
		return 0, ErrSpaceBeforeColon
	case '\r', '\n':
		return 0, ErrNoColon
	}
	return 0, ErrName
}
