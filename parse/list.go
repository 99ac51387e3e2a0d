package parse

// Tokens is a cursor over a list of tokens, RFC 9110 section 5.6.1, such as
// the value of Connection. Elements that are no tokens are passed over, a
// quoted-string (section 5.6.4) with the commas in it as one of them; empty
// elements are no elements. Tokens aliases the value and is used by value or
// in place; it allocates nothing.
type Tokens struct {
	rest  []byte
	token []byte
	err   Error
}

// ScanTokens returns a cursor before the first element of value.
func ScanTokens(value []byte) Tokens { return Tokens{rest: value} }

// Next moves to the next token and reports whether there is one.
func (t *Tokens) Next() bool {
	for len(t.rest) > 0 {
		var element []byte
		element, t.rest = cutElement(t.rest)
		if element = Trim(element); len(element) == 0 {
			continue
		}
		if IsToken(element) {
			t.token = element
			return true
		}
		t.err = ErrToken
	}
	t.token = nil
	return false
}

// Token returns the token that Next moved to.
func (t *Tokens) Token() []byte { return t.token }

// Is reports whether the token is name, ASCII case ignored.
func (t *Tokens) Is(name string) bool { return equalFold(t.token, name) }

// Err returns [ErrToken] if an element passed over so far was no token.
func (t *Tokens) Err() error {
	if t.err == 0 {
		return nil
	}
	return t.err
}

// cutElement cuts list at the first comma outside a quoted-string.
func cutElement(list []byte) (element, rest []byte) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, nil
}
