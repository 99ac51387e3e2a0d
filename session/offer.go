package session

import (
	"strconv"
	"strings"

	"github.com/zeroshake/zeroshake/parse"
)

// Header is one header line.
type Header struct{ Name, Value string }

// Offer is what a client asks of a server: the request of RFC 6455 section 4.1.
type Offer struct {
	// Target is the request target in origin-form: path and query. "" is "/".
	Target string
	// Host is the value of the Host header: host, or host:port.
	Host string
	// Subprotocols are tokens, one per entry, the preferred first.
	Subprotocols []string
	// Extensions holds one extension with its parameters per entry, the
	// preferred first; the same one may be offered with different parameters.
	// At most 64.
	Extensions []string
	// Header holds further headers: Origin, Authorization, Cookie and the
	// like. Those that the handshake makes replace any of the same name.
	Header []Header
	// SubprotocolOptional accepts a response that selects none of Subprotocols.
	SubprotocolOptional bool
}

// OfferError tells which entry of an Offer NewRequest refused. It is an
// [ErrInvalidArgument].
type OfferError struct {
	Field string // of Offer: "Target", "Host", "Subprotocols", "Extensions" or "Header"
	Index int    // of the entry; -1 where Field is no list, or the list itself is meant
	Err   Error
}

func (e *OfferError) Error() string {
	field := e.Field
	if e.Index >= 0 {
		field += "[" + strconv.Itoa(e.Index) + "]"
	}
	return "websocket: offer: " + field + ": " + strings.TrimPrefix(e.Err.Error(), "websocket: ")
}

func (e *OfferError) Unwrap() error { return e.Err }

const maxExtensions = 64

func (o *Offer) check() *OfferError {
	if !isTarget(o.Target) {
		return &OfferError{"Target", -1, ErrOfferTarget}
	}
	if !isHost(o.Host) {
		return &OfferError{"Host", -1, ErrOfferHost}
	}
	seen := make(map[string]bool, len(o.Subprotocols))
	for i, s := range o.Subprotocols {
		if !parse.IsToken(s) {
			return &OfferError{"Subprotocols", i, ErrOfferToken}
		}
		if seen[s] {
			return &OfferError{"Subprotocols", i, ErrOfferRepeated}
		}
		seen[s] = true
	}
	if len(o.Extensions) > maxExtensions {
		return &OfferError{"Extensions", -1, ErrOfferExtensions}
	}
	for i := range o.Header {
		if e := o.checkHeader(&o.Header[i]); e != 0 {
			return &OfferError{"Header", i, e}
		}
	}
	return nil
}

func (o *Offer) checkHeader(h *Header) Error {
	switch {
	case !parse.IsToken(h.Name):
		return ErrOfferHeaderName
	case parse.ValueFault(h.Value) >= 0:
		return ErrOfferHeaderValue
	case strings.EqualFold(h.Name, "Content-Length"), strings.EqualFold(h.Name, "Transfer-Encoding"):
		return ErrOfferHeaderBody
	case strings.EqualFold(h.Name, headerProtocol) && len(o.Subprotocols) == 0,
		strings.EqualFold(h.Name, headerExtensions) && len(o.Extensions) == 0:
		return ErrOfferHeaderOwned
	}
	return 0
}

// isTarget: origin-form, RFC 9112 section 3.2.1, as far as its octets go.
func isTarget(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '#' {
			return false
		}
	}
	return s == "" || s[0] == '/'
}

// isHost: uri-host [ ":" port ], RFC 9112 section 3.2, as far as its octets go
// (RFC 3986 section 3.2.2 and 3.2.3).
func isHost(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z') && !('0' <= c && c <= '9') && !strings.Contains("-._~%!$&'()*+,;=:[]", s[i:i+1]) {
			return false
		}
	}
	return s != ""
}

// extension is one entry of Offer.Extensions.
type extension struct {
	name    string
	params  []param
	deflate *deflateOffer // nil if name is not permessage-deflate
}

type param struct {
	name, value string
	valued      bool
}

// parseExtension parses an entry: exactly one extension, and nothing around it.
func parseExtension(entry string) (x extension, e Error) {
	scan := parse.ScanExtensions([]byte(entry))
	if strings.ContainsRune(entry, ',') || strings.Trim(entry, " \t") != entry || !scan.Next() {
		return x, ErrOfferExtension
	}
	x.name = string(scan.Name())
	for scan.NextParam() {
		p := scan.Param()
		x.params = append(x.params, param{string(p.Name), string(p.AppendValue(nil)), p.Raw != nil})
	}
	if scan.Err() != nil {
		return x, ErrOfferExtension
	}
	if x.name == permessageDeflate {
		var deflate deflateOffer
		deflate, e = parseDeflateOffer(x.params)
		x.deflate = &deflate
	}
	return x, e
}
