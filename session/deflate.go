package session

import "github.com/zeroshake/zeroshake/parse"

// This file holds the rules of permessage-deflate's parameters, RFC 7692
// section 7.1: what may be offered, what may be answered, and which answer
// fits which offer.

const (
	permessageDeflate = "permessage-deflate"

	serverNoTakeover = "server_no_context_takeover"
	clientNoTakeover = "client_no_context_takeover"
	serverBits       = "server_max_window_bits"
	clientBits       = "client_max_window_bits"

	maxBits  = 15
	bareBits = 0xff // client_max_window_bits offered without a value
)

// DeflateParams is what client and server agreed on for permessage-deflate.
type DeflateParams struct {
	// ServerNoContextTakeover: the server compresses every message afresh.
	// ClientNoContextTakeover: the client must, because the server asked for
	// it or because the client offered it.
	ServerNoContextTakeover, ClientNoContextTakeover bool
	// The windows are at most 1<<bits octets large, 8 <= bits <= 15.
	ServerMaxWindowBits, ClientMaxWindowBits int
}

// deflateOffer holds the parameters of one offer; 0 bits: absent.
type deflateOffer struct {
	serverNoTakeover, clientNoTakeover bool
	serverBits, clientBits             uint8
}

// deflateAnswer holds the parameters of a response element; 0 bits: absent.
// When agreed, it holds those in force.
type deflateAnswer struct {
	agreed                             bool
	serverNoTakeover, clientNoTakeover bool
	serverBits, clientBits             uint8
}

func (a *deflateAnswer) params() DeflateParams {
	return DeflateParams{a.serverNoTakeover, a.clientNoTakeover, int(a.serverBits), int(a.clientBits)}
}

// parseDeflateOffer checks an offer: RFC 7692 section 7.1.
func parseDeflateOffer(params []param) (o deflateOffer, e Error) {
	for i, p := range params {
		for _, earlier := range params[:i] {
			if earlier.name == p.name {
				return o, ErrOfferDeflate
			}
		}
		bits, ok := parseBits([]byte(p.value))
		switch {
		case p.name == serverNoTakeover && !p.valued:
			o.serverNoTakeover = true
		case p.name == clientNoTakeover && !p.valued:
			o.clientNoTakeover = true
		case p.name == serverBits && ok:
			o.serverBits = bits
		case p.name == clientBits && ok:
			o.clientBits = bits
		case p.name == clientBits && !p.valued:
			o.clientBits = bareBits
		default:
			return o, ErrOfferDeflate
		}
	}
	return o, 0
}

// parseBits: 8 to 15, RFC 7692 section 7.1.2.
func parseBits(v []byte) (bits uint8, ok bool) {
	switch {
	case len(v) == 1 && (v[0] == '8' || v[0] == '9'):
		return v[0] - '0', true
	case len(v) == 2 && v[0] == '1' && v[1] >= '0' && v[1] <= '5':
		return 10 + v[1] - '0', true
	}
	return 0, false
}

// read reads the parameters of the response element that x is at, up to the
// first that breaks a rule.
func (a *deflateAnswer) read(x *parse.Extensions) (e Error) {
	for e == 0 && x.NextParam() {
		e = a.add(x.Param())
	}
	return e
}

// readPlain reads a field value that is permessage-deflate with parameters as
// servers write them, and reports whether it is; see addPlain.
//
// Note: constants of at most 16 octets are compared in place, longer ones by a
// call.
func (a *deflateAnswer) readPlain(v []byte) bool {
	if len(v) < len(permessageDeflate) || string(v[:16]) != "permessage-defla" || string(v[16:18]) != "te" {
		return false
	}
	v = v[len(permessageDeflate):]
	for len(v) >= len(";server_max_window_bits=8") && v[0] == ';' {
		if v = v[1:]; v[0] == ' ' {
			v = v[1:]
		}
		rest := v[8:]
		ok := false
		switch string(v[:8]) {
		case "server_n":
			v, ok = cutFlag(rest, &a.serverNoTakeover)
		case "client_n":
			v, ok = cutFlag(rest, &a.clientNoTakeover)
		case "server_m":
			v, ok = cutBits(rest, &a.serverBits)
		case "client_m":
			v, ok = cutBits(rest, &a.clientBits)
		}
		if !ok {
			return false
		}
	}
	return len(v) == 0
}

// cutFlag cuts what is left of a name like server_no_context_takeover.
func cutFlag(v []byte, flag *bool) (rest []byte, ok bool) {
	if len(v) < 18 || string(v[:16]) != "o_context_takeov" || string(v[16:18]) != "er" || *flag {
		return nil, false
	}
	*flag = true
	return v[18:], true
}

// cutBits cuts what is left of a name like server_max_window_bits, and its value.
func cutBits(v []byte, bits *uint8) (rest []byte, ok bool) {
	if len(v) < 16 || string(v[:15]) != "ax_window_bits=" || *bits != 0 {
		return nil, false
	}
	v = v[15:]
	digits := 1
	if len(v) > 1 && v[1] != ';' {
		digits = 2
	}
	*bits, ok = parseBits(v[:digits])
	return v[digits:], ok
}

func (a *deflateAnswer) add(p *parse.Param) Error {
	switch string(p.Name) {
	case serverNoTakeover:
		return addFlag(&a.serverNoTakeover, p)
	case clientNoTakeover:
		return addFlag(&a.clientNoTakeover, p)
	case serverBits:
		return addBits(&a.serverBits, p, ErrDeflateServerBits)
	case clientBits:
		return addBits(&a.clientBits, p, ErrDeflateClientBits)
	}
	return ErrDeflateParameter
}

// addFlag: RFC 7692 section 7.1.1.
func addFlag(flag *bool, p *parse.Param) Error {
	if p.Raw != nil {
		return ErrDeflateTakeoverValue
	}
	if *flag {
		return ErrDeflateRepeated
	}
	*flag = true
	return 0
}

// addBits: RFC 7692 section 7.1.2. In a response the value is not optional.
func addBits(bits *uint8, p *parse.Param, bad Error) Error {
	var scratch [4]byte
	var value []byte
	if len(p.Raw) <= len(scratch) {
		value = p.AppendValue(scratch[:0])
	}
	n, ok := parseBits(value)
	if !ok {
		return bad
	}
	if *bits != 0 {
		return ErrDeflateRepeated
	}
	*bits = n
	return 0
}

// fits reports whether the answer is one to this offer: 0, or the rule why not.
func (a *deflateAnswer) fits(o *deflateOffer) Error {
	switch {
	case o.serverNoTakeover && !a.serverNoTakeover:
		return ErrDeflateServerTakeover
	case o.serverBits != 0 && (a.serverBits == 0 || a.serverBits > o.serverBits):
		return ErrDeflateServerWindow
	case o.clientBits == 0 && a.clientBits != 0:
		return ErrDeflateClientWindow
	}
	return 0
}

// agree makes the answer to o what is in force. The client keeps what it
// offered of itself, whether or not the server echoes it.
func (a *deflateAnswer) agree(o *deflateOffer) {
	a.agreed = true
	a.clientNoTakeover = a.clientNoTakeover || o.clientNoTakeover
	if a.serverBits == 0 {
		a.serverBits = maxBits
	}
	if a.clientBits == 0 {
		a.clientBits = maxBits
	}
	if o.clientBits != 0 {
		a.clientBits = min(a.clientBits, o.clientBits) // bareBits is larger than any
	}
}
