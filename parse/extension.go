package parse

// Extensions: the cursor and its moves (Next, NextParam), then the grammar's
// parts (value, token, quoted).

import "math/bits"

// Extensions is a cursor over the value of a Sec-WebSocket-Extensions field:
//
//	list      = *( "," OWS ) extension *( OWS "," [ OWS extension ] )
//	extension = token *( OWS ";" OWS param )
//	param     = token [ OWS "=" OWS ( token / quoted ) ]
//	quoted    = DQUOTE 1*( tchar / "\" tchar ) DQUOTE
//
// which is RFC 6455 section 9.1 over the lists of RFC 9110 section 5.6.1:
// elements may be empty, and the value of a quoted-string is a token. Next
// moves from extension to extension, NextParam from parameter to parameter of
// the extension; Next passes over parameters not asked for. Extensions aliases
// the value; it allocates nothing.
//
// A list without any extension is no error here: several fields make one list.
type Extensions struct {
	p     []byte
	i     int
	name  []byte
	param Param
	err   Error
}

// Param is a parameter of an extension. Raw is its value as it stands there,
// without quotes; a backslash in it quotes the octet behind it. Raw is nil if
// the parameter has no value.
type Param struct{ Name, Raw []byte }

// AppendValue appends the value to dst, without the backslashes.
func (p *Param) AppendValue(dst []byte) []byte {
	for i := 0; i < len(p.Raw); i++ {
		if p.Raw[i] == '\\' && i+1 < len(p.Raw) {
			i++
		}
		dst = append(dst, p.Raw[i])
	}
	return dst
}

// ScanExtensions returns a cursor before the first extension of value.
func ScanExtensions(value []byte) Extensions { return Extensions{p: value} }

// Next moves to the next extension and reports whether there is one; if not,
// Err tells whether the list ended or broke the grammar.
func (x *Extensions) Next() bool {
	for x.NextParam() {
	}
	for x.err == 0 {
		x.blanks()
		if x.i == len(x.p) {
			break
		}
		if x.p[x.i] == ',' {
			x.i++
			continue
		}
		if x.name = x.token(); x.name == nil {
			break
		}
		return true
	}
	x.name = nil
	return false
}

// Name returns the name of the extension that Next moved to.
func (x *Extensions) Name() []byte { return x.name }

// NextParam moves to the extension's next parameter and reports whether there
// is one.
func (x *Extensions) NextParam() bool {
	if x.err != 0 || x.name == nil {
		return false
	}
	x.blanks()
	if x.i == len(x.p) || x.p[x.i] == ',' {
		return false
	}
	if x.p[x.i] != ';' {
		return x.fail()
	}
	x.i++
	x.blanks()
	name := x.token()
	if name == nil {
		return false
	}
	x.param.Name, x.param.Raw = name, nil
	x.blanks()
	return x.i == len(x.p) || x.p[x.i] != '=' || x.value()
}

// Param returns the parameter that NextParam moved to; it is valid until the
// cursor moves on.
func (x *Extensions) Param() *Param { return &x.param }

// Err returns [ErrExtension] if the list broke the grammar where Next or
// NextParam returned false.
func (x *Extensions) Err() error {
	if x.err == 0 {
		return nil
	}
	return x.err
}

// Offset returns how much of the value has been looked at; after an error, the
// offset of the first wrong octet.
func (x *Extensions) Offset() int { return x.i }

// value reads "=" OWS ( token / quoted ).
func (x *Extensions) value() bool {
	x.i++
	x.blanks()
	if x.i < len(x.p) && x.p[x.i] == '"' {
		x.param.Raw = x.quoted()
	} else {
		x.param.Raw = x.token()
	}
	return x.param.Raw != nil
}

// token reads a token, or fails and returns nil.
func (x *Extensions) token() []byte {
	p, begin := x.p, x.i
	i := begin
	for i <= len(p)-8 {
		if m := notWord(le64(p[i:])); m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	for i < len(p) && tchar[p[i]] != 0 {
		i++
	}
	x.i = i
	if i == begin {
		x.fail()
		return nil
	}
	return p[begin:i:i]
}

// quoted reads a quoted token and returns what is between the quotes, or fails
// and returns nil.
func (x *Extensions) quoted() []byte {
	x.i++
	begin := x.i
	for x.i < len(x.p) && x.p[x.i] != '"' {
		if x.p[x.i] == '\\' {
			x.i++
		}
		if x.i == len(x.p) || tchar[x.p[x.i]] == 0 {
			x.fail()
			return nil
		}
		x.i++
	}
	if x.i == len(x.p) || x.i == begin {
		x.fail()
		return nil
	}
	x.i++
	return x.p[begin : x.i-1 : x.i-1]
}

// blanks passes over OWS. Mostly there is one SP or none.
func (x *Extensions) blanks() {
	for x.i < len(x.p) && isBlank(x.p[x.i]) {
		x.i++
	}
}

func (x *Extensions) fail() bool {
	x.err = ErrExtension
	return false
}

// notWord has the high bit of every octet of x that is no letter, '-' or '_':
// what names of extensions and parameters are made of.
func notWord(x uint64) uint64 {
	const low7 = ^uint64(lanes80)
	folded := (x | lanes20) & low7
	letter := (folded + (0x80-'a')*lanes01) &^ (folded + (0x7f-'z')*lanes01)
	notDash := (x^'-'*lanes01)&low7 + low7
	notLine := (x^'_'*lanes01)&low7 + low7
	return (^letter&notDash&notLine | x) & lanes80
}
