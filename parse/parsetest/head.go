package parsetest

// Head comes first, one case a state; then the states and the octet classes.

import (
	"strings"

	"github.com/zeroshake/zeroshake/parse"
)

// Head is the twin of Response.Parse: what the first octets of stream are as a
// response head within the limits, where 0 stands for the defaults.
//
// It reads one octet after the other and stops at the first wrong one, so it
// says by its form which octet that is.
func Head(stream string, maxBytes, maxFields int) Outcome {
	if maxBytes == 0 {
		maxBytes = 64 << 10
	}
	if maxFields == 0 {
		maxFields = 128
	}
	var (
		o     Outcome
		name  string
		value string
		start int // of the present head; those before it were interim ones
		state = inVersion
	)
	refuse := func(e parse.Error, i int) Outcome { return Outcome{Err: e, Offset: i} }
	field := func() {
		if name != "" {
			o.Fields = append(o.Fields, name+": "+strings.Trim(value, " \t"))
		}
		name, value = "", ""
	}

	for i := range len(stream) {
		c := stream[i]
		if i == maxBytes {
			return refuse(parse.ErrTooLarge, i)
		}
		switch state {
		case afterStatus, inReason, atLine, inValue:
			if c == '\n' {
				return refuse(parse.ErrBareLF, i)
			}
		}
		switch state {
		case inVersion:
			switch at := i - start; {
			case at == 7 && digit(c):
				o.Minor = int(c - '0')
			case at == 7 || c != "HTTP/1.x "[at]:
				return refuse(parse.ErrVersion, i)
			case at == 8:
				state = inStatus
			}

		case inStatus:
			switch at := i - start; {
			case !digit(c):
				return refuse(parse.ErrStatus, i)
			case at == 9 && c == '1' && o.Minor == 0:
				return refuse(parse.ErrInterimVersion, i)
			case at == 11:
				state = afterStatus
			}
			o.Status = o.Status*10 + int(c-'0')

		case afterStatus:
			switch c {
			case ' ':
				state = inReason
			case '\r':
				state = atLF
			default:
				return refuse(parse.ErrStatusEnd, i)
			}

		case inReason:
			switch {
			case c == '\r':
				state = atLF
			case control(c):
				return refuse(parse.ErrReason, i)
			default:
				o.Reason += stream[i : i+1]
			}

		case atLF:
			if c != '\n' {
				return refuse(parse.ErrBareCR, i)
			}
			state = atLine

		case atLine:
			switch {
			case (c == ' ' || c == '\t') && name == "":
				return refuse(parse.ErrLeadingSpace, i)
			case c == ' ' || c == '\t':
				value += "  " + stream[i:i+1]
				state = inValue
			case c == '\r':
				field()
				state = atLastLF
			default:
				field()
				switch {
				case !tchar(c):
					return refuse(parse.ErrName, i)
				case len(o.Fields) == maxFields:
					return refuse(parse.ErrTooManyFields, i)
				}
				name = stream[i : i+1]
				state = inName
			}

		case inName:
			switch {
			case c == ':':
				state = inValue
			case c == ' ' || c == '\t':
				return refuse(parse.ErrSpaceBeforeColon, i)
			case c == '\r' || c == '\n':
				return refuse(parse.ErrNoColon, i)
			case !tchar(c):
				return refuse(parse.ErrName, i)
			default:
				name += stream[i : i+1]
			}

		case inValue:
			switch {
			case c == '\r':
				state = atLF
			case control(c):
				return refuse(parse.ErrValue, i)
			default:
				value += stream[i : i+1]
			}

		case atLastLF:
			if c != '\n' {
				return refuse(parse.ErrBareCR, i)
			}
			if o.Status/100 != 1 || o.Status == 101 {
				o.N, o.Offset = i+1, i+1
				return o
			}
			o, start, state = Outcome{}, i+1, inVersion
		}
	}
	return refuse(parse.ErrIncomplete, len(stream))
}

type state int

const (
	inVersion state = iota
	inStatus
	afterStatus
	inReason
	atLF   // a line's CR was read
	atLine // a line begins
	inName
	inValue
	atLastLF // the empty line's CR was read
)

func digit(c byte) bool { return '0' <= c && c <= '9' }

// control reports whether c is a control octet other than HTAB, RFC 9110
// section 5.5.
func control(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// tchar reports whether c may stand in a token, RFC 9110 section 5.6.2.
func tchar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || digit(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
